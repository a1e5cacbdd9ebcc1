import type { Contender } from './contender.ts'

// One contender, named by the page's address; `window.bench` is what drives it.

const name = new URLSearchParams(location.search).get('contender') ?? ''
const modules = import.meta.glob<{ contender: Contender }>('./contenders/*.{ts,tsx}')
const found = Object.entries(modules).find(([path]) => path.replace(/^.*\/|\.tsx?$/g, '') === name)
if (found === undefined) throw new Error(`There is no contender ${name}`)
const { contender } = await found[1]()

/** What the driver of the page calls, once its files are in the page's input. */
export interface Bench {
  prepare(): Promise<void>
  /** Gives milliseconds from the files to their last answer, and what was answered. */
  run(): Promise<{ ms: number; keys: string[]; bytes: number }>
}

const files = () => Array.from(document.querySelector<HTMLInputElement>('#files')?.files ?? [])

const bench: Bench = {
  async prepare() {
    await contender.prepare?.(files())
  },
  async run() {
    const chosen = files()
    const startedAt = performance.now()
    const answers = await contender.send(chosen)
    const ms = performance.now() - startedAt
    return { ms, keys: answers.map(({ key }) => key), bytes: answers.reduce((sum, { size }) => sum + size, 0) }
  },
}
Object.assign(window, { bench })

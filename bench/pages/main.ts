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
  /** Resolves when every row in sight of a list of pictures shows its own; true where there is no such list. */
  showsPictures(): Promise<boolean>
}

const files = () => Array.from(document.querySelector<HTMLInputElement>('#files')?.files ?? [])

const PATIENCE_FRAMES = 600

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
  async showsPictures() {
    const { list } = contender
    if (list === undefined || !files().every(({ type }) => type.startsWith('image/'))) return true
    for (let frames = 0; frames < PATIENCE_FRAMES; frames += 1) {
      const seen = await rowsInSight(list.rows)
      if (seen.length > 0 && seen.every((row) => row.querySelector(list.picture) !== null)) return true
      await new Promise(requestAnimationFrame)
    }
    return false
  },
}

Object.assign(window, { bench })

/** Where they are is the browser's to say, which knows what clips them. */
function rowsInSight(selector: string): Promise<Element[]> {
  return new Promise((resolve) => {
    const rows = document.querySelectorAll(selector)
    if (rows.length === 0) return resolve([])
    const observer = new IntersectionObserver((entries) => {
      observer.disconnect()
      resolve(entries.flatMap(({ isIntersecting, target }) => (isIntersecting ? [target] : [])))
    })
    for (const row of rows) observer.observe(row)
  })
}

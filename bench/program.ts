import { type StdioOptions, spawn } from 'node:child_process'
import { once } from 'node:events'
import { buildProgram } from './build-program.ts'

/** A server in a process of its own. */
export interface Program {
  readonly origin: string
  readonly pid: number
  /** Milliseconds of processor time that it has had: a busy machine makes a program wait, and hardly more expensive. */
  cpuMs(): Promise<number>
  /** Resolves when it has ended. */
  stop(): Promise<void>
}

export interface ProgramOptions {
  args?: readonly string[]
  environment?: Readonly<Record<string, string>>
  /** A file's descriptor for what it writes to its standard output. @default our own */
  output?: number
}

/** `source` tells where it listens by a message `{ ready: origin }`, and ends with the channel to us. */
export async function startProgram(source: URL, options: ProgramOptions = {}): Promise<Program> {
  const { args = [], environment, output } = options
  const flags = [...PROFILED, '--import', new URL('./cpu-time.mjs', import.meta.url).href]
  const stdio: StdioOptions = ['ignore', output ?? 'inherit', 'inherit', 'ipc']
  const child = spawn(process.execPath, [...flags, await buildProgram(source), ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...environment },
    stdio,
  })
  const ended = once(child, 'exit')
  const [{ ready }] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`${source.pathname} ended with ${code}`))),
  ])) as [{ ready: string }]
  return {
    origin: ready,
    pid: child.pid ?? 0,
    async cpuMs() {
      child.send('cpu')
      const [{ cpuMs }] = (await once(child, 'message')) as [{ cpuMs: number }]
      return cpuMs
    },
    async stop() {
      if (child.connected) child.disconnect()
      await ended
    },
  }
}

/** Where to write what each program spent its time on, for `node --cpu-prof`. */
const PROFILED = process.env.BENCH_PROFILE ? ['--cpu-prof', `--cpu-prof-dir=${process.env.BENCH_PROFILE}`] : []

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { onTestFinished } from 'vitest'

const MAIN = fileURLToPath(new URL('../main.ts', import.meta.url))
// By its address: where the program runs, in a folder of a test, there is no such package.
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href

/** The command `oss-emulator` as a process of its own, for one test. */
export interface Program {
  child: ChildProcess
  /** Standard output and standard error so far. */
  output(): string
  /** The exit code, once all output is read. */
  ended: Promise<number | null>
}

export function runProgram(flags: readonly string[], { cwd }: { cwd?: string } = {}): Program {
  const child = spawn(process.execPath, ['--import', TSX, MAIN, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    cwd,
  })
  let output = ''
  const collect = async (stream: AsyncIterable<Buffer> | null) => {
    for await (const chunk of stream ?? []) output += chunk
  }
  onTestFinished(() => void child.kill('SIGKILL'))
  // Not its event `close`, which does not come once the parent has disconnected.
  const ended = Promise.all([once(child, 'exit'), collect(child.stdout), collect(child.stderr)])
  return { child, output: () => output, ended: ended.then(([[code]]) => code as number | null) }
}

/** The same, once it is ready. */
export async function startProgram(
  flags: readonly string[],
  options: { cwd?: string } = {},
): Promise<Program & { origin: string }> {
  const program = runProgram(['--port', '0', ...flags], options)
  const early = program.ended.then((code) => {
    throw new Error(`It ended with ${code}: ${program.output()}`)
  })
  // Whoever waits for the end later must not be told that it came early.
  early.catch(() => undefined)
  const [{ ready }] = (await Promise.race([once(program.child, 'message'), early])) as [{ ready: string }]
  return { ...program, origin: ready }
}

export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-process-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true, maxRetries: 3 }))
  return folder
}

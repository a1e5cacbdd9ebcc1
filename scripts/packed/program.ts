import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { onTestFinished } from 'vitest'

/** Without colours, which Vite prints amid what is looked for where `CI` is set. */
const plain = { ...process.env, FORCE_COLOR: undefined, NO_COLOR: '1' }

/** What a program of Node prints, whether it succeeds or not. */
export function outputOf(cwd: string, ...args: string[]): Promise<string> {
  return new Promise((resolve) =>
    execFile(process.execPath, args, { cwd, env: plain }, (_error, stdout, stderr) => resolve(stdout + stderr)),
  )
}

/**
 * Starts a program of Node that runs until the test is over. Resolves with what it printed as soon as that matches `ready`;
 * rejects with it when the program ends before.
 */
export async function startProgram(
  cwd: string,
  args: readonly string[],
  ready: RegExp,
  env: Record<string, string> = {},
): Promise<string> {
  const child = spawn(process.execPath, args, { cwd, env: { ...plain, ...env } })
  const ended = once(child, 'exit')
  onTestFinished(async () => {
    child.kill()
    await ended
  })
  let output = ''
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        output += chunk
        if (ready.test(output)) resolve(output)
      })
    }
    ended.then(() => reject(new Error(`${args.join(' ')} ended before it was ready:\n${output}`)), reject)
  })
}

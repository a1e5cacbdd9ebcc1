import { spawn } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** A program, its arguments, and how long it may take. */
export interface Command {
  program: string
  args: readonly string[]
  cwd?: string
  env?: Readonly<Record<string, string>>
  timeoutMs: number
}

export interface Ended {
  output: string
  errors: string
  /** Why it did not end well. */
  failure?: string
}

const MAX_OUTPUT = 1024 * 1024

/** Runs a program to its end. It is killed when its time is over or `stop` is aborted. Never rejects. */
export function run({ program, args, cwd, env, timeoutMs }: Command, stop: AbortSignal): Promise<Ended> {
  const timeout = AbortSignal.timeout(timeoutMs)
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: AbortSignal.any([stop, timeout]),
    killSignal: 'SIGKILL',
  })
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output = (output + text).slice(-MAX_OUTPUT)
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    errors = (errors + text).slice(-MAX_OUTPUT)
  })
  return new Promise((resolve) => {
    let error: Error | undefined
    child.once('error', (reason) => {
      error = reason
      // A program that could not be started closes nothing.
      if (child.pid === undefined) resolve({ output, errors, failure: reason.message })
    })
    child.once('close', (code, signal) => {
      const failure = timeout.aborted ? `killed after ${timeoutMs / 1000} s` : error?.message
      if (code === 0) resolve({ output, errors })
      else resolve({ output, errors, failure: failure ?? `ended with ${signal ?? code}` })
    })
  })
}

/** Whether a program is on the PATH. */
export function isOnPath(program: string): boolean {
  const endings = process.platform === 'win32' ? ['.exe'] : ['']
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '')
  return folders.some((folder) => endings.some((ending) => isExecutable(join(folder, program + ending))))
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

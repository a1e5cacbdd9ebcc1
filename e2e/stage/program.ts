import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = join(fileURLToPath(import.meta.url), '../../..')

/** A real process of ours: killed like one, talked to over IPC, its output kept for the message when it fails. */
export interface Program {
  address: string
  pid: number
  /** Sends a message and waits for the answer of the same name. */
  ask<T>(question: Record<string, unknown>): Promise<T>
  /** What it reports by itself, the moment it happens; lost to nobody by its death. */
  onSignal(listener: (signal: string, detail: string) => void): void
  /** SIGKILL: no handler runs, no file is closed. */
  kill(): Promise<void>
  /** SIGTERM. Gives its exit status; null where something else ended it. */
  stop(): Promise<number | null>
  output(): string
}

export async function startProgram(
  file: string,
  args: readonly string[],
  env: Record<string, string>,
): Promise<Program> {
  const child = spawn(process.execPath, ['--import', 'tsx', join(root, file), ...args], {
    cwd: root,
    env: { ...withoutOssVariables(process.env), ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk) => (output = (output + chunk).slice(-20_000)))
  const address = await new Promise<string>((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`${file} ended with ${code} before it was ready:\n${output}`)))
    child.on('message', (message) => {
      if (isObject(message) && typeof message.ready === 'string') resolve(message.ready)
    })
  })
  return {
    address,
    pid: child.pid ?? 0,
    output: () => output,
    onSignal: (listener) =>
      void child.on('message', (message) => {
        if (isObject(message) && typeof message.signal === 'string') listener(message.signal, String(message.detail))
      }),
    kill: async () => void (await end(child, 'SIGKILL')),
    stop: () => end(child, 'SIGTERM'),
    ask: (question) =>
      new Promise((resolve, reject) => {
        const answer = (message: unknown) => {
          if (!isObject(message) || message.answerTo !== question.ask) return
          child.off('message', answer)
          resolve(message.value as never)
        }
        child.on('message', answer)
        child.send(question, (error) => error && reject(error))
      }),
  }
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode)
  return new Promise((resolve) => {
    child.once('exit', (code) => resolve(code))
    child.kill(signal)
  })
}

function withoutOssVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !/^(OSS_|CALLBACK_|UPLOADS_)/.test(name)))
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}

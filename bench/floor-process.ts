import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** A server that does what nobody can leave out, in a process of its own as ours is. */
export interface FloorProcess {
  readonly origin: string
  stop(): Promise<void>
}

/** `name`: a file of `floors`, which tells where it listens by a message `{ ready: origin }`. */
export async function startFloor(name: string, args: readonly string[]): Promise<FloorProcess> {
  const program = fileURLToPath(new URL(`./floors/${name}.ts`, import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', program, ...args], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const [{ ready }] = (await Promise.race([
    once(child, 'message'),
    ended.then(([code]) => Promise.reject(new Error(`The floor ${name} ended with ${code}`))),
  ])) as [{ ready: string }]
  return {
    origin: ready,
    async stop() {
      child.kill()
      await ended
    },
  }
}

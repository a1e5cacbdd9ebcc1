import { once } from 'node:events'
import { createServer } from 'node:net'

// Below those that systems give to outgoing connections, any of which could take the port before its server does; so asking
// the system for one (port 0) will not do.
const FIRST = 20_000
const LAST = 32_767

/** A port of this machine that was free a moment ago, for a server whose address must be known before it starts. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1))
    if (await isFree(port)) return port
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
    return true
  } catch {
    return false
  } finally {
    server.close()
  }
}

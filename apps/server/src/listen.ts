import type { Server } from 'node:http'

export interface Place {
  host: string
  port: number
  /** Of the environment: what says the port. */
  variable: string
}

/** Somebody else listens there. */
export class PortTakenError extends Error {
  override readonly name = 'PortTakenError'
}

/** Resolves when the server listens. Throws PortTakenError. */
export function listen(server: Server, { host, port, variable }: Place): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EADDRINUSE') return reject(error)
      reject(
        new PortTakenError(`Port ${port} is in use by another program: stop it, or set ${variable} to another one.`),
      )
    })
    server.listen(port, host, resolve)
  })
}

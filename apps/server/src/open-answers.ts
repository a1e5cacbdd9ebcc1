import type { Server, ServerResponse } from 'node:http'

/** The requests that a server has not answered yet. */
export interface OpenAnswers {
  readonly isStopping: boolean
  /** Takes requests as before, but every answer ends its connection, so that clients go elsewhere with the next one. */
  announceStop(): void
  /** Takes no connection any more, waits for the answers that are under way, but not longer, then cuts what is left. */
  finish(withinMs: number): Promise<void>
}

/** Call it before the server listens. */
export function trackAnswers(server: Server): OpenAnswers {
  const open = new Set<ServerResponse>()
  let isStopping = false
  let tellEmpty = () => {}
  // First, so that no answer has begun.
  server.prependListener('request', (_request, response) => {
    open.add(response)
    if (isStopping) response.setHeader('connection', 'close')
    response.once('close', () => {
      open.delete(response)
      if (open.size === 0) tellEmpty()
    })
  })
  const announceStop = () => {
    isStopping = true
    for (const response of open) if (!response.headersSent) response.setHeader('connection', 'close')
    // Those that nobody sends anything on.
    server.closeIdleConnections()
  }

  return {
    get isStopping() {
      return isStopping
    },
    announceStop,
    async finish(withinMs) {
      announceStop()
      const closed = new Promise((resolve) => server.close(resolve))
      await new Promise<void>((resolve) => {
        if (open.size === 0) return resolve()
        const timer = setTimeout(resolve, withinMs)
        tellEmpty = () => {
          clearTimeout(timer)
          resolve()
        }
      })
      server.closeAllConnections()
      await closed
    },
  }
}

import { createServer } from 'node:http'
import type { Logger } from 'pino'
import { listen } from './listen.ts'
import type { Metrics } from './metrics.ts'

/** Serves `/metrics`, and nothing else, at a place of its own: what is in them is nobody's business who may only upload. */
export async function serveMetrics(
  metrics: Metrics,
  { host, port }: { host: string; port: number },
  logger: Logger,
): Promise<{ close(): Promise<void> }> {
  const server = createServer((request, response) => {
    if (request.url !== '/metrics') return void response.writeHead(404).end()
    metrics.text().then(
      (text) => response.writeHead(200, { 'content-type': metrics.contentType }).end(text),
      (error: unknown) => {
        logger.error({ err: error }, 'the metrics could not be read')
        response.writeHead(500).end()
      },
    )
  })
  await listen(server, { host, port, variable: 'METRICS_PORT' })
  return {
    close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeAllConnections()
      return closed
    },
  }
}

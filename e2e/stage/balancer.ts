import { createServer, type IncomingMessage, request as open, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Balancer {
  origin: string
  close(): Promise<void>
}

/**
 * Passes each request on to the next of several servers, and says in `x-served-by` to which; 502 where that one is dead, as any
 * balancer does for a while.
 *
 * - `isReady` whom it may ask; where nobody is ready it asks whoever comes next
 */
export async function startBalancer(
  ports: readonly number[],
  isReady: (port: number) => boolean = () => true,
): Promise<Balancer> {
  let turn = 0
  const next = (): number => {
    const ready = ports.filter(isReady)
    const among = ready.length > 0 ? ready : ports
    return among[turn++ % among.length] ?? 0
  }
  const server = createServer((request, response) => {
    const port = next()
    response.setHeader('x-served-by', String(port))
    pass(request, response, port)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

function pass(request: IncomingMessage, response: ServerResponse, port: number): void {
  const { method, url, headers } = request
  const onward = open({ host: '127.0.0.1', port, method, path: url, headers, agent: false }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers)
    answer.pipe(response)
    answer.on('error', () => response.destroy())
  })
  onward.on('error', () => {
    if (response.headersSent) response.destroy()
    else response.writeHead(502, { 'content-length': 0 }).end()
  })
  request.pipe(onward)
  request.on('error', () => onward.destroy())
}

import { createServer, type IncomingMessage, request as open, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Balancer {
  origin: string
  close(): Promise<void>
}

/** Passes each request on to the next of several servers; 502 where that one is dead, as any balancer does for a while. */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  let turn = 0
  const server = createServer((request, response) => {
    turn += 1
    pass(request, response, ports[turn % ports.length] ?? 0)
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

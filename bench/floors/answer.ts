import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// Node's HTTP and nothing else, which answers as soon as a request is there: as fast as it, the load itself can be. The text of the
// answer is the argument.

const [answer = ''] = process.argv.slice(2)
const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(answer) }
const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => response.writeHead(201, headers).end(answer))
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('disconnect', () => process.exit(0))

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A bucket that answers HEAD at once, whatever the key, and says by which key its callbacks are signed. Arguments: that key, and the
// size and type of all of its objects.

const [publicKey = '', size = '', type = ''] = process.argv.slice(2)
const headers = { 'content-length': size, 'content-type': type, etag: '"5D41402ABC4B2A76B9719D911017C592"' }
const server = createServer((request, response) => {
  if (request.method === 'HEAD') response.writeHead(200, headers).end()
  else response.end(publicKey)
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('disconnect', () => process.exit(0))

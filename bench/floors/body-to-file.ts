import { createHash } from 'node:crypto'
import { createWriteStream } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createCRC64 } from 'hash-wasm'

// What nobody who stores an upload can leave out: a body to a file, with its digests, flushed. Its folder is the argument.

const folder = process.argv[2] ?? ''
const crc64 = await createCRC64()
const server = createServer(async (request, response) => {
  const md5 = createHash('md5')
  crc64.init()
  request.on('data', (chunk) => {
    md5.update(chunk)
    crc64.update(chunk)
  })
  await pipeline(request, createWriteStream(join(folder, 'body'), { flush: true }))
  response.setHeader('ETag', `"${md5.digest('hex').toUpperCase()}"`)
  response.setHeader('x-oss-hash-crc64ecma', BigInt(`0x${crc64.digest()}`).toString())
  response.end()
})
server.listen(0, '127.0.0.1', () => {
  process.send?.({ ready: `http://127.0.0.1:${(server.address() as AddressInfo).port}` })
})
process.once('disconnect', () => process.exit(0))

import { createReadStream } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { extname, join } from 'node:path'
import type { Grant, GrantAnswer, GrantRequest, RoutesAnswer } from '@oss-direct/shared'

// An OSS and a server that store and sign nothing, and answer as soon as the last byte is there: what is slow then is the page.
// The page's folder is the argument. Two ports, so that forms cross origins as they do on their way to OSS.

const folder = process.argv[2] ?? ''
const TYPES: Readonly<Record<string, string>> = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }
let granted = 0
let arrived = 0

const oss = createServer((request, response) => {
  response.setHeader('access-control-allow-origin', '*')
  // Of those whose headers are read, none is kept waiting for one, or complains.
  response.setHeader('access-control-expose-headers', 'ETag, Location')
  response.setHeader('etag', '"quick"')
  response.setHeader('location', 'http://127.0.0.1/quick')
  if (request.method === 'OPTIONS') {
    response.setHeader('access-control-allow-methods', '*')
    response.setHeader('access-control-allow-headers', '*')
    response.setHeader('access-control-max-age', '600')
    response.end()
    return
  }
  let head = ''
  request.on('data', (chunk: Buffer) => {
    if (head.length < HEAD_BYTES) head += chunk.toString('latin1', 0, HEAD_BYTES)
  })
  request.on('end', () => {
    arrived += 1
    const [, id = '', size = ''] = /quick\/(\d+)\/(\d+)/.exec(`${request.url}\n${head}`) ?? []
    answer(response, 200, { id, status: 'settled', result: { id, key: `quick/${id}/${size}`, size: Number(size) } })
  })
})
const HEAD_BYTES = 4096

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://localhost')
  if (pathname === '/arrived') return answer(response, 200, arrived)
  if (pathname === '/uploads/routes') return answer(response, 200, ROUTES)
  if (pathname === '/uploads') return answer(response, 201, grant((await readJson(request)) as GrantRequest))
  const file = pathname === '/' ? '/index.html' : pathname
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream')
  createReadStream(join(folder, file))
    .on('error', () => response.writeHead(404).end())
    .pipe(response)
})

const ROUTES: RoutesAnswer = {
  routes: { files: { accept: [], minBytes: 0, maxBytes: 1e12, maxFiles: 1e6, transports: ['post', 'put'] } },
}

function grant({ files, transport }: GrantRequest): GrantAnswer {
  const now = Date.now()
  const grants = files.map(({ size }) => {
    granted += 1
    const key = `quick/${granted}/${size}`
    const url = `http://127.0.0.1:${portOf(oss)}`
    const known = { id: String(granted), key, expiresAt: new Date(now + 600_000).toISOString() }
    const made: Grant =
      transport === 'put'
        ? { ...known, transport, url: `${url}/${key}`, method: 'PUT', headers: { 'x-oss-callback': FILLING } }
        : {
            ...known,
            transport: 'post',
            url,
            fields: { key, policy: FILLING, callback: FILLING, success_action_status: '200' },
          }
    return { ok: true as const, grant: made }
  })
  return { serverTime: new Date(now).toISOString(), grants }
}
/** As long as what a real form carries. */
const FILLING = 'Z'.repeat(900)

async function readJson(request: IncomingMessage): Promise<unknown> {
  return JSON.parse(Buffer.concat(await request.toArray()).toString())
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
}

function portOf(listening: typeof oss): number {
  return (listening.address() as AddressInfo).port
}

oss.listen(0, '127.0.0.1', () => {
  server.listen(0, '127.0.0.1', () => process.send?.({ ready: `http://localhost:${portOf(server)}` }))
})
process.once('disconnect', () => process.exit(0))

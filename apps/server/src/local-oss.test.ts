import { createServer, request as requestHttp, type Server } from 'node:http'
import { type Emulator, startEmulator } from '@oss-direct/emulator'
import express from 'express'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { localOssRoutes } from './local-oss.ts'

let emulator: Emulator
const servers: Server[] = []
let port: number

beforeAll(async () => {
  emulator = await startEmulator()
  port = await serve(emulator.origin)
})
beforeEach(() => emulator.faults.clear())
afterAll(async () => {
  for (const server of servers) server.close()
  await emulator.close()
})

const slow = JSON.stringify({ name: 'slow', bytesPerSecond: 1000 })

describe('from a page of this machine', () => {
  it('faults are switched on, seen and switched off, one or all', async () => {
    expect(await call('POST', '/faults', { body: slow })).toMatchObject({
      status: 201,
      answer: { id: expect.any(String) },
    })
    await call('POST', '/faults', { body: '{"name":"lose-answer","count":1}' })
    const { answer } = await call('GET', '')
    expect(answer).toEqual({ isLocal: true, console: `${emulator.origin}/_console/`, faults: emulator.faults.list() })
    const [first] = emulator.faults.list()
    expect(await call('DELETE', `/faults/${first?.id}`)).toMatchObject({ status: 204 })
    expect(emulator.faults.list()).toMatchObject([{ name: 'lose-answer' }])
    await call('DELETE', '/faults')
    expect(emulator.faults.list()).toEqual([])
  })

  it('behind the proxy of a development server, too, where the browser says that the page is its own', async () => {
    const headers = { origin: 'http://localhost:3000', 'sec-fetch-site': 'same-origin' }
    expect(await call('POST', '/faults', { body: slow, headers })).toMatchObject({ status: 201 })
  })

  it.each([
    ['a fault that does not exist', '{"name":"gremlins"}', 400, /There is no fault "gremlins"/],
    ['broken JSON', '{', 400, /not the JSON of a fault/],
    ['a body without end', JSON.stringify({ name: 'x'.repeat(5000) }), 413, /not the JSON of a fault/],
  ])('%s is refused with a sentence', async (_what, body, status, sentence) => {
    expect(await call('POST', '/faults', { body })).toMatchObject({
      status,
      answer: { detail: expect.stringMatching(sentence) },
    })
    expect(emulator.faults.list()).toEqual([])
  })
})

describe('from elsewhere nothing is switched:', () => {
  const own = () => `http://localhost:${port}`
  it.each<[string, () => Record<string, string>]>([
    ['another site', () => ({ origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' })],
    ['another site that forges nothing but the Origin', () => ({ origin: own(), 'sec-fetch-site': 'cross-site' })],
    ['another port of this machine', () => ({ origin: 'http://localhost:4000', 'sec-fetch-site': 'same-site' })],
    ['an old browser on another port', () => ({ origin: 'http://localhost:4000' })],
    ['a page without origin, as in a sandboxed frame', () => ({ origin: 'null' })],
    ['nobody at all', () => ({})],
    [
      'a name that was pointed at this machine',
      () => ({ host: `evil.example:${port}`, origin: `http://evil.example:${port}` }),
    ],
    [
      'such a name, in a browser that calls it its own',
      () => ({ host: `evil.example:${port}`, origin: `http://evil.example:${port}`, 'sec-fetch-site': 'same-origin' }),
    ],
    [
      'a name that only begins like ours',
      () => ({ host: 'localhost.evil.example', origin: 'http://localhost.evil.example' }),
    ],
  ])('%s', async (_who, headers) => {
    const id = emulator.faults.set({ name: 'lose-answer' })
    for (const [method, path] of [
      ['POST', '/faults'],
      ['DELETE', '/faults'],
      ['DELETE', `/faults/${id}`],
    ] as const) {
      const options = { body: slow, headers: headers(), bare: true }
      expect(await call(method, path, options)).toMatchObject({ status: 403, answer: { code: 'forbidden' } })
    }
    expect(emulator.faults.list()).toEqual([{ id, name: 'lose-answer' }])
  })

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'a form can send %s without asking, and it is not taken',
    async (type) => {
      expect(await call('POST', '/faults', { body: slow, headers: { 'content-type': type } })).toMatchObject({
        status: 415,
      })
      expect(emulator.faults.list()).toEqual([])
    },
  )

  it.each(['/faults/..%2Ffaults', '/faults/..%2Ffaults%3F', '/requests', '/buckets/uploads'])(
    'no other call of the console: %s',
    async (path) => {
      emulator.faults.set({ name: 'lose-answer' })
      expect((await call('DELETE', path)).status).toBe(404)
      expect(emulator.faults.list()).toHaveLength(1)
    },
  )
})

it('with a real bucket nothing is there, and the page is told so', async () => {
  const real = await serve(undefined)
  expect(await call('GET', '', { port: real })).toMatchObject({ status: 200, answer: { isLocal: false, faults: [] } })
  for (const [method, path] of [
    ['POST', '/faults'],
    ['DELETE', '/faults'],
    ['DELETE', '/faults/1'],
  ] as const) {
    expect(await call(method, path, { port: real, body: slow })).toMatchObject({
      status: 404,
      answer: { detail: 'This server works with a real bucket, which has no faults' },
    })
  }
})

it('a local OSS that is down is one clear sentence', async () => {
  const gone = await serve('http://127.0.0.1:1')
  for (const [method, path] of [
    ['GET', ''],
    ['DELETE', '/faults'],
  ] as const) {
    expect(await call(method, path, { port: gone })).toMatchObject({
      status: 503,
      answer: { code: 'oss-unavailable', detail: 'The local OSS gave no answer' },
    })
  }
})

function serve(origin: string | undefined): Promise<number> {
  const server = createServer(express().use('/demo/local-oss', localOssRoutes(origin)))
  servers.push(server)
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

interface CallOptions {
  port?: number
  body?: string
  headers?: Record<string, string>
  /** Without what a page of our own would bring. */
  bare?: boolean
}

// Node's own request: `fetch` writes Host and Sec-Fetch-Site as it likes.
function call(method: string, path: string, options: CallOptions = {}): Promise<{ status: number; answer: unknown }> {
  const to = options.port ?? port
  const page = options.bare ? {} : { origin: `http://localhost:${to}`, host: `localhost:${to}` }
  const headers = { 'content-type': 'application/json', ...page, ...options.headers }
  return new Promise((resolve, reject) => {
    const request = requestHttp(
      { host: '127.0.0.1', port: to, method, path: `/demo/local-oss${path}`, headers },
      async (response) => {
        const text = Buffer.concat(await response.toArray()).toString()
        resolve({ status: response.statusCode ?? 0, answer: text === '' ? undefined : JSON.parse(text) })
      },
    )
    request.on('error', reject)
    request.end(method === 'POST' ? options.body : undefined)
  })
}

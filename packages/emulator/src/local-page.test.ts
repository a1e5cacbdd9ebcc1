import { request as requestHttp } from 'node:http'
import { expect, it } from 'vitest'
import { post, send, signedFields, startOss } from './stage.fixture.ts'

const json = (method: string, body?: unknown) => ({
  method,
  headers: { 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

it('sets, lists and clears faults', async () => {
  const oss = await startOss()
  const api = `${oss.origin}/_console/api/faults`
  const { status, text } = await send(api, json('POST', { name: 'lose-answer', count: 1 }))
  const { id } = JSON.parse(text) as { id: string }
  expect(status).toBe(201)
  expect(JSON.parse((await send(api)).text)).toEqual({ faults: [{ id, name: 'lose-answer', count: 1 }] })
  expect((await send(`${api}/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect(oss.faults.list()).toEqual([])
  oss.faults.set({ name: 'clock', offsetMs: 1 })
  expect((await send(api, { method: 'DELETE' })).status).toBe(204)
  expect(oss.faults.list()).toEqual([])
})

it.each([
  [{ name: 'gremlins' }, 'There is no fault "gremlins"'],
  [{ name: 'slow' }, 'The fault slow needs bytesPerSecond'],
])('refuses the fault %j with a sentence', async (fault, sentence) => {
  const oss = await startOss()
  const { status, text } = await send(`${oss.origin}/_console/api/faults`, json('POST', fault))
  expect([status, text]).toEqual([400, expect.stringContaining(JSON.stringify(sentence).slice(1, -1))])
})

it('shows the requests, and neither signature nor secret', async () => {
  const oss = await startOss()
  const fields = signedFields(oss)
  await post(oss, [...fields, { content: 'hello' }])
  await post(oss, [...fields, ['key', 'evil'], { content: 'hello' }])
  const { text } = await send(`${oss.origin}/_console/api/requests`)
  expect(JSON.parse(text)).toMatchObject({
    requests: [
      { operation: 'PostObject', method: 'POST', bucket: 'photos', key: 'a.txt', status: 204, callbacks: [] },
      { operation: 'PostObject', key: 'evil', status: 403, code: 'AccessDenied', ec: '0006-00000227' },
    ],
  })
  const signature = new Map(fields).get('x-oss-signature') ?? 'none'
  expect(text).not.toContain(signature)
  expect(text).not.toContain('local-access-key-secret')
})

it('rotates the callback key', async () => {
  const oss = await startOss()
  const before = (await send(oss.callbackKeyUrl)).text
  expect((await send(`${oss.origin}/_console/api/callback-key/rotate`, { method: 'POST' })).status).toBe(204)
  expect((await send(oss.callbackKeyUrl)).text).not.toBe(before)
})

it.each([
  [{ host: 'evil.example' }, 403],
  [{ host: 'localhost.evil.example:9000' }, 403],
  [{ host: '127.0.0.1', origin: 'http://evil.example' }, 403],
  [{ host: '127.0.0.1', origin: 'null' }, 403],
  [{ host: '127.0.0.1:9000', origin: 'http://127.0.0.1:9001' }, 403],
  [{ host: '127.0.0.1:9000', origin: 'http://127.0.0.1:9000' }, 200],
  [{ host: 'localhost:9000' }, 200],
  [{ host: '[::1]:9000' }, 200],
])('lets no page of another name or origin in: %j is answered by %d', async (headers, status) => {
  const oss = await startOss()
  const answered = await new Promise<number>((resolve, reject) => {
    const request = requestHttp(`${oss.origin}/_console/api/requests`, { headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject).end()
  })
  expect(answered).toBe(status)
})

it('has nothing else', async () => {
  const oss = await startOss()
  expect((await send(`${oss.origin}/_console/api/secrets`)).status).toBe(404)
  expect((await send(`${oss.origin}/_other`)).status).toBe(404)
})

import { createVerify } from 'node:crypto'
import { expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import type { CallbackDelivery } from '../http/request-log.ts'
import {
  answerText,
  encodeCallback,
  post,
  send,
  signedFields,
  startApplication,
  startOss,
} from '../stage/stage.fixture.ts'

async function uploadWithCallback(oss: Emulator, callback: Record<string, unknown>): Promise<void> {
  const fields = { callback: encodeCallback({ callbackBody: 'key=${object}&size=${size}', ...callback }) }
  await post(oss, [...signedFields(oss, { key: 'u/a.txt', fields }), { content: 'hello' }])
}

async function call<T>(oss: Emulator, path: string, method = 'GET'): Promise<T> {
  const answer = await send(`${oss.origin}/_console/api/${path}`, { method })
  expect(answer.status, answer.text).toBeLessThan(300)
  return JSON.parse(answer.text) as T
}

it('shows what was sent, what was signed, and what came back', async () => {
  const oss = await startOss()
  const application = await startApplication(
    answerText('{"id":42}', { 'content-type': 'application/json', 'set-cookie': 'session=secret' }),
  )
  const additionalHeaders = { 'x-app': '7', date: 'never', host: 'other.example' }
  await uploadWithCallback(oss, { callbackUrl: `${application.origin}/a%20b?x=1`, additionalHeaders })
  const { callbacks } = await call<{ callbacks: { id: string }[] }>(oss, 'callbacks')
  expect(callbacks).toMatchObject([{ url: `${application.origin}/a%20b?x=1`, status: 200, key: 'u/a.txt' }])
  const delivery = await call<CallbackDelivery>(oss, `callbacks/${callbacks[0]?.id}`)
  const received = application.received[0]
  expect(delivery).toMatchObject({
    operation: 'PostObject',
    bucket: 'photos',
    body: 'key=u%2Fa.txt&size=5',
    stringToSign: '/a b?x=1\nkey=u%2Fa.txt&size=5',
    signature: received?.headers.authorization,
    answer: { headers: { 'content-type': 'application/json' }, body: '{"id":42}', isCut: false },
  })
  const sent = Object.entries(delivery.headers).map(([name, value]) => [name.toLowerCase(), value])
  expect(sent.filter(([name]) => ['x-app', 'date', 'host'].includes(name ?? ''))).toHaveLength(3)
  expect(Object.fromEntries(sent)).toEqual(received?.headers)
  expect(JSON.stringify(delivery)).not.toContain('session=secret')
})

it('keeps the first 64 KB of an answer, also of one that OSS refuses for its status', async () => {
  const oss = await startOss()
  const application = await startApplication((response) => response.writeHead(500).end('é'.repeat(100_000)))
  await uploadWithCallback(oss, { callbackUrl: application.origin })
  const [delivery] = oss.requests.list()[0]?.callbacks ?? []
  expect(delivery).toMatchObject({ status: 500, failure: 'Error status : 500.', answer: { isCut: true } })
  expect(delivery?.answer?.body).toBe('é'.repeat(32 * 1024))
})

it('stops listening to an answer without an end that does not count', async () => {
  const oss = await startOss()
  let bytes = 0
  const application = await startApplication((response) => {
    response.writeHead(500)
    const pour = () => {
      while (!response.destroyed && response.write(Buffer.alloc(65_536))) bytes += 65_536
    }
    response.on('drain', pour)
    pour()
  })
  await uploadWithCallback(oss, { callbackUrl: application.origin })
  expect(oss.requests.list()[0]?.callbacks[0]).toMatchObject({ status: 500, answer: { isCut: true } })
  expect(oss.requests.list()[0]?.callbacks[0]?.durationMs).toBeLessThan(400)
  expect(bytes).toBeLessThan(32 * 1024 * 1024)
})

it('takes an answer by its status where the rest of it is garbage', async () => {
  const oss = await startOss()
  const application = await startApplication((response) => {
    response.socket?.end('HTTP/1.1 500 Oh\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nno\r\nnot a chunk')
  })
  await uploadWithCallback(oss, { callbackUrl: application.origin })
  expect(oss.requests.list()[0]?.callbacks[0]).toMatchObject({ status: 500, answer: { body: 'no' } })
})

it('does not wait long for the rest of an answer that does not count', async () => {
  const oss = await startOss()
  const application = await startApplication((response) => void response.writeHead(500).write('half'))
  const started = performance.now()
  await uploadWithCallback(oss, { callbackUrl: application.origin })
  expect(performance.now() - started).toBeLessThan(3000)
  expect(oss.requests.list()[0]?.callbacks[0]).toMatchObject({ status: 500, answer: { body: 'half' } })
})

it('sends again: the same body, dated and signed anew with the key of now', async () => {
  const oss = await startOss()
  let isBroken = true
  const application = await startApplication((response) => {
    if (isBroken) response.writeHead(500).end('down')
    else answerText('{"ok":true}')(response)
  })
  await uploadWithCallback(oss, { callbackUrl: `${application.origin}/cb?`, callbackHost: 'app.example' })
  const [request] = oss.requests.list()
  const first = request?.callbacks[0]
  expect(first).toMatchObject({ status: 500 })

  isBroken = false
  await oss.rotateCallbackKey()
  oss.faults.set({ name: 'callback-lost' })
  const again = await call<CallbackDelivery>(oss, `callbacks/${first?.id}/resend`, 'POST')
  expect(again).toMatchObject({ status: 200, repeats: first?.id, answer: { body: '{"ok":true}' } })
  expect(again.failure).toBeUndefined()
  expect(request?.callbacks.map(({ id }) => id)).toEqual([first?.id, again.id])

  const [, received] = application.received
  expect([received?.url, received?.headers.host]).toEqual(['/cb?', 'app.example'])
  expect(received?.body.toString()).toBe('key=u%2Fa.txt&size=5')
  expect(received?.headers['x-oss-request-id']).toBe(request?.requestId)
  // Judged by Node's own verifier.
  const key = await (await fetch(oss.callbackKeyUrl)).text()
  const verify = (authorization: string) =>
    createVerify('RSA-MD5').update('/cb?\nkey=u%2Fa.txt&size=5').verify(key, authorization, 'base64')
  expect(verify(received?.headers.authorization ?? '')).toBe(true)
  expect(verify(first?.signature ?? '')).toBe(false)
})

it('sends one that was lost, and says when nobody is there either', async () => {
  const oss = await startOss()
  const application = await startApplication()
  oss.faults.set({ name: 'callback-lost', count: 1 })
  await uploadWithCallback(oss, { callbackUrl: application.origin })
  await uploadWithCallback(oss, { callbackUrl: 'http://127.0.0.1:1/' })
  const [lost, nobody] = oss.requests.list().map(({ callbacks }) => callbacks[0]?.id)
  expect(application.received).toHaveLength(0)
  expect(await call(oss, `callbacks/${lost}/resend`, 'POST')).toMatchObject({ status: 200 })
  expect(await call(oss, `callbacks/${nobody}/resend`, 'POST')).toMatchObject({
    status: -1,
    failure: expect.any(String),
  })
  expect(application.received).toHaveLength(1)
})

it('sends no callback of an upload more than 50 times', async () => {
  const oss = await startOss()
  const application = await startApplication()
  await uploadWithCallback(oss, { callbackUrl: application.origin })
  const [request] = oss.requests.list()
  const [first] = request?.callbacks ?? []
  if (request === undefined || first === undefined) throw new Error('no callback was sent')
  request.callbacks.push(...Array.from({ length: 49 }, () => first))
  expect((await send(`${oss.origin}/_console/api/callbacks/${first.id}/resend`, { method: 'POST' })).status).toBe(409)
  expect(application.received).toHaveLength(1)
})

it.each(['none', '..%2f..%2fetc', '%00'])('knows no callback %s', async (id) => {
  const oss = await startOss()
  expect((await send(`${oss.origin}/_console/api/callbacks/${id}`)).status).toBe(404)
  expect((await send(`${oss.origin}/_console/api/callbacks/${id}/resend`, { method: 'POST' })).status).toBe(404)
})

it('shows the public key and makes a new pair', async () => {
  const oss = await startOss()
  const before = await call<{ url: string; publicKey: string }>(oss, 'callback-key')
  expect(before.url).toBe(oss.callbackKeyUrl)
  expect(before.publicKey).toContain('-----BEGIN PUBLIC KEY-----')
  expect((await send(`${oss.origin}/_console/api/callback-key/rotate`, { method: 'POST' })).status).toBe(204)
  expect((await call<{ publicKey: string }>(oss, 'callback-key')).publicKey).not.toBe(before.publicKey)
})

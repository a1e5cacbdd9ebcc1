import { request as requestHttp } from 'node:http'
import { expect, it } from 'vitest'
import { answerJson, encodeCallback, post, signedFields, startApplication, startOss } from '../stage/stage.fixture.ts'

const OWN = { host: '127.0.0.1:9000' }

/** By Node's own client: `fetch` sets neither Host nor Origin. */
function ask(
  origin: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body = '',
): Promise<number> {
  return new Promise((resolve, reject) => {
    const url = new URL(origin)
    const length = { 'content-length': String(Buffer.byteLength(body)) }
    const options = {
      host: url.hostname,
      port: url.port,
      setHost: false,
      path,
      method,
      headers: { ...headers, ...length },
    }
    const request = requestHttp(options, (response) => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject).end(body)
  })
}

it.each([
  ['another name, by DNS rebinding', { host: 'evil.example' }],
  ['another name that begins like ours', { host: 'localhost.evil.example:9000' }],
  ['another name that ends like ours', { host: 'evil-127.0.0.1:9000' }],
  ['no name', { host: '' }],
  ['a page elsewhere', { host: '127.0.0.1', origin: 'http://evil.example' }],
  ['a page in a sandbox', { ...OWN, origin: 'null' }],
  ['a page at another port', { ...OWN, origin: 'http://127.0.0.1:9001' }],
  ['a page of another scheme', { ...OWN, origin: 'https://127.0.0.1:9000' }],
  ['a page of our other name', { ...OWN, origin: 'http://localhost:9000' }],
])('%s gets nothing: neither page nor data nor preview nor stream', async (_who, headers) => {
  const oss = await startOss()
  await post(oss, [...signedFields(oss), { content: 'x' }])
  const paths = [
    '/_console/',
    '/_console/main.js',
    '/_CONSOLE/API/requests',
    '/_console/api/buckets',
    '/_console/api/buckets/photos/objects',
    '/_console/api/buckets/photos/object/content?key=a.txt',
    '/_console/api/events',
    '/_console/api/callback-key',
  ]
  for (const path of paths) expect(await ask(oss.origin, 'GET', path, headers), path).toBe(403)
  for (const [method, path] of CHANGES) expect(await ask(oss.origin, method, path, headers, '{}'), path).toBe(403)
  expect(oss.requests.list()).toHaveLength(1)
})

const CHANGES = [
  ['DELETE', '/_console/api/buckets/photos/object?key=a.txt'],
  ['DELETE', '/_console/api/requests'],
  ['POST', '/_console/api/callbacks/any/resend'],
  ['POST', '/_console/api/callback-key/rotate'],
  ['POST', '/_console/api/faults'],
  ['DELETE', '/_console/api/faults'],
] as const

it.each(['cross-site', 'same-site'])('a %s form, picture or link reaches nothing but the page itself', async (site) => {
  const oss = await startOss()
  await post(oss, [...signedFields(oss), { content: 'x' }])
  // As browsers send them without an Origin.
  const headers = { ...OWN, 'sec-fetch-site': site, 'content-type': 'text/plain' }
  const reads = ['requests', 'events', 'buckets/photos/object/content?key=a.txt']
  for (const path of reads) expect(await ask(oss.origin, 'GET', `/_console/api/${path}`, headers), path).toBe(403)
  for (const [method, path] of CHANGES) {
    expect(await ask(oss.origin, method, path, headers, '{"name":"lose-answer"}'), path).toBe(403)
  }
  expect(oss.faults.list()).toEqual([])
  expect(await ask(oss.origin, 'GET', '/_console/', headers)).toBe(200)
})

it('JSON that a form sends as text is no fault', async () => {
  const oss = await startOss()
  const body = '{"name":"lose-answer"}'
  const forged = { ...OWN, 'content-type': 'text/plain' }
  expect(await ask(oss.origin, 'POST', '/_console/api/faults', forged, body)).toBe(400)
  expect(oss.faults.list()).toEqual([])
})

it.each([
  ['a program', { host: 'localhost:9000' }],
  ['a program at an IPv6 address', { host: '[::1]:9000' }],
  ['an address that somebody typed', { ...OWN, 'sec-fetch-site': 'none' }],
  ['the page itself', { ...OWN, origin: 'http://127.0.0.1:9000', 'sec-fetch-site': 'same-origin' }],
  ['the page where it is older than Sec-Fetch-Site', { ...OWN, origin: 'http://127.0.0.1:9000' }],
])('%s gets in', async (_who, headers) => {
  const oss = await startOss()
  expect(await ask(oss.origin, 'GET', '/_console/', headers)).toBe(200)
  expect(await ask(oss.origin, 'GET', '/_console/api/requests', headers)).toBe(200)
  expect(await ask(oss.origin, 'DELETE', '/_console/api/requests', headers)).toBe(204)
})

it('nothing is sent again for a page elsewhere, even where it knows the id', async () => {
  const oss = await startOss()
  const application = await startApplication(answerJson({}))
  const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
  await post(oss, [...signedFields(oss, { fields: { callback } }), { content: 'x' }])
  const path = `/_console/api/callbacks/${oss.requests.list()[0]?.callbacks[0]?.id}/resend`
  expect(await ask(oss.origin, 'POST', path, { ...OWN, origin: 'http://evil.example' })).toBe(403)
  expect(await ask(oss.origin, 'POST', path, { ...OWN, 'sec-fetch-site': 'cross-site' })).toBe(403)
  expect(application.received).toHaveLength(1)
  expect(await ask(oss.origin, 'POST', path, OWN)).toBe(201)
  expect(application.received).toHaveLength(2)
})

it('there is no console below the name of a bucket', async () => {
  const oss = await startOss({ domains: { 'files.example': 'photos' } })
  for (const host of ['photos.localhost', 'files.example']) {
    expect(await ask(oss.origin, 'GET', '/_console/api/requests', { host })).toBe(403)
    expect(oss.requests.list().at(-1)).toMatchObject({ operation: 'GetObject', code: 'AccessDenied' })
  }
})

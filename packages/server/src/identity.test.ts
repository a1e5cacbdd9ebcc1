import { UploadError } from '@oss-direct/shared'
import { afterEach, describe, expect, it } from 'vitest'
import { type Stage, startStage } from '../test/stage.ts'
import { type Identify, identifyBy } from './identity.ts'
import { identifyBySession } from './session-identity.ts'
import { type Caller, uploadRoute } from './upload-route.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

const start = async (identify: Identify<Caller>) => {
  stage = await startStage({ routes: { demo: uploadRoute({ onUploaded: () => null }) }, uploads: { identify } })
  const { origin } = stage
  const call = async (method: string, path: string, headers: Record<string, string>) => {
    const body = method === 'POST' ? { body: JSON.stringify(GRANT) } : {}
    const answer = await fetch(`${origin}/uploads${path}`, {
      method,
      ...body,
      headers: { 'content-type': 'application/json', ...headers },
    })
    const text = await answer.text()
    return {
      status: answer.status,
      body: text === '' ? undefined : (JSON.parse(text) as { code?: string; hint?: string }),
    }
  }
  return { origin, call, host: new URL(origin).host }
}
// What each of the calls wants is in it.
const GRANT = { route: 'demo', partNumbers: [1], files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] }

describe('a session cookie', () => {
  const read: Identify<Caller> = ({ headers }) => (headers.cookie === 'session=ann' ? { id: 'ann' } : null)
  const cookie = 'session=ann'
  const origins = ['https://shop.example']

  it.each([
    ['the own page, over https or on localhost', { 'sec-fetch-site': 'same-origin', origin: 'https://own.example' }],
    ['a page that is listed', { 'sec-fetch-site': 'cross-site', origin: 'https://shop.example' }],
    ['a page that is listed, by a browser that says nothing else', { origin: 'https://shop.example' }],
  ])('changes something for %s', async (_case, headers) => {
    const { call } = await start(identifyBySession({ read, origins }))
    expect((await call('POST', '', { cookie, ...headers })).status).toBe(201)
  })

  it('changes something for the own page over plain http, where its address is the one that was asked', async () => {
    const { call, origin } = await start(identifyBySession({ read }))
    expect((await call('POST', '', { cookie, origin })).status).toBe(201)
  })

  it.each([
    ['a foreign page', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
    ['a foreign page, by a browser that says nothing else', { origin: 'https://evil.example' }],
    ['a page of a subdomain', { 'sec-fetch-site': 'same-site', origin: 'https://x.shop.example' }],
    ['an address that was typed, or a page without an origin', { 'sec-fetch-site': 'none', origin: 'null' }],
    ['a page whose address only begins like one that is listed', { origin: 'https://shop.example.evil.example' }],
    ['a listed host over http', { origin: 'http://shop.example' }],
    ['a listed host at another port', { origin: 'https://shop.example:8443' }],
    ['two origins at once', { origin: 'https://shop.example https://evil.example' }],
    ['no origin at all', {}],
    [
      'a foreign page that names us as its referrer',
      { origin: 'https://evil.example', referer: 'https://shop.example/' },
    ],
  ])('changes nothing for %s', async (_case, headers) => {
    const { call } = await start(identifyBySession({ read, origins }))
    for (const [method, path] of [
      ['POST', ''],
      ['POST', '/0/confirm'],
      ['POST', '/0/parts'],
      ['DELETE', '/0'],
    ] as const) {
      const answer = await call(method, path, { cookie, ...headers })
      const hint = expect.stringContaining('must be listed')
      expect([method, path, answer]).toMatchObject([method, path, { status: 403, body: { code: 'forbidden', hint } }])
    }
  })

  it('reads from anywhere: whether another page sees the answer is for CORS to say', async () => {
    const { call } = await start(identifyBySession({ read, origins }))
    expect((await call('GET', '', { cookie, origin: 'https://evil.example' })).status).toBe(200)
  })

  it('says nothing of origins to whoever has no session', async () => {
    const { call } = await start(identifyBySession({ read }))
    expect(await call('POST', '', { origin: 'https://evil.example' })).toMatchObject({
      status: 401,
      body: { code: 'not-signed-in' },
    })
  })

  it('is not looked at beside a Bearer token', async () => {
    const { call, origin } = await start(identifyBySession({ read }))
    expect((await call('GET', '', { cookie, authorization: 'Basic YTpi' })).status).toBe(200)
    for (const authorization of ['Bearer x', 'bearer', 'BEARER  x y']) {
      expect((await call('POST', '', { cookie, origin, authorization })).status).toBe(401)
    }
  })

  it.each(['https://shop.example/', 'shop.example', '*', 'null', 'https://Shop.example'])(
    'takes %s for no origin',
    (text) => {
      expect(() => identifyBySession({ read, origins: [text] })).toThrow('an origin looks like https://app.example.com')
    },
  )
})

describe('several ways to be known', () => {
  const named =
    (header: string): Identify<Caller> =>
    ({ headers }) => {
      const value = headers[header]
      if (value === undefined) return null
      if (value === 'wrong') throw new UploadError('not-signed-in', 'no')
      return { id: `${header} ${value}` }
    }
  const identify = identifyBy(named('x-a'), named('x-b'))
  const known = async (headers: Record<string, string>) => identify({ headers, method: 'GET', requestId: '' })

  it('are asked in order, and the first that knows decides', async () => {
    expect(await known({ 'x-a': '1', 'x-b': '2' })).toEqual({ id: 'x-a 1' })
    expect(await known({ 'x-b': '2' })).toEqual({ id: 'x-b 2' })
    expect(await known({})).toBeNull()
  })

  it('end with a credential that is there and wrong, whatever is beside it', async () => {
    await expect(known({ 'x-a': 'wrong', 'x-b': '2' })).rejects.toMatchObject({ code: 'not-signed-in' })
    expect(await known({ 'x-a': '1', 'x-b': 'wrong' })).toEqual({ id: 'x-a 1' })
  })
})

describe('a caller that identify gives', () => {
  it.each([
    ['no id', { id: undefined }],
    ['an empty id', { id: '' }],
    ['a number', { id: 7 }],
    ['an id of two lines', { id: 'ann\nlevel=error msg="all is lost"' }],
    ['an id with a NUL', { id: 'ann\0' }],
    ['an id with half a character, which becomes another one in a database', { id: 'ann\uD800' }],
    ['an endless id', { id: 'x'.repeat(256) }],
    ['an account of two lines', { id: 'ann', account: 'a\r\nb' }],
  ])('with %s is nobody', async (_case, caller) => {
    const { call } = await start(() => caller as Caller)
    expect(await call('GET', '', {})).toMatchObject({ status: 401, body: { code: 'not-signed-in' } })
  })
})

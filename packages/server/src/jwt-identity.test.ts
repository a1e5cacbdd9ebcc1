import { createHmac, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { Writable } from 'node:stream'
import { exportJWK, type JWTPayload, SignJWT } from 'jose'
import { pino } from 'pino'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Stage, startStage } from '../test/stage.ts'
import { identifyBy } from './identity.ts'
import { identifyByJwt, type JwtIdentityOptions, type JwtKey } from './jwt-identity.ts'
import { identifyBySession } from './session-identity.ts'
import type { Caller } from './upload-route.ts'

const issuer = 'https://id.example'
const audience = 'uploads'
const secret = 'a shared secret of thirty-two bytes, at least'
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ed = generateKeyPairSync('ed25519')
const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 })
const pem = (key: KeyObject) => key.export({ type: 'spki', format: 'pem' }).toString()

let stage: Stage | undefined
let log = ''
const servers: Server[] = []
beforeEach(() => {
  log = ''
})
afterEach(async () => {
  await stage?.close()
  stage = undefined
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

const seconds = () => Math.floor(Date.now() / 1000)
const good = (): JWTPayload => ({ iss: issuer, aud: audience, sub: 'ann', exp: seconds() + 60 })
const sign = (payload: JWTPayload, key: KeyObject | Uint8Array, header: { alg: string; [name: string]: unknown }) =>
  new SignJWT(payload).setProtectedHeader(header).sign(key)
const hmac = (payload: JWTPayload, header = {}) =>
  sign(payload, new TextEncoder().encode(secret), { alg: 'HS256', ...header })
const part = (value: unknown) =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Starts an application that knows callers by tokens, and gives what a token comes to. */
async function start(key: JwtKey, options: Partial<JwtIdentityOptions<Caller>> = {}) {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  const caller = ({ sub }: JWTPayload) => (sub === undefined ? null : { id: sub })
  const byJwt = identifyByJwt({ key, issuer, audience, caller, ...options })
  const bySession = identifyBySession({ read: ({ headers }) => (headers.cookie === undefined ? null : { id: 'eve' }) })
  stage = await startStage({ uploads: { identify: identifyBy(byJwt, bySession), logger: pino(sink) } })
  const { origin } = stage
  return async (token: string, headers: Record<string, string> = {}) => {
    log = ''
    const answer = await fetch(`${origin}/uploads`, { headers: { authorization: `Bearer ${token}`, ...headers } })
    return { status: answer.status, body: (await answer.json()) as { code?: string; hint?: string; detail?: string } }
  }
}

/** The key set of an issuer, and how often it was asked for. */
async function serve(answer: RequestListener) {
  const asked: string[] = []
  const server = createServer((request, response) => {
    asked.push(request.url ?? '')
    answer(request, response)
  })
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  return { asked, origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}` }
}
const keySet = async (...keys: { key: KeyObject; kid: string }[]) => ({
  keys: await Promise.all(keys.map(async ({ key, kid }) => ({ ...(await exportJWK(key)), kid, use: 'sig' }))),
})

describe('a JWT', () => {
  it.each([
    ['HS256', { algorithm: 'HS256', secret }, new TextEncoder().encode(secret)],
    ['RS256', { algorithm: 'RS256', publicKey: pem(rsa.publicKey) }, rsa.privateKey],
    ['ES256', { algorithm: 'ES256', publicKey: ec.publicKey }, ec.privateKey],
    ['EdDSA', { algorithm: 'EdDSA', publicKey: pem(ed.publicKey) }, ed.privateKey],
  ] as const)('signed by %s is known by its claims', async (alg, key, signer) => {
    const ask = await start(key)
    expect((await ask(await sign(good(), signer, { alg }))).status).toBe(200)
    const other = alg === 'HS256' ? new TextEncoder().encode('x'.repeat(32)) : undefined
    const forged = other
      ? await sign(good(), other, { alg })
      : `${await sign(good(), signer, { alg })}`.replace(/\.[^.]*$/, `.${part('x'.repeat(64))}`)
    expect((await ask(forged)).status).toBe(401)
  })

  const claims: [string, (payload: JWTPayload) => JWTPayload][] = [
    ['has ended', (payload) => ({ ...payload, exp: seconds() - 6 })],
    ['never ends', ({ exp, ...payload }) => payload],
    ['ends at a time that is none', (payload) => ({ ...payload, exp: '9999999999' as never })],
    ['is not good yet', (payload) => ({ ...payload, nbf: seconds() + 30 })],
    ['is of another issuer', (payload) => ({ ...payload, iss: 'https://evil.example' })],
    ['is of an issuer that only begins alike', (payload) => ({ ...payload, iss: `${issuer}.evil.example` })],
    ['is of no issuer', ({ iss, ...payload }) => payload],
    ['is for another service', (payload) => ({ ...payload, aud: 'mail' })],
    ['is for no service', ({ aud, ...payload }) => payload],
    ['is of nobody', ({ sub, ...payload }) => payload],
    ['is of somebody with two lines', (payload) => ({ ...payload, sub: 'ann\r\nset-cookie: a=b' })],
  ]
  it.each(claims)('that %s is refused as all others are', async (_case, change) => {
    const ask = await start({ algorithm: 'HS256', secret })
    const { status, body } = await ask(await hmac(change(good())))
    expect([status, body.code]).toEqual([401, 'not-signed-in'])
    expect(log).toContain('caller refused')
    expect(log.trim().split('\n')).toHaveLength(1)
  })

  it('gets one answer for whatever is wrong', async () => {
    const ask = await start({ algorithm: 'HS256', secret })
    const answers = new Set<string>()
    for (const [name, change] of claims.slice(0, -1)) {
      const { body } = await ask(await hmac(change(good())))
      answers.add(JSON.stringify({ ...body, requestId: '' }))
      expect([name, log]).toEqual([name, expect.stringMatching(/a JWT was refused: (ERR_J|`caller` knows nobody)/)])
    }
    expect(answers.size).toBe(1)
  })

  it('may be a little late or early, as clocks are', async () => {
    const ask = await start({ algorithm: 'HS256', secret })
    expect((await ask(await hmac({ ...good(), exp: seconds() - 3, nbf: seconds() + 3 }))).status).toBe(200)
    await stage?.close()
    const strict = await start({ algorithm: 'HS256', secret }, { clockToleranceSeconds: 0 })
    expect((await strict(await hmac({ ...good(), exp: seconds() - 1 }))).status).toBe(401)
  })

  it('of several issuers and services is one of theirs', async () => {
    const ask = await start({ algorithm: 'HS256', secret }, { issuer: ['a', 'b'], audience: ['x', 'y'] })
    expect((await ask(await hmac({ ...good(), iss: 'b', aud: ['z', 'y'] }))).status).toBe(200)
    expect((await ask(await hmac({ ...good(), iss: 'c', aud: 'y' }))).status).toBe(401)
  })

  it('that is wrong never falls through to a cookie that is good', async () => {
    const ask = await start({ algorithm: 'HS256', secret })
    expect((await ask(await hmac({ ...good(), exp: 1 }), { cookie: 'session=1' })).status).toBe(401)
    expect((await ask('not a token', { cookie: 'session=1' })).status).toBe(401)
    expect((await ask('', { cookie: 'session=1' })).status).toBe(401)
  })

  it('whose caller cannot be looked up is no refusal', async () => {
    const caller = () => Promise.reject(new Error('the database is down'))
    const ask = await start({ algorithm: 'HS256', secret }, { caller })
    expect(await ask(await hmac(good()))).toMatchObject({ status: 500, body: { code: 'internal' } })
  })
})

describe('a forged JWT', () => {
  const publicPem = pem(rsa.publicKey)

  it('without a signature is refused, however "none" is written', async () => {
    const ask = await start({ algorithm: 'RS256', publicKey: publicPem })
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', undefined]) {
      for (const signature of ['', part('x')]) {
        const token = `${part({ alg, typ: 'JWT' })}.${part(good())}.${signature}`
        expect([alg, (await ask(token)).status]).toEqual([alg, 401])
      }
    }
  })

  it('by HMAC with the public key as its secret is refused', async () => {
    const ask = await start({ algorithm: 'RS256', publicKey: publicPem })
    const der = rsa.publicKey.export({ type: 'spki', format: 'der' })
    for (const key of [publicPem, publicPem.trim(), der]) {
      for (const alg of ['HS256', 'RS256']) {
        const text = `${part({ alg, typ: 'JWT' })}.${part(good())}`
        const token = `${text}.${createHmac('sha256', key).update(text).digest('base64url')}`
        expect((await ask(token)).status).toBe(401)
      }
    }
  })

  it('by HMAC with what the key set publishes is refused', async () => {
    const jwk = await exportJWK(rsa.publicKey)
    const symmetric = { kty: 'oct', kid: 'b', alg: 'HS256', k: part(secret) }
    const set = { keys: [{ ...jwk, kid: 'a' }, symmetric] }
    const { origin } = await serve((_, response) => response.end(JSON.stringify(set)))
    const ask = await start({ keySetUrl: `${origin}/keys` })
    expect((await ask(await sign(good(), rsa.privateKey, { alg: 'RS256', kid: 'a' }))).status).toBe(200)
    expect((await ask(await hmac(good(), { kid: 'b' }))).status).toBe(401)
    const text = `${part({ alg: 'HS256', kid: 'a' })}.${part(good())}`
    const signature = createHmac('sha256', jwk.n ?? '')
      .update(text)
      .digest('base64url')
    expect((await ask(`${text}.${signature}`)).status).toBe(401)
  })

  it('by another algorithm of the same key is refused', async () => {
    const ask = await start({ algorithm: 'RS256', publicKey: publicPem })
    for (const alg of ['RS384', 'RS512', 'PS256']) {
      expect((await ask(await sign(good(), rsa.privateKey, { alg }))).status).toBe(401)
    }
  })

  it('that brings its own key, or the address of one, is refused, and nobody is asked', async () => {
    const evil = await serve(async (_, response) =>
      response.end(JSON.stringify(await keySet({ key: foreign.publicKey, kid: 'a' }))),
    )
    const own = await serve(async (_, response) =>
      response.end(JSON.stringify(await keySet({ key: rsa.publicKey, kid: 'a' }))),
    )
    const ask = await start({ keySetUrl: `${own.origin}/keys` })
    const jwk = await exportJWK(foreign.publicKey)
    for (const header of [
      { jku: `${evil.origin}/keys`, kid: 'a' },
      { x5u: `${evil.origin}/keys`, kid: 'a' },
      { jwk, kid: 'a' },
      { jwk },
      { kid: `${evil.origin}/keys` },
      { kid: '../../../../dev/null' },
      { kid: "a' UNION SELECT 'x" },
      { kid: { a: 1 } },
      { kid: '__proto__' },
    ]) {
      expect((await ask(await sign(good(), foreign.privateKey, { alg: 'RS256', ...header }))).status).toBe(401)
    }
    expect(evil.asked).toEqual([])
    expect(new Set(own.asked)).toEqual(new Set(['/keys']))
  })

  it('with a rule that must be understood is refused', async () => {
    const ask = await start({ algorithm: 'HS256', secret })
    const text = `${part({ alg: 'HS256', crit: ['x'], x: 1 })}.${part(good())}`
    expect((await ask(`${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`)).status).toBe(401)
  })

  it('that is altered anywhere, or is none at all, is refused', async () => {
    const ask = await start({ algorithm: 'HS256', secret })
    const token = await hmac(good())
    const [header, , signature] = token.split('.')
    for (const text of [
      `${header}.${part({ ...good(), sub: 'admin' })}.${signature}`,
      `${token}.${signature}`,
      `${header}..${signature}`,
      '..',
      '....',
      'a.b.c',
      '{"alg":"none"}',
      `${part('{"alg":"HS256"')}.${part(good())}.x`,
      `${part([])}.${part([])}.${part([])}`,
      'x'.repeat(8000),
      '.'.repeat(8000),
    ]) {
      expect((await ask(text)).status).toBe(401)
    }
  })
})

describe('a key set', () => {
  const token = (kid = 'a') => sign(good(), rsa.privateKey, { alg: 'RS256', kid })
  const answerWith = async (text?: string) => {
    const body = text ?? JSON.stringify(await keySet({ key: rsa.publicKey, kid: 'a' }))
    return serve((_, response) => response.end(body))
  }

  it('is fetched once for many tokens at once, and kept', async () => {
    const { origin, asked } = await answerWith()
    const ask = await start({ keySetUrl: new URL(`${origin}/keys`) })
    const answers = await Promise.all(Array.from({ length: 20 }, async () => ask(await token())))
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]))
    await ask(await token())
    expect(asked).toEqual(['/keys'])
  })

  it('is not fetched again for each key that somebody makes up', async () => {
    const { origin, asked } = await answerWith()
    const ask = await start({ keySetUrl: `${origin}/keys` })
    await ask(await token())
    for (let index = 0; index < 20; index += 1) expect((await ask(await token(`made-up-${index}`))).status).toBe(401)
    expect(asked).toHaveLength(1)
  })

  it('is fetched again for an unknown key when the pause is over: the issuer may have a new one', async () => {
    let keys = await keySet({ key: foreign.publicKey, kid: 'old' })
    const { origin } = await serve((_, response) => response.end(JSON.stringify(keys)))
    const ask = await start({ keySetUrl: `${origin}/keys` })
    expect((await ask(await token('new'))).status).toBe(401)
    keys = await keySet({ key: rsa.publicKey, kid: 'new' })
    expect((await ask(await token('new'))).status).toBe(401)
    const realNow = Date.now()
    const clock = vi.spyOn(Date, 'now').mockReturnValue(realNow + 31_000)
    expect((await ask(await token('new'))).status).toBe(200)
    clock.mockRestore()
  })

  const faults: [string, RequestListener, RegExp][] = [
    ['redirects', (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end(), /redirect/],
    ['is huge', (_, response) => response.end(`{"keys":[${' '.repeat(300 * 1024)}]}`), /longer than 262144 bytes/],
    ['never ends', (_, response) => void pour(response), /longer than 262144 bytes/],
    ['is a page', (_, response) => response.end('<!doctype html>'), /not valid JSON|Unexpected token/],
    ['is another thing', (_, response) => response.end('{"keys":{}}'), /it is no key set/],
    ['is null', (_, response) => response.end('null'), /it is no key set/],
    ['is not found', (_, response) => response.writeHead(404).end(), /it answered 404/],
    ['breaks off', (request) => request.socket.destroy(), /other side closed|ECONNRESET|socket/],
  ]
  it.each(faults)('that %s is the fault of nobody who asks: try again later', async (_case, answer, reason) => {
    const { origin } = await serve(answer)
    const ask = await start({ keySetUrl: `${origin}/keys` })
    const { status, body } = await ask(await token(), { cookie: 'session=1' })
    expect([status, body.code]).toEqual([503, 'identity-unavailable'])
    expect(JSON.stringify(body)).not.toContain(origin)
    expect(log).toMatch(reason)
  })

  it('that answers late is not waited for', async () => {
    const { origin, asked } = await serve(() => {})
    const slow: string[] = []
    const impatient: typeof fetch = (address, init) => {
      slow.push(String(address))
      // The time that is waited at most passes at once.
      return fetch(address, {
        ...init,
        signal: AbortSignal.any([init?.signal as AbortSignal, AbortSignal.timeout(50)]),
      })
    }
    const timeout = vi.spyOn(AbortSignal, 'timeout')
    const ask = await start({ keySetUrl: `${origin}/keys`, fetch: impatient })
    expect(await ask(await token())).toMatchObject({ status: 503, body: { code: 'identity-unavailable' } })
    expect(timeout).toHaveBeenCalledWith(3000)
    timeout.mockRestore()
    expect([slow, asked]).toEqual([[`${origin}/keys`], ['/keys']])
  })

  it('that fails is left alone for a while, however many tokens come', async () => {
    let isDown = true
    const body = JSON.stringify(await keySet({ key: rsa.publicKey, kid: 'a' }))
    const { origin, asked } = await serve((_, response) =>
      isDown ? response.writeHead(500).end() : response.end(body),
    )
    let now = new Date()
    const ask = await start({ keySetUrl: `${origin}/keys` }, { now: () => now })
    for (let index = 0; index < 10; index += 1) expect((await ask(await token())).status).toBe(503)
    expect(asked).toHaveLength(1)
    isDown = false
    now = new Date(now.getTime() + 5000)
    expect((await ask(await token())).status).toBe(200)
  })

  it.each([
    'http://id.example/keys',
    'http://127.0.0.1.evil.example/keys',
    'http://localhost.evil.example/keys',
    'http://169.254.169.254/keys',
    'file:///etc/passwd',
    'ftp://127.0.0.1/keys',
    'id.example/keys',
  ])('is not fetched from %s', (keySetUrl) => {
    const make = () => identifyByJwt({ key: { keySetUrl }, issuer, audience, caller: () => null })
    expect(make).toThrow('must be an https address, or http on this machine')
  })
})

describe('options that would let too many in', () => {
  const weak = generateKeyPairSync('rsa', { modulusLength: 1024 })
  const base = { key: { algorithm: 'HS256', secret }, issuer, audience, caller: () => null } as const
  it.each([
    ['a short secret', { key: { algorithm: 'HS256', secret: 'x'.repeat(31) } }, '31 bytes; HS256 needs 32'],
    ['a public key as the secret', { key: { algorithm: 'HS256', secret: pem(rsa.publicKey) } }, 'is a key file'],
    ['a key of 1,024 bits', { key: { algorithm: 'RS256', publicKey: weak.publicKey } }, 'not rsa 1024'],
    [
      'a key of another kind',
      { key: { algorithm: 'ES256', publicKey: pem(ed.publicKey) } },
      'curve P-256, not ed25519',
    ],
    ['a private key', { key: { algorithm: 'RS256', publicKey: rsa.privateKey } }, 'is a private key'],
    [
      'an algorithm with a secret',
      { key: { keySetUrl: 'https://a.example', algorithms: ['HS256'] } },
      'RS256, ES256 and EdDSA',
    ],
    ['no algorithm', { key: { keySetUrl: 'https://a.example', algorithms: [] } }, 'RS256, ES256 and EdDSA'],
    ['no issuer', { issuer: undefined }, 'issuer must be'],
    ['an empty issuer', { issuer: '' }, 'issuer must be'],
    ['no audience', { audience: [] }, 'audience must be'],
    ['a wide tolerance', { clockToleranceSeconds: 3600 }, 'must be 0 to 60'],
    ['a tolerance that is none', { clockToleranceSeconds: Number.NaN }, 'must be 0 to 60'],
  ])('%s', (_case, options, sentence) => {
    expect(() => identifyByJwt({ ...base, ...(options as object) } as JwtIdentityOptions<Caller>)).toThrow(sentence)
  })
})

/** An answer that goes on for as long as somebody reads it. */
async function pour(response: Parameters<RequestListener>[1]): Promise<void> {
  const closed = once(response, 'close').catch(() => {})
  while (!response.destroyed) {
    if (response.write(' '.repeat(16_384))) continue
    const waiting = new AbortController()
    const drained = once(response, 'drain', { signal: waiting.signal }).catch(() => {})
    await Promise.race([drained, closed])
    waiting.abort()
  }
}

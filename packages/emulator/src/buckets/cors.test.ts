import { readXml } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { post, send, signedFields, startOss } from '../stage/stage.fixture.ts'
import { type CorsRule, checkCors, corsToXml, findCorsRule, parseCorsXml } from './cors.ts'

const rule: CorsRule = {
  allowedOrigins: ['https://app.example.com', 'http://*.dev.example'],
  allowedMethods: ['POST', 'GET'],
  allowedHeaders: ['content-type', 'X-Oss-*'],
  exposeHeaders: ['ETag', 'x-oss-request-id'],
  maxAgeSeconds: 600,
}

const parse = (text: string) => readXml(text) ?? expect.fail('no XML')

describe('a rule', () => {
  it.each([
    ['https://app.example.com', 'POST', [], true],
    ['https://app.example.com', 'PUT', [], false],
    ['http://app.example.com', 'POST', [], false],
    ['https://app.example.com:8443', 'POST', [], false],
    ['https://app.example.com.evil.example', 'POST', [], false],
    ['http://a.b.dev.example', 'GET', [], true],
    ['http://dev.example', 'GET', [], false],
    ['https://app.example.com', 'POST', ['content-type', 'x-oss-meta-a'], true],
    ['https://app.example.com', 'POST', ['authorization'], false],
  ])('meets %s %s with %j: %s', (origin, method, requestedHeaders, expected) => {
    const cors = { rules: [rule], responseVary: false }
    expect(findCorsRule(cors, { origin, method, requestedHeaders }) !== undefined).toBe(expected)
  })

  it('is the first one that meets the request', () => {
    const other = { ...rule, maxAgeSeconds: 1 }
    const asked = { origin: 'https://app.example.com', method: 'POST', requestedHeaders: [] }
    expect(findCorsRule({ rules: [other, rule], responseVary: false }, asked)).toBe(other)
  })
})

describe('a configuration', () => {
  it('is read as it was written', () => {
    const cors = { rules: [rule, { ...rule, allowedOrigins: ['<&>'] }], responseVary: true }
    expect(parseCorsXml(parse(corsToXml(cors)))).toEqual(cors)
  })

  it.each<[string, Partial<CorsRule>, string]>([
    ['no origin', { allowedOrigins: [] }, 'a rule needs an AllowedOrigin'],
    ['no method', { allowedMethods: [] }, 'a rule needs an AllowedMethod'],
    ['OPTIONS', { allowedMethods: ['OPTIONS'] }, 'AllowedMethod OPTIONS is none of GET, PUT, POST, DELETE, HEAD'],
    ['two stars', { allowedOrigins: ['*.*'] }, '*.* has more than one *'],
    ['a star exposed', { exposeHeaders: ['*'] }, 'ExposeHeader * may not have a *'],
    ['no number', { maxAgeSeconds: Number.NaN }, 'MaxAgeSeconds must be a whole number of seconds'],
  ])('with %s is refused', (_what, change, reason) => {
    expect(() => checkCors({ rules: [{ ...rule, ...change }], responseVary: false })).toThrow(reason)
  })

  it.each([0, 11])('with %d rules is refused', (count) => {
    expect(() => checkCors({ rules: Array(count).fill(rule), responseVary: false })).toThrow('1 to 10 rules')
  })

  it.each(['<CORSConfiguration></CORSConfiguration>', '<Other></Other>'])(
    'that is no configuration is refused: %j',
    (text) => {
      expect(() => parseCorsXml(parse(text))).toThrow(expect.objectContaining({ status: 400 }))
    },
  )
})

describe('a preflight', () => {
  const preflight = (oss: Emulator, headers: Record<string, string>, path = '/photos') =>
    send(oss.origin + path, { method: 'OPTIONS', headers })
  const asked = { origin: 'https://app.example.com', 'access-control-request-method': 'POST' }
  const configured = () => startOss({ buckets: [{ name: 'photos', cors: [rule] }] })

  it('is allowed where a rule meets it, with what the rule says', async () => {
    const answer = await preflight(await configured(), {
      ...asked,
      'access-control-request-headers': 'Content-Type, x-oss-date',
      'access-control-request-private-network': 'true',
    })
    expect([answer.status, answer.text, answer.headers.get('content-length')]).toEqual([200, '', '0'])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      'access-control-allow-origin': 'https://app.example.com',
      'access-control-allow-methods': 'POST',
      'access-control-allow-headers': 'content-type, x-oss-date',
      'access-control-expose-headers': 'ETag, x-oss-request-id',
      'access-control-max-age': '600',
      'access-control-allow-private-network': 'true',
      vary: 'Origin',
    })
  })

  it.each<[string, Record<string, string>, number, string, string]>([
    ['from another origin', { ...asked, origin: 'https://evil.example' }, 403, 'AccessForbidden', 'is not allowed'],
    ['for another method', { ...asked, 'access-control-request-method': 'PUT' }, 403, 'AccessForbidden', 'not allowed'],
    [
      'with another header',
      { ...asked, 'access-control-request-headers': 'authorization' },
      403,
      'AccessForbidden',
      '',
    ],
    ['without origin', { 'access-control-request-method': 'POST' }, 400, 'BadRequest', 'Origin request header needed'],
    [
      'without method',
      { origin: 'https://app.example.com' },
      400,
      'BadRequest',
      'Access-Control-Request-Method header',
    ],
  ])('%s is refused', async (_what, headers, status, code, message) => {
    const answer = await preflight(await configured(), headers)
    expect([answer.status, answer.error.code]).toEqual([status, code])
    expect(answer.error.message).toContain(message)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('is refused while the bucket has no rules, and where there is no bucket', async () => {
    const oss = await startOss()
    expect((await preflight(oss, asked)).error.message).toBe('CORSResponse: CORS is not enabled for this bucket.')
    expect((await preflight(oss, asked, '/nowhere/key')).error.code).toBe('NoSuchBucket')
  })
})

describe('an answer to a page', () => {
  const origin = 'https://app.example.com'

  it('can be read where a rule meets the request, errors as well', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', cors: [rule] }] })
    const stored = await post(oss, [...signedFields(oss), { content: 'x' }], { headers: { origin } })
    const refused = await post(oss, [...signedFields(oss), ['key', 'evil'], { content: 'x' }], { headers: { origin } })
    expect([stored.status, refused.status]).toEqual([204, 403])
    for (const { headers } of [stored, refused]) {
      expect(headers.get('access-control-allow-origin')).toBe(origin)
      expect(headers.get('access-control-expose-headers')).toBe('ETag, x-oss-request-id')
    }
  })

  it('cannot be read where none does, and the object is stored all the same', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', cors: [rule] }] })
    const options = { headers: { origin: 'https://evil.example' } }
    const answer = await post(oss, [...signedFields(oss), { content: 'x' }], options)
    expect(answer.status).toBe(204)
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })

  it('says * where the rule does', async () => {
    const open = { allowedOrigins: ['*'], allowedMethods: ['POST'] }
    const oss = await startOss({ buckets: [{ name: 'photos', cors: [open] }] })
    const { headers } = await post(oss, [...signedFields(oss), { content: 'x' }], { headers: { origin } })
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('vary')).toBeNull()
  })
})

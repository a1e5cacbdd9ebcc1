import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { callbackFormFields, callbackHeaders, callbackParameters, callbackQuery } from './callback.ts'
import { renderCallbackBody } from './callback-body.ts'
import { parseCallback } from './callback-parameter.ts'
import { callbackStringToSign, PRODUCTION_CALLBACK_KEY, signCallback, verifyCallback } from './callback-signature.ts'
import { errorOf } from './refusal.fixture.ts'
import { readVectors } from './vector.fixture.ts'

interface VerifyVector {
  input: { requestUri: string; headers: Record<string, string>; body: string; publicKeyPem: string }
  expected: { stringToSign: string; valid: boolean }
}
interface EncodingVector {
  kind: 'callback' | 'callback-var'
  input: { json: string }
  expected: { base64: string }
}
interface SubstitutionVector {
  input: {
    callbackBody: string
    callbackBodyType: 'application/x-www-form-urlencoded' | 'application/json'
    variables: Record<string, string | number>
  }
  expected: { body: string }
}

describe('a callback signature', () => {
  it.each(readVectors<VerifyVector>('callback-verify.json'))('vector $id', ({ input, expected }) => {
    const { requestUri, headers, publicKeyPem } = input
    const body = Buffer.from(input.body)
    expect(callbackStringToSign({ requestUri, body }).toString()).toBe(expected.stringToSign)
    const authorization = headers.authorization ?? ''
    expect(verifyCallback({ requestUri, body, authorization, publicKey: publicKeyPem })).toBe(expected.valid)
    // The key that this package ships is the one of the vectors.
    expect(verifyCallback({ requestUri, body, authorization, publicKey: PRODUCTION_CALLBACK_KEY })).toBe(expected.valid)
  })

  it('of a longer key is made and verified as well', () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
    const callback = { requestUri: '/cb?', body: Buffer.from('a=b') }
    const authorization = signCallback({ ...callback, privateKey })
    const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
    expect(authorization).toHaveLength(344)
    expect(verifyCallback({ ...callback, authorization, publicKey: pem })).toBe(true)
    expect(verifyCallback({ ...callback, requestUri: '/cb', authorization, publicKey: pem })).toBe(false)
  })

  it.each([
    ['no Base64', '***', PRODUCTION_CALLBACK_KEY],
    ['nothing', '', PRODUCTION_CALLBACK_KEY],
    ['a key that is none', 'AAAA', 'not a key'],
  ])('that is %s is not verified, and does not throw', (_case, authorization, publicKey) => {
    expect(verifyCallback({ requestUri: '/', body: new Uint8Array(), authorization, publicKey })).toBe(false)
  })
})

describe('a callback body', () => {
  it.each(readVectors<SubstitutionVector>('callback-substitution.json'))('vector $id', ({ input, expected }) => {
    const { callbackBody: body, callbackBodyType: bodyType } = input
    const [custom, system] = partition(input.variables)
    expect(renderCallbackBody({ body, bodyType, variables: custom }, system)).toBe(expected.body)
  })

  it('cannot be broken out of by a value', () => {
    const values = { object: 'a&size=9"}${size}', size: 1 }
    const form = {
      body: 'o=${object}&s=${size}',
      bodyType: 'application/x-www-form-urlencoded',
      variables: {},
    } as const
    expect(renderCallbackBody(form, values)).toBe('o=a%26size%3D9%22%7D%24%7Bsize%7D&s=1')
    const json = { body: '{"o":${object},"s":${size}}', bodyType: 'application/json', variables: {} } as const
    expect(JSON.parse(renderCallbackBody(json, values))).toEqual({ o: values.object, s: 1 })
  })

  it('takes no custom variable for a system variable, and knows nothing that nobody gave', () => {
    const form = { bodyType: 'application/x-www-form-urlencoded', variables: { size: '9', 'x:uid': 'a b' } } as const
    const body = 'size=${size}&uid=${x:uid}&odd=${constructor}${toString}'
    expect(renderCallbackBody({ ...form, body }, { size: 1 })).toBe('size=1&uid=a%20b&odd=')
  })
})

describe('a callback parameter', () => {
  it.each(readVectors<EncodingVector>('callback-encoding.json'))('vector $id is read', ({ kind, input, expected }) => {
    const json: unknown = JSON.parse(input.json)
    if (kind === 'callback-var') {
      const callback = encode({ callbackUrl: 'http://a.example', callbackBody: 'x' })
      expect(parse(callback, expected.base64)?.variables).toEqual(json)
    } else {
      const { callbackUrl, callbackBody } = json as { callbackUrl: string; callbackBody: string }
      expect(parse(expected.base64)).toMatchObject({ urls: [callbackUrl], body: callbackBody })
    }
  })

  it('is encoded as the SDK of this language encodes it', () => {
    const vector = readVectors<EncodingVector>('callback-encoding.json').find(({ id }) => id === 'enc-ali-oss')
    const { callbackUrl, callbackBody, callbackHost } = JSON.parse(vector?.input.json ?? '{}')
    expect(callbackQuery({ url: callbackUrl, body: callbackBody, host: callbackHost, sni: true })).toEqual({
      callback: vector?.expected.base64,
    })
    const variables = readVectors<EncodingVector>('callback-encoding.json').find(({ id }) => id === 'enc-ali-oss-var')
    const options = { url: 'http://a.example', body: 'x', variables: { var1: 'value1', n: '3' } }
    expect(callbackQuery(options)['callback-var']).toBe(variables?.expected.base64)
    expect(callbackHeaders(options)['x-oss-callback-var']).toBe(variables?.expected.base64)
    expect(callbackFormFields(options)).toMatchObject({ 'x:var1': 'value1', 'x:n': '3' })
    expect(callbackParameters(options)).toEqual({
      callback: callbackQuery(options).callback,
      callbackVar: variables?.expected.base64,
      plain: {
        callback: {
          callbackUrl: 'http://a.example',
          callbackBody: 'x',
          callbackBodyType: 'application/x-www-form-urlencoded',
        },
        callbackVar: { 'x:var1': 'value1', 'x:n': '3' },
      },
    })
  })

  it('gives an SDK variables that OSS takes also where there are none', () => {
    const { callback, callbackVar } = callbackParameters({ url: 'http://a.example', body: 'x', host: 'b', sni: true })
    expect(parseCallback(callback, callbackVar, { privateHosts: 'forbidden' })).toMatchObject({
      host: 'b',
      sni: true,
      variables: {},
    })
  })

  it('takes up to five addresses, without a scheme too, and variables of a form', () => {
    const read = parse(encode({ callbackUrl: 'a.example/1;https://b.example/2?x=1', callbackBody: 'x' }), {
      'x:uid': '7',
    })
    expect(read?.urls).toEqual(['http://a.example/1', 'https://b.example/2?x=1'])
    expect(read).toMatchObject({
      bodyType: 'application/x-www-form-urlencoded',
      sni: false,
      variables: { 'x:uid': '7' },
    })
  })

  it('without an address is no callback', () => {
    expect(parse(encode({ callbackUrl: '', callbackBody: '' }))).toBeNull()
  })

  it('with an empty variable header has no variables', () => {
    expect(parse(encode({ callbackUrl: 'http://a.example', callbackBody: 'x' }), '')?.variables).toEqual({})
  })

  const ok = { callbackUrl: 'http://a.example', callbackBody: 'x' }
  it.each([
    ['is not Base64', 'not base64!', undefined, 'The callback configuration is not base64 encoded.', undefined],
    [
      'is not JSON',
      Buffer.from('{a').toString('base64'),
      undefined,
      'The callback configuration is not json format.',
      undefined,
    ],
    [
      'is over 5 KB',
      encode({ ...ok, callbackBody: 'x'.repeat(5000) }),
      undefined,
      'The length of callback exceed max value.',
      '0007-00000001',
    ],
    [
      'has a port in letters',
      encode({ ...ok, callbackUrl: 'my.com:test' }),
      undefined,
      'The callback url configuration is invalid.',
      '0007-00000004',
    ],
    [
      'has a dotless host',
      encode({ ...ok, callbackUrl: 'my' }),
      undefined,
      'The callback url configuration is invalid.',
      '0007-00000004',
    ],
    [
      'has an IPv6 host',
      encode({ ...ok, callbackUrl: 'http://[::1]/' }),
      undefined,
      'The callback url configuration is invalid.',
      '0007-00000004',
    ],
    [
      'has an address in Chinese',
      encode({ ...ok, callbackUrl: 'http://a.example/回调' }),
      undefined,
      'The callback url configuration is invalid.',
      '0007-00000004',
    ],
    [
      'has six addresses',
      encode({ ...ok, callbackUrl: Array(6).fill('http://a.example').join(';') }),
      undefined,
      'The number of callback url exceed max value.',
      '0007-00000005',
    ],
    [
      'has a private address',
      encode({ ...ok, callbackUrl: 'http://192.168.1.1/' }),
      undefined,
      'Private address is forbidden to callback.',
      '0007-00000008',
    ],
    [
      'has a loopback address',
      encode({ ...ok, callbackUrl: 'http://127.0.0.1/' }),
      undefined,
      'Private address is forbidden to callback.',
      '0007-00000008',
    ],
    [
      'has a broken host',
      encode({ ...ok, callbackHost: 'a b' }),
      undefined,
      'The callback host configuration is invalid.',
      undefined,
    ],
    [
      'has no body',
      encode({ callbackUrl: 'http://a.example' }),
      undefined,
      'The callback body is empty.',
      '0007-00000011',
    ],
    [
      'has another body type',
      encode({ ...ok, callbackBodyType: 'text/plain' }),
      undefined,
      'The callback body type configuration is invalid.',
      '0007-00000012',
    ],
    [
      'has round brackets',
      encode({ ...ok, callbackBody: 'a=$(object)' }),
      undefined,
      'Left brace must be adjacent to dollar sign.',
      '0007-00000105',
    ],
    [
      'sets a header of OSS',
      encode({ ...ok, additionalHeaders: { 'x-oss-a': 'b' } }),
      undefined,
      undefined,
      '0007-00000026',
    ],
    ['has variables that are no JSON', encode(ok), 'e2E=', 'The callback var is not expecten json.', '0007-00000103'],
    [
      'has variables over 5 KB',
      encode(ok),
      encode({ 'x:a': 'b'.repeat(5000) }),
      'The length of callback var exceed max value.',
      '0007-00000101',
    ],
  ])('that %s is refused before anything is stored', (_case, callback, variables, message, ec) => {
    const error = errorOf(() => parseCallback(callback, variables, { privateHosts: 'forbidden' }))
    expect(error).toMatchObject({
      code: 'InvalidArgument',
      status: 400,
      ec,
      details: { ArgumentName: expect.any(String), ArgumentValue: expect.any(String) },
    })
    if (message) expect(error.message).toBe(message)
  })

  it('may name private and dotless hosts where they are allowed', () => {
    const callback = encode({ ...ok, callbackUrl: 'http://127.0.0.1:3000/cb;http://app:8080/cb' })
    expect(parse(callback)?.urls).toHaveLength(2)
  })

  it('that would be too long for OSS is refused when it is made', () => {
    expect(errorOf(() => callbackQuery({ url: 'http://a.example', body: 'x'.repeat(5000) })).code).toBe(
      'CallbackTooLong',
    )
  })
})

/** Custom variables, whose names begin with `x:`, and those that OSS fills in itself. */
function partition(variables: Record<string, string | number>) {
  const isCustom = ([name]: [string, unknown]) => name.startsWith('x:')
  const entries = Object.entries(variables)
  return [
    Object.fromEntries(entries.filter(isCustom).map(([name, value]) => [name, String(value)])),
    Object.fromEntries(entries.filter((entry) => !isCustom(entry))),
  ] as const
}

function parse(callback: string, variables?: string | Record<string, string>) {
  return parseCallback(callback, variables, { privateHosts: 'allowed' })
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64')
}

import { describe, expect, it } from 'vitest'
import { authenticateForm } from './form-authentication.ts'
import { percentDecode } from './percent-encoding.ts'
import { signPostPolicy } from './post-policy.ts'
import type { AuthenticationRules } from './principal.ts'
import { errorOf } from './refusal.fixture.ts'
import { authenticateRequest, type ReceivedRequest } from './request-authentication.ts'
import { presignUrl, signHeaders } from './sign-request.ts'
import { parseBasicIsoTime } from './signing-key.ts'
import { readWireCaptures, type WireCapture, type WireRequest } from './vector.fixture.ts'

const captured = readWireCaptures().flatMap((capture) =>
  capture.requests.map((request, index) => ({
    name: `${capture.sdk} ${capture.case} #${index} ${request.method}`,
    capture,
    request,
  })),
)
const signed = captured.filter(({ request }) => receive(request).headers.authorization !== undefined)
const forms = captured.filter(({ request }) => receive(request).headers.authorization === undefined)

describe('a request of an unmodified SDK', () => {
  it('is there in every case', () => {
    expect([signed.length, forms.length]).toEqual([145, 2])
  })

  it.each(signed)('$name verifies', ({ capture, request }) => {
    const received = receive(request)
    expect(authenticateRequest(received, rulesOf(capture, received))).toMatchObject({
      accessKeyId: capture.accessKeyId,
    })
  })

  it.each(signed)('$name fails once anything that is signed is altered', ({ capture, request }) => {
    const received = receive(request)
    const altered: ReceivedRequest[] = [
      { ...received, method: received.method === 'PUT' ? 'POST' : 'PUT' },
      { ...received, key: `${received.key}x` },
      { ...received, bucket: 'acc-bucket2' },
      ...signedQueryNames(received).map((altered) => ({
        ...received,
        query: received.query.map(([name, value]): [string, string] => [name, name === altered ? `${value}1` : value]),
      })),
      ...signedHeaderNames(received).flatMap((name) => {
        const { [name]: value = '', ...others } = received.headers
        return [
          { ...received, headers: { ...others, [name]: /date$/.test(name) ? aSecondLater(value) : `${value}x` } },
          { ...received, headers: others },
        ]
      }),
      { ...received, headers: { ...received.headers, 'x-oss-added': 'later' } },
    ]
    for (const request of altered) {
      const code = codeOf(() => authenticateRequest(request, rulesOf(capture, received)))
      // Without its date, or with another digest of the body, a request is not even compared.
      const isLegible =
        hasDate(request) && request.headers['x-oss-content-sha256'] === received.headers['x-oss-content-sha256']
      expect(code).toBe(isLegible ? 'SignatureDoesNotMatch' : hasDate(request) ? 'InvalidArgument' : 'AccessDenied')
    }
  })

  it.each(forms)('$name verifies, and fails with another policy or secret', async ({ capture, request }) => {
    const fields = await readForm(request)
    const rules = rulesOf(capture, receive(request), fields.get('x-oss-date') ?? '20261121T012738Z')
    expect(authenticateForm(fields, rules)).toMatchObject({ principal: { accessKeyId: capture.accessKeyId } })
    const other = Buffer.from('{"expiration":"2030-01-01T00:00:00Z","conditions":[{"bucket":"b"}]}').toString('base64')
    expect(codeOf(() => authenticateForm(new Map([...fields, ['policy', other]]), rules))).toBe('SignatureDoesNotMatch')
    const stranger = {
      ...rules,
      findCredentials: () => ({ accessKeyId: capture.accessKeyId, accessKeySecret: 'guessed' }),
    }
    expect(codeOf(() => authenticateForm(fields, stranger))).toBe('SignatureDoesNotMatch')
  })
})

const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
const now = new Date('2026-03-01T08:00:00Z')
const rules: AuthenticationRules = {
  region: 'cn-hangzhou',
  now,
  findCredentials: (id) => (id === 'ak' ? credentials : undefined),
}
const plain = { method: 'GET', bucket: 'b', key: 'k' }

describe.each(['V1', 'V4'] as const)('a header signed by %s', (version) => {
  const request = (over: object = {}, at: object = {}): ReceivedRequest => {
    const headers = signHeaders(plain, { credentials, region: 'cn-hangzhou', now, version, ...at })
    return { ...plain, query: [], headers: { ...headers, ...over } }
  }

  it('is taken within 15 minutes either way, and not a second later', () => {
    for (const minutes of [-15, 15]) {
      expect(authenticateRequest(request(), { ...rules, now: later(minutes * 60) })).toMatchObject({
        accessKeyId: 'ak',
      })
    }
    for (const seconds of [-901, 901]) {
      expect(codeOf(() => authenticateRequest(request(), { ...rules, now: later(seconds) }))).toBe(
        'RequestTimeTooSkewed',
      )
    }
  })

  it('is refused from an unknown key, with another secret, and without a date', () => {
    const stranger = request({}, { credentials: { accessKeyId: 'other', accessKeySecret: 'sk' } })
    expect(codeOf(() => authenticateRequest(stranger, rules))).toBe('InvalidAccessKeyId')
    const guess = request({}, { credentials: { accessKeyId: 'ak', accessKeySecret: 'guess' } })
    expect(codeOf(() => authenticateRequest(guess, rules))).toBe('SignatureDoesNotMatch')
    const { 'x-oss-date': _date, ...timeless } = request().headers
    expect(codeOf(() => authenticateRequest({ ...request(), headers: timeless }, rules))).toBe('AccessDenied')
  })

  it('says what was signed, and never the secret', () => {
    const error = errorOf(() => authenticateRequest({ ...request(), key: 'other' }, rules))
    expect(error.details).toMatchObject({
      OSSAccessKeyId: 'ak',
      StringToSign: expect.stringContaining(version === 'V1' ? 'x-oss-date:' : '20260301T080000Z'),
    })
    expect(error.details.StringToSignBytes).toMatch(/^([0-9a-f]{2} )+[0-9a-f]{2}$/)
    expect(JSON.stringify(error.details)).not.toContain('"sk"')
  })

  it('with temporary credentials needs their token, unexpired', () => {
    const temporary = { accessKeyId: 'STS.a', accessKeySecret: 'sk', securityToken: 'token', expiresAt: later(60) }
    const tokenRules = { ...rules, findCredentials: () => temporary }
    const headers = signHeaders(plain, { credentials: temporary, region: 'cn-hangzhou', now, version })
    expect(authenticateRequest({ ...plain, query: [], headers }, tokenRules)).toMatchObject({ accessKeyId: 'STS.a' })
    expect(codeOf(() => authenticateRequest({ ...plain, query: [], headers }, { ...tokenRules, now: later(60) }))).toBe(
      'SecurityTokenExpired',
    )
    const tokenless = signHeaders(plain, {
      credentials: { accessKeyId: 'STS.a', accessKeySecret: 'sk' },
      region: 'cn-hangzhou',
      now,
      version,
    })
    expect(codeOf(() => authenticateRequest({ ...plain, query: [], headers: tokenless }, tokenRules))).toBe(
      'InvalidSecurityToken',
    )
  })
})

describe.each(['V1', 'V4'] as const)('a URL signed by %s', (version) => {
  const url = (more: object = {}) =>
    new URL(
      presignUrl({
        address: { name: 'b', region: 'cn-hangzhou', url: 'http://b.example' },
        method: 'GET',
        key: 'k',
        expiresInSeconds: 60,
        credentials,
        now,
        version,
        ...more,
      }),
    )
  const received = (address: URL, over: object = {}): ReceivedRequest => ({
    ...plain,
    query: [...address.searchParams],
    headers: {},
    ...over,
  })

  it('is taken until its end', () => {
    expect(authenticateRequest(received(url()), { ...rules, now: later(60) })).toMatchObject({ accessKeyId: 'ak' })
    expect(errorOf(() => authenticateRequest(received(url()), { ...rules, now: later(61) }))).toMatchObject({
      code: 'AccessDenied',
      ec: '0002-00000069',
      message: 'Request has expired.',
    })
  })

  it('is refused for another key, method or overridden header', () => {
    const address = url({ query: { 'response-content-type': 'text/plain' } })
    expect(codeOf(() => authenticateRequest(received(address, { key: 'other' }), rules))).toBe('SignatureDoesNotMatch')
    expect(codeOf(() => authenticateRequest(received(address, { method: 'PUT' }), rules))).toBe('SignatureDoesNotMatch')
    address.searchParams.set('response-content-type', 'text/html')
    expect(codeOf(() => authenticateRequest(received(address), rules))).toBe('SignatureDoesNotMatch')
  })

  it('is refused together with a signed header', () => {
    const headers = signHeaders(plain, { credentials, region: 'cn-hangzhou', now, version })
    expect(codeOf(() => authenticateRequest(received(url(), { headers }), rules))).toBe('InvalidArgument')
  })
})

describe('what V4 asks beyond the signature', () => {
  const header = (authorization: string, more: object = {}): ReceivedRequest => ({
    ...plain,
    query: [],
    headers: { 'x-oss-date': '20260301T080000Z', 'x-oss-content-sha256': 'UNSIGNED-PAYLOAD', authorization, ...more },
  })
  const credential = 'Credential=ak/20260301/cn-hangzhou/oss/aliyun_v4_request'

  it.each([
    ['an unknown scheme', header('Bearer x'), '0002-00000002'],
    [
      'another region',
      header(`OSS4-HMAC-SHA256 ${credential.replace('cn-hangzhou', 'cn-beijing')},Signature=${'0'.repeat(64)}`),
      '0002-00000226',
    ],
    [
      'empty additional headers',
      header(`OSS4-HMAC-SHA256 ${credential},AdditionalHeaders=,Signature=${'0'.repeat(64)}`),
      '0002-00000076',
    ],
  ])('refuses %s', (_case, request, ec) => {
    expect(errorOf(() => authenticateRequest(request, rules)).ec).toBe(ec)
  })

  it.each([
    ['no lifetime', { 'x-oss-expires': undefined }, '0002-00000215'],
    ['no signature', { 'x-oss-signature': undefined }, '0002-00000219'],
    ['a start that is 16 minutes ahead', { 'x-oss-date': '20260301T081601Z' }, '0002-00000235'],
  ])('refuses a URL with %s', (_case, change, ec) => {
    const address = new URL(
      presignUrl({
        address: { name: 'b', region: 'cn-hangzhou', url: 'http://b.example' },
        method: 'GET',
        key: 'k',
        expiresInSeconds: 60,
        credentials,
        now,
      }),
    )
    for (const [name, value] of Object.entries(change)) {
      if (value === undefined) address.searchParams.delete(name)
      else address.searchParams.set(name, value)
    }
    expect(
      errorOf(() => authenticateRequest({ ...plain, query: [...address.searchParams], headers: {} }, rules)).ec,
    ).toBe(ec)
  })

  it('takes additional headers, written as the documentation and as the SDKs do', () => {
    const headers = signHeaders(
      { ...plain, headers: { Range: 'bytes=0-1' } },
      { credentials, region: 'cn-hangzhou', now, additionalHeaders: ['range'] },
    )
    expect(authenticateRequest({ ...plain, query: [], headers }, rules)).toMatchObject({ accessKeyId: 'ak' })
    const spaced = { ...headers, authorization: headers.authorization?.replaceAll(',', ', ') ?? '' }
    expect(authenticateRequest({ ...plain, query: [], headers: spaced }, rules)).toMatchObject({ accessKeyId: 'ak' })
    expect(
      codeOf(() => authenticateRequest({ ...plain, query: [], headers: { ...headers, range: 'bytes=0-9' } }, rules)),
    ).toBe('SignatureDoesNotMatch')
  })

  it('is nobody where nothing is claimed', () => {
    expect(authenticateRequest({ ...plain, query: [], headers: {} }, rules)).toBeNull()
  })
})

describe.each(['V1', 'V4'] as const)('a form signed by %s', (version) => {
  const address = { name: 'b', region: 'cn-hangzhou', url: 'http://b.example' }
  const form = (more: object = {}) => {
    const { fields } = signPostPolicy({
      bucket: address,
      key: 'k',
      sizeRange: [0, 1],
      credentials,
      now,
      expiresAt: later(900),
      version,
      ...more,
    })
    return new Map(Object.entries(fields).map(([name, value]) => [name.toLowerCase(), value]))
  }
  const without = (name: string) => new Map([...form()].filter(([own]) => own !== name))
  const names =
    version === 'V4'
      ? { id: 'x-oss-credential', signature: 'x-oss-signature' }
      : { id: 'ossaccesskeyid', signature: 'signature' }

  it('is authentic', () => {
    expect(authenticateForm(form(), rules)).toMatchObject({ principal: credentials, version })
  })

  it.each([
    [names.id, version === 'V4' ? '0002-00000710' : '0002-00000706'],
    ['policy', '0002-00000702'],
    [names.signature, '0002-00000703'],
  ])('is refused without %s', (name, ec) => {
    expect(errorOf(() => authenticateForm(without(name), rules))).toMatchObject({ code: 'InvalidArgument', ec })
  })

  it('is refused with an empty signature', () => {
    expect(errorOf(() => authenticateForm(form().set(names.signature, ''), rules)).ec).toBe('0002-00000704')
  })

  it('is anonymous when it claims nothing', () => {
    expect(authenticateForm(new Map([['key', 'k']]), rules)).toBeNull()
  })
})

it('a V4 form is refused outside its days, for another region and by an unknown version', () => {
  const address = { name: 'b', region: 'cn-hangzhou', url: 'http://b.example' }
  const { fields } = signPostPolicy({
    bucket: address,
    key: 'k',
    sizeRange: [0, 1],
    credentials,
    now,
    expiresAt: later(900),
  })
  const form = new Map(Object.entries(fields))
  expect(codeOf(() => authenticateForm(form, { ...rules, now: later(-901) }))).toBe('AccessDenied')
  expect(codeOf(() => authenticateForm(form, { ...rules, now: later(7 * 86_400 + 1) }))).toBe('AccessDenied')
  expect(errorOf(() => authenticateForm(form, { ...rules, region: 'cn-beijing' })).ec).toBe('0002-00000710')
  expect(errorOf(() => authenticateForm(new Map([...form, ['x-oss-signature-version', 'OSS2']]), rules)).ec).toBe(
    '0002-00000701',
  )
})

function later(seconds: number): Date {
  return new Date(now.getTime() + seconds * 1000)
}

// V1 leaves what only shapes a listing unsigned.
function signedQueryNames({ headers, query }: ReceivedRequest): string[] {
  const names = query.map(([name]) => name)
  return headers.authorization?.startsWith('OSS4') ? names : names.filter((name) => !/^(encoding-type|max-)/.test(name))
}

function signedHeaderNames({ headers }: ReceivedRequest): string[] {
  const additional = /AdditionalHeaders=([^,]*)/.exec(headers.authorization ?? '')?.[1]?.split(';') ?? []
  const date = headers['x-oss-date'] === undefined ? ['date'] : []
  const always = ['content-type', 'content-md5', ...date, ...additional]
  return Object.keys(headers).filter((name) => always.includes(name) || name.startsWith('x-oss-'))
}

function hasDate({ headers }: ReceivedRequest): boolean {
  return headers['x-oss-date'] !== undefined || headers.date !== undefined
}

/** In the same form: that of V4, of HTTP, or ISO 8601. */
function aSecondLater(text: string): string {
  const basic = parseBasicIsoTime(text)
  const date = new Date((basic ?? new Date(text)).getTime() + 1000)
  if (text.endsWith('GMT')) return date.toUTCString()
  return basic ? date.toISOString().replace(/[-:]|\.\d+/g, '') : date.toISOString()
}

/** What a server of ours makes of a raw request: path style, decoded whole before the bucket is split off. */
function receive({ method, url, headers }: WireRequest): ReceivedRequest {
  const [path = '', query = ''] = url.split('?')
  const [bucket = '', ...key] = percentDecode(path).slice(1).split('/')
  return {
    method,
    bucket,
    key: key.join('/'),
    query:
      query === ''
        ? []
        : query.split('&').map((part): [string, string] => {
            const [name = '', ...value] = part.split('=')
            return [percentDecode(name), percentDecode(value.join('='))]
          }),
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
  }
}

function rulesOf(capture: WireCapture, request: ReceivedRequest, formDate?: string): AuthenticationRules {
  const text = formDate ?? request.headers['x-oss-date'] ?? request.headers.date ?? ''
  return {
    region: capture.region,
    now: parseBasicIsoTime(text) ?? new Date(text),
    findCredentials: (id) =>
      id === capture.accessKeyId ? { accessKeyId: id, accessKeySecret: capture.accessKeySecret } : undefined,
  }
}

async function readForm({ headers, bodyBase64 }: WireRequest): Promise<Map<string, string>> {
  const type = headers.find(([name]) => name.toLowerCase() === 'content-type')?.[1] ?? ''
  const form = await new Response(Buffer.from(bodyBase64, 'base64'), { headers: { 'content-type': type } }).formData()
  return new Map(
    [...form].flatMap(([name, value]) => (typeof value === 'string' ? [[name.toLowerCase(), value] as const] : [])),
  )
}

function codeOf(run: () => unknown): string {
  return errorOf(run).code
}

import { createSecretKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { presignUrl, signHeaders } from './sign-request.ts'
import { hmacSha1Base64, hmacSha256Hex, parseBasicIsoTime, signingKey } from './signing-key.ts'
import { canonicalRequest, resourceOf, stringToSignV1, stringToSignV4 } from './string-to-sign.ts'
import { readVectors } from './vector.fixture.ts'

interface Input {
  accessKeyId: string
  accessKeySecret: string
  method: string
  bucket: string
  key: string
  headers: Record<string, string>
  query: Record<string, string>
}
interface HeaderV1 {
  input: Input & { extraSignedSubresources: string[] }
  expected: { stringToSign: string; signature: string; authorization: string }
}
interface HeaderV4 {
  input: Omit<Input, 'accessKeySecret'> & {
    accessKeySecret?: string
    signingKeyHex?: string
    region: string
    product: string
    additionalHeaders: string[]
    datetime: string
  }
  expected: {
    canonicalRequest: string
    stringToSign: string
    signature: string
    signingKeyHex?: string
    authorization?: string
  }
}
interface UrlV1 {
  input: Input & { expires: number }
  expected: { stringToSign: string; signature: string; url?: string }
}
interface UrlV4 {
  input: Input & {
    region: string
    product: string
    additionalHeaders: string[]
    datetime: string
    expires: number
    securityToken?: string
  }
  expected: {
    addedQuery: Record<string, string>
    canonicalRequest: string
    stringToSign: string
    signature: string
    url?: string
  }
}

describe('header V1', () => {
  it.each(readVectors<HeaderV1>('header-v1.json'))('vector $id', ({ input, expected }) => {
    const headers = lowerCase(input.headers)
    const date = headers['x-oss-date'] ?? headers.date ?? ''
    const text = stringToSignV1(canonical(input, headers), date)
    expect(text).toBe(expected.stringToSign)
    expect(hmacSha1Base64(input.accessKeySecret, text)).toBe(expected.signature)
    if (headers['x-oss-date'] === undefined) return // ours always sends it: a browser may not set Date
    const signed = signHeaders(input, { credentials: input, region: 'cn-hangzhou', now: new Date(), version: 'V1' })
    expect(signed.authorization).toBe(expected.authorization)
  })
})

describe('header V4', () => {
  it.each(readVectors<HeaderV4>('header-v4.json'))('vector $id', ({ input, expected }) => {
    const request = canonicalRequest(canonical(input, lowerCase(input.headers)), input.additionalHeaders.map(lower))
    expect(request).toBe(expected.canonicalRequest)
    const scope = { day: input.datetime.slice(0, 8), region: input.region, product: input.product }
    const text = stringToSignV4(request, input.datetime, scope)
    expect(text).toBe(expected.stringToSign)
    const key = input.accessKeySecret
      ? signingKey(input.accessKeySecret, scope)
      : createSecretKey(input.signingKeyHex ?? '', 'hex')
    if (expected.signingKeyHex) expect(key.export().toString('hex')).toBe(expected.signingKeyHex)
    expect(hmacSha256Hex(key, text)).toBe(expected.signature)

    if (!input.accessKeySecret || !expected.authorization) return
    const { accessKeyId, accessKeySecret, region, additionalHeaders } = input
    const signed = signHeaders(input, {
      credentials: { accessKeyId, accessKeySecret },
      region,
      additionalHeaders,
      now: new Date(),
    })
    expect(signed.authorization).toBe(expected.authorization)
  })
})

describe('URL V1', () => {
  it.each(readVectors<UrlV1>('presign-v1.json'))('vector $id', ({ input, expected }) => {
    const text = stringToSignV1(canonical(input, {}), String(input.expires))
    expect(text).toBe(expected.stringToSign)
    expect(hmacSha1Base64(input.accessKeySecret, text)).toBe(expected.signature)

    const { 'security-token': securityToken, ...query } = input.query
    const { accessKeyId, accessKeySecret, method, bucket, key } = input
    const url = presignUrl({
      address: { name: bucket, region: 'cn-hangzhou', url: `http://${bucket}.oss-cn-hangzhou.aliyuncs.com` },
      method,
      key,
      query,
      credentials: { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) },
      now: new Date((input.expires - 60) * 1000),
      expiresInSeconds: 60,
      version: 'V1',
    })
    expect(new URL(url).searchParams.get('Signature')).toBe(expected.signature)
    if (expected.url) expect(parts(url)).toEqual(parts(expected.url))
  })
})

describe('URL V4', () => {
  it.each(readVectors<UrlV4>('presign-v4.json'))('vector $id', ({ input, expected }) => {
    const query = { ...input.query, ...expected.addedQuery }
    const request = canonicalRequest(
      canonical({ ...input, query }, lowerCase(input.headers)),
      input.additionalHeaders.map(lower),
    )
    expect(request).toBe(expected.canonicalRequest)
    const { accessKeyId, accessKeySecret, securityToken, product, region, bucket, datetime } = input
    const scope = { day: datetime.slice(0, 8), region, product }
    expect(stringToSignV4(request, datetime, scope)).toBe(expected.stringToSign)

    const url = presignUrl({
      ...input,
      address: { name: bucket, region, url: `http://${bucket}.oss-cn-hangzhou.aliyuncs.com` },
      credentials: { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) },
      expiresInSeconds: input.expires,
      now: parseBasicIsoTime(datetime) ?? new Date(Number.NaN),
    })
    expect(new URL(url).searchParams.get('x-oss-signature')).toBe(expected.signature)
    if (expected.url) expect(parts(url)).toEqual(parts(expected.url))
  })
})

it.each([0, -1, 1.5, 604_801, Number.NaN])('a URL cannot live for %d seconds', (expiresInSeconds) => {
  const address = { name: 'b', region: 'cn-hangzhou', url: 'https://b.example' }
  const credentials = { accessKeyId: 'ak', accessKeySecret: 'sk' }
  const request = { address, method: 'GET', key: 'k', expiresInSeconds, credentials, now: new Date() }
  expect(() => presignUrl(request)).toThrow(expect.objectContaining({ code: 'LifetimeInvalid' }))
})

function canonical(
  { method, bucket, key, query }: Pick<Input, 'method' | 'bucket' | 'key' | 'query'>,
  headers: Record<string, string>,
) {
  return { method, resource: resourceOf(bucket, key), query: Object.entries(query), headers }
}

function lowerCase(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [lower(name), value]))
}

function lower(name: string): string {
  return name.toLowerCase()
}

/** The same URL however its query is ordered and its key's slashes are written. */
function parts(url: string) {
  const { origin, pathname, searchParams } = new URL(url)
  return { origin, path: decodeURIComponent(pathname), query: [...searchParams].sort(([a], [b]) => (a < b ? -1 : 1)) }
}

import { type BucketAddress, objectUrl } from './bucket-address.ts'
import type { Credentials } from './credentials.ts'
import { OssError } from './oss-error.ts'
import { percentEncode } from './percent-encoding.ts'
import type { SignatureVersion } from './post-policy.ts'
import { basicIsoTime, hmacSha1Base64, hmacSha256Hex, scopeText, signingKey } from './signing-key.ts'
import { type CanonicalInput, canonicalRequest, resourceOf, stringToSignV1, stringToSignV4 } from './string-to-sign.ts'

export interface SignableRequest {
  method: string
  /** `''` for a call on the service. */
  bucket: string
  /** `''` for a call on the bucket. */
  key: string
  /** Not encoded. */
  query?: Readonly<Record<string, string>>
  /** What will be sent, by any letter case; `Content-Type` and every `x-oss-*` header are signed. */
  headers?: Readonly<Record<string, string>>
}

export interface SigningOptions {
  credentials: Credentials
  /** Bare: `cn-hangzhou`. */
  region: string
  now: Date
  /** @default 'V4' */
  version?: SignatureVersion
  /** V4 only: further headers to sign. @default none */
  additionalHeaders?: readonly string[]
  /** V4 only. @default 'oss' */
  product?: string
}

/** All headers to send, with `authorization` and the date; names in lower case. */
export function signHeaders(request: SignableRequest, options: SigningOptions): Record<string, string> {
  const { credentials, now } = options
  const token = credentials.securityToken
  const headers = lowerCaseNames(request.headers ?? {})
  if (token !== undefined) headers['x-oss-security-token'] = token
  if (options.version === 'V1') {
    headers['x-oss-date'] ??= now.toUTCString()
    const text = stringToSignV1(canonicalInput(request, headers), headers['x-oss-date'])
    const signature = hmacSha1Base64(credentials.accessKeySecret, text)
    return { ...headers, authorization: `OSS ${credentials.accessKeyId}:${signature}` }
  }
  headers['x-oss-date'] ??= basicIsoTime(now)
  headers['x-oss-content-sha256'] ??= 'UNSIGNED-PAYLOAD'
  const additional = signableHeaders(options.additionalHeaders, headers)
  const { credential, signature } = signV4(canonicalInput(request, headers), headers['x-oss-date'], additional, options)
  const parts = [
    `Credential=${credential}`,
    ...(additional.length > 0 ? [`AdditionalHeaders=${additional.join(';')}`] : []),
    `Signature=${signature}`,
  ]
  return { ...headers, authorization: `OSS4-HMAC-SHA256 ${parts.join(',')}` }
}

export interface PresignRequest extends Omit<SigningOptions, 'region'> {
  address: BucketAddress
  method: string
  key: string
  /** Whole seconds, 1 to 604,800: seven days. */
  expiresInSeconds: number
  /** `response-content-disposition`, `callback`, `partNumber` …; not encoded. @default none */
  query?: Readonly<Record<string, string>>
  /** What whoever uses the URL must send in the same words. @default none */
  headers?: Readonly<Record<string, string>>
}

/**
 * A URL that lets its holder make exactly this request until it ends. Throws OssError `LifetimeInvalid`.
 *
 * Source: OSS Developer Reference, "Add signatures to a URL" and "Include a V4 signature in a URL".
 */
export function presignUrl(request: PresignRequest): string {
  const { address, key, expiresInSeconds } = request
  requireLifetime(expiresInSeconds)
  const query = request.version === 'V1' ? presignedQueryV1(request) : presignedQueryV4(request)
  const text = Object.entries(query).map(([name, value]) => {
    return value === '' ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`
  })
  return `${objectUrl(address, key)}?${text.join('&')}`
}

// V1 has no upper limit of its own; a link that outlives a week is a mistake with either version.
const MAX_LIFETIME_SECONDS = 604_800

function requireLifetime(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= 1 && seconds <= MAX_LIFETIME_SECONDS) return
  throw new OssError({
    code: 'LifetimeInvalid',
    status: 0,
    message: `A signed URL cannot live for ${seconds} seconds`,
    hint: `expiresInSeconds is a whole number from 1 to ${MAX_LIFETIME_SECONDS}, which is seven days.`,
  })
}

function presignedQueryV1(request: PresignRequest): Record<string, string> {
  const { address, method, key, credentials, now, expiresInSeconds } = request
  const token = credentials.securityToken
  const query = { ...request.query, ...(token === undefined ? {} : { 'security-token': token }) }
  const expires = String(Math.floor(now.getTime() / 1000) + expiresInSeconds)
  const headers = lowerCaseNames(request.headers ?? {})
  const text = stringToSignV1(canonicalInput({ method, bucket: address.name, key, query }, headers), expires)
  const Signature = hmacSha1Base64(credentials.accessKeySecret, text)
  return { ...query, OSSAccessKeyId: credentials.accessKeyId, Expires: expires, Signature }
}

function presignedQueryV4(request: PresignRequest): Record<string, string> {
  const { address, method, key, credentials, now, expiresInSeconds, product = 'oss' } = request
  const token = credentials.securityToken
  const date = basicIsoTime(now)
  const headers = lowerCaseNames(request.headers ?? {})
  const additional = signableHeaders(request.additionalHeaders, headers)
  const query = {
    ...request.query,
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${credentials.accessKeyId}/${scopeText({ day: date.slice(0, 8), region: address.region, product })}`,
    'x-oss-date': date,
    'x-oss-expires': String(expiresInSeconds),
    ...(additional.length > 0 ? { 'x-oss-additional-headers': additional.join(';') } : {}),
    ...(token === undefined ? {} : { 'x-oss-security-token': token }),
  }
  const input = canonicalInput({ method, bucket: address.name, key, query }, headers)
  const { signature } = signV4(input, date, additional, { ...request, region: address.region })
  return { ...query, 'x-oss-signature': signature }
}

function signV4(input: CanonicalInput, date: string, additionalHeaders: readonly string[], options: SigningOptions) {
  const { credentials, region, product = 'oss' } = options
  const scope = { day: date.slice(0, 8), region, product }
  const text = stringToSignV4(canonicalRequest(input, additionalHeaders), date, scope)
  return {
    credential: `${credentials.accessKeyId}/${scopeText(scope)}`,
    signature: hmacSha256Hex(signingKey(credentials.accessKeySecret, scope), text),
  }
}

function canonicalInput(request: SignableRequest, headers: Readonly<Record<string, string>>): CanonicalInput {
  const { method, bucket, key, query = {} } = request
  return { method: method.toUpperCase(), resource: resourceOf(bucket, key), query: Object.entries(query), headers }
}

/** Lower-case, sorted, and without those that V4 signs anyway: it takes the list so, and no other. */
function signableHeaders(names: readonly string[] = [], headers: Readonly<Record<string, string>>): string[] {
  return names
    .map((name) => name.toLowerCase())
    .filter(
      (name) => name in headers && name !== 'content-type' && name !== 'content-md5' && !name.startsWith('x-oss-'),
    )
    .sort()
}

function lowerCaseNames(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
}

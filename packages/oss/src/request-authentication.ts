import type { Credentials } from './credentials.ts'
import { ossError } from './oss-error.ts'
import {
  type AuthenticationRules,
  equalTexts,
  findPrincipal,
  MAX_SKEW_MS,
  MAX_V4_LIFETIME_MS,
  parseCredential,
} from './principal.ts'
import { hmacSha1Base64, hmacSha256Hex, parseBasicIsoTime, signingKey } from './signing-key.ts'
import { type CanonicalInput, canonicalRequest, resourceOf, stringToSignV1, stringToSignV4 } from './string-to-sign.ts'

/** A request as it arrived: everything decoded once, header names in lower case. */
export interface ReceivedRequest {
  method: string
  /** `''` where the request names none. */
  bucket: string
  key: string
  query: readonly (readonly [name: string, value: string])[]
  headers: Readonly<Record<string, string>>
}

/**
 * Who signed a request, in its header or its URL, V1 or V4, as `findCredentials` knows him; null for an anonymous one.
 *
 * Throws OssError. A mismatch carries the text that we signed, so that its author can lay his own beside it.
 *
 * Source: OSS Developer Reference, signature pages; what 15 SDKs really send, `vectors/wire`.
 */
export function authenticateRequest<Principal extends Credentials>(
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
): Principal | null {
  const query = new Map(request.query)
  const authorization = request.headers.authorization
  const inUrl = URL_MARKS.some((name) => query.has(name))
  if (authorization !== undefined && inUrl) throw ossError('AuthorizationTwice')
  if (authorization !== undefined) return authenticateHeader(authorization, request, rules)
  if (!inUrl) return null
  return V4_URL_MARKS.some((name) => query.has(name))
    ? authenticateUrlV4(query, request, rules)
    : authenticateUrlV1(query, request, rules)
}

const V4_URL_MARKS = ['x-oss-signature-version', 'x-oss-signature', 'x-oss-credential']
const URL_MARKS = [...V4_URL_MARKS, 'OSSAccessKeyId', 'Signature', 'Expires']

function authenticateHeader<Principal extends Credentials>(
  authorization: string,
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
): Principal {
  const [scheme, ...rest] = authorization.split(' ')
  if (scheme === 'OSS') return authenticateHeaderV1(rest.join(' '), request, rules)
  if (scheme === 'OSS4-HMAC-SHA256') return authenticateHeaderV4(rest.join(' '), request, rules)
  throw ossError('AuthorizationType')
}

function authenticateHeaderV1<Principal extends Credentials>(
  credentials: string,
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
): Principal {
  const { headers } = request
  const found = /^([^:]+):(.+)$/.exec(credentials.trim())
  if (!found?.[1] || !found[2]) throw ossError('AuthorizationMalformed')
  const [, accessKeyId, signature] = found
  const date = headers['x-oss-date'] ?? headers.date ?? ''
  requireNear(readHttpTime(date), rules.now)
  const principal = findPrincipal(accessKeyId, headers['x-oss-security-token'], rules)
  requireSignature(request, { accessKeyId, signature }, (input) => {
    const stringToSign = stringToSignV1(input, date)
    return { stringToSign, signature: hmacSha1Base64(principal.accessKeySecret, stringToSign) }
  })
  return principal
}

function authenticateHeaderV4<Principal extends Credentials>(
  parameters: string,
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
): Principal {
  const { headers } = request
  const given = new Map(parameters.split(',').map((part) => splitOnce(part.trim(), '=')))
  const signature = given.get('Signature')
  if (!signature || !given.has('Credential')) throw ossError('AuthorizationMalformed')
  if (given.get('AdditionalHeaders') === '') throw ossError('AdditionalHeadersEmpty')
  if (headers['x-oss-content-sha256'] !== 'UNSIGNED-PAYLOAD') throw ossError('ContentSha256')
  const timestamp = headers['x-oss-date'] ?? headers.date ?? ''
  const date = parseBasicIsoTime(timestamp) ?? readHttpTime(timestamp)
  requireNear(date, rules.now)
  const token = headers['x-oss-security-token']
  const additional = given.get('AdditionalHeaders')
  return requireV4(request, rules, {
    credential: given.get('Credential') ?? '',
    date,
    timestamp,
    token,
    additional,
    signature,
  })
}

function authenticateUrlV1<Principal extends Credentials>(
  query: ReadonlyMap<string, string>,
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
): Principal {
  const accessKeyId = query.get('OSSAccessKeyId')
  const expires = query.get('Expires')
  const signature = query.get('Signature')
  if (!accessKeyId || !expires || !signature) throw ossError('UrlIncomplete')
  if (!/^\d{1,15}$/.test(expires)) throw ossError('UrlExpiresInvalid')
  if (rules.now.getTime() > Number(expires) * 1000) throw expired(Number(expires) * 1000, rules.now)
  if (request.headers['x-oss-security-token'] !== undefined) throw ossError('TokenNotInQuery')
  const principal = findPrincipal(accessKeyId, query.get('security-token'), rules)
  requireSignature(request, { accessKeyId, signature }, (input) => {
    const stringToSign = stringToSignV1(input, expires)
    return { stringToSign, signature: hmacSha1Base64(principal.accessKeySecret, stringToSign) }
  })
  return principal
}

function authenticateUrlV4<Principal extends Credentials>(
  query: ReadonlyMap<string, string>,
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
): Principal {
  const signature = query.get('x-oss-signature')
  if (!signature) throw ossError('UrlSignatureMissing')
  if (query.get('x-oss-signature-version') !== 'OSS4-HMAC-SHA256') throw ossError('AuthorizationType')
  const expires = query.get('x-oss-expires')
  if (expires === undefined) throw ossError('UrlExpiresMissing')
  const lifetimeMs = /^\d{1,6}$/.test(expires) ? Number(expires) * 1000 : Number.NaN
  if (!(lifetimeMs >= 1000 && lifetimeMs <= MAX_V4_LIFETIME_MS)) throw ossError('UrlLifetime')
  const timestamp = query.get('x-oss-date') ?? ''
  const date = parseBasicIsoTime(timestamp)
  if (date === undefined) throw ossError('DateMissing')
  if (rules.now.getTime() < date.getTime() - MAX_SKEW_MS) throw ossError('UrlTooEarly')
  const endsAt = date.getTime() + lifetimeMs
  if (rules.now.getTime() > endsAt) throw expired(endsAt, rules.now)
  const additional = query.get('x-oss-additional-headers')
  if (additional === '') throw ossError('AdditionalHeadersEmpty')
  const token = query.get('x-oss-security-token')
  return requireV4(request, rules, {
    credential: query.get('x-oss-credential') ?? '',
    date,
    timestamp,
    token,
    additional,
    signature,
  })
}

interface ClaimV4 {
  credential: string
  date: Date | undefined
  /** The date's text, exactly as it is signed. */
  timestamp: string
  token: string | undefined
  additional: string | undefined
  signature: string
}

function requireV4<Principal extends Credentials>(
  request: ReceivedRequest,
  rules: AuthenticationRules<Principal>,
  claim: ClaimV4,
): Principal {
  const credential = parseCredential(claim.credential)
  if (credential?.scope.product !== 'oss') throw ossError('CredentialMalformed')
  const { accessKeyId, scope } = credential
  if (scope.region !== rules.region) throw ossError('WrongRegion')
  const day = claim.date?.toISOString().slice(0, 10).replaceAll('-', '')
  if (scope.day !== day)
    throw ossError('CredentialMalformed', { message: `The credential is for ${scope.day}, the request is of ${day}.` })
  const principal = findPrincipal(accessKeyId, claim.token, rules)
  const additional = claim.additional?.split(';') ?? []
  requireSignature(request, { accessKeyId, signature: claim.signature }, (input) => {
    const canonical = canonicalRequest(input, additional)
    const stringToSign = stringToSignV4(canonical, claim.timestamp, scope)
    const signature = hmacSha256Hex(signingKey(principal.accessKeySecret, scope), stringToSign)
    return { stringToSign, signature, canonical }
  })
  return principal
}

interface Calculated {
  stringToSign: string
  signature: string
  canonical?: string
}

function requireSignature(
  request: ReceivedRequest,
  provided: { accessKeyId: string; signature: string },
  calculate: (input: CanonicalInput) => Calculated,
): void {
  const attempts = resourcesOf(request).map((resource) => calculate({ ...request, resource }))
  if (attempts.some(({ signature }) => equalTexts(signature, provided.signature))) return
  const { stringToSign, canonical } = attempts[0] ?? { stringToSign: '', canonical: undefined }
  throw ossError('SignatureDoesNotMatch', {
    details: {
      OSSAccessKeyId: provided.accessKeyId,
      SignatureProvided: provided.signature,
      StringToSign: stringToSign,
      StringToSignBytes: Buffer.from(stringToSign)
        .toString('hex')
        .replace(/(..)(?=.)/g, '$1 '),
      ...(canonical === undefined ? {} : { CanonicalRequest: canonical }),
    },
  })
}

// The C SDK leaves the final slash out when it signs a call on a bucket at an IP address.
function resourcesOf({ bucket, key }: ReceivedRequest): string[] {
  const resource = resourceOf(bucket, key)
  return bucket !== '' && key === '' ? [resource, `/${bucket}`] : [resource]
}

function requireNear(date: Date | undefined, now: Date): void {
  if (date === undefined) throw ossError('DateMissing')
  if (Math.abs(now.getTime() - date.getTime()) > MAX_SKEW_MS) {
    throw ossError('RequestTimeTooSkewed', {
      details: {
        MaxAllowedSkewMilliseconds: String(MAX_SKEW_MS),
        RequestTime: date.toISOString(),
        ServerTime: now.toISOString(),
      },
    })
  }
}

function readHttpTime(text: string): Date | undefined {
  const date = new Date(text)
  return text === '' || Number.isNaN(date.getTime()) ? undefined : date
}

function expired(endsAt: number, now: Date) {
  return ossError('UrlExpired', { details: { Expires: new Date(endsAt).toISOString(), ServerTime: now.toISOString() } })
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)]
}

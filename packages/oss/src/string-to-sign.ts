import { percentEncode, percentEncodeKey } from './percent-encoding.ts'
import { type Scope, scopeText, sha256Hex } from './signing-key.ts'

// The texts that signatures are made over, in the vendor's words and order. Signer and verifier both start here.
// Source: OSS Developer Reference, "Include signatures in the Authorization header" (V1) and "Include a V4 signature in
// the Authorization header".

/** A request, as far as signatures see it. */
export interface CanonicalInput {
  method: string
  /** `/bucket/key`, `/bucket/` or `/`, not encoded: for every style of address the same. */
  resource: string
  /** Decoded names and values. */
  query: readonly (readonly [name: string, value: string])[]
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
}

/** `''` for a bucket is the service, `''` for a key is the bucket. */
export function resourceOf(bucket: string, key: string): string {
  return bucket === '' ? '/' : `/${bucket}/${key}`
}

/** V1. `date` is the value of the date line: of `x-oss-date`, `Date`, or the `Expires` of a URL. */
export function stringToSignV1({ method, resource, query, headers }: CanonicalInput, date: string): string {
  const ossHeaders = sortedNames(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .map((name) => `${name}:${headers[name]?.trim()}\n`)
    .join('')
  return [
    method,
    headers['content-md5'] ?? '',
    headers['content-type'] ?? '',
    date,
    `${ossHeaders}${resource}${subresources(query)}`,
  ].join('\n')
}

/** V4. `timestamp` is `x-oss-date`, or the `Date` header exactly as it came: two SDKs send no other. */
export function stringToSignV4(canonicalRequest: string, timestamp: string, scope: Scope): string {
  return ['OSS4-HMAC-SHA256', timestamp, scopeText(scope), sha256Hex(canonicalRequest)].join('\n')
}

/** V4. `additionalHeaders`: lower-case names that are signed beside those which always are. */
export function canonicalRequest(request: CanonicalInput, additionalHeaders: readonly string[]): string {
  const { method, resource, query, headers } = request
  const additional = [...new Set(additionalHeaders)].filter((name) => !isAlwaysSigned(name) && name in headers).sort()
  const canonicalHeaders = sortedNames(headers)
    .filter((name) => isAlwaysSigned(name) || additional.includes(name))
    .map((name) => `${name}:${headers[name]?.trim()}\n`)
    .join('')
  return [
    method,
    percentEncodeKey(resource),
    canonicalQuery(query),
    canonicalHeaders,
    additional.join(';'),
    headers['x-oss-content-sha256'] ?? 'UNSIGNED-PAYLOAD',
  ].join('\n')
}

function isAlwaysSigned(name: string): boolean {
  return name === 'content-type' || name === 'content-md5' || name.startsWith('x-oss-')
}

function canonicalQuery(query: CanonicalInput['query']): string {
  return query
    .filter(([name]) => name !== 'x-oss-signature')
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(byName)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
}

function subresources(query: CanonicalInput['query']): string {
  const signed = query
    .filter(([name]) => SUBRESOURCES.has(name) || name.startsWith('x-oss-'))
    .sort(byName)
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return signed.length === 0 ? '' : `?${signed.join('&')}`
}

// Byte order, as OSS sorts; a locale's order would put `Z` after `a`.
function byName([left]: readonly [string, string], [right]: readonly [string, string]): number {
  return left < right ? -1 : left > right ? 1 : 0
}

function sortedNames(headers: Readonly<Record<string, string>>): string[] {
  return Object.keys(headers).sort()
}

// Query names that V1 signs: what the documentation lists and what the SDKs sign, together. Names that begin with
// `x-oss-` need no entry: newer SDKs sign them all.
const SUBRESOURCES = new Set(
  `acl append asyncFetch bucketInfo callback callback-var cloudboxes cname comp continuation-token cors delete encryption
  endTime img inventory inventoryId lifecycle link live location logging metaQuery objectInfo objectMeta partNumber policy
  position qos qosInfo referer regionList replication replicationLocation replicationProgress requestPayment resourceGroup
  response-cache-control response-content-disposition response-content-encoding response-content-language
  response-content-type response-expires responseHeader restore rtc security-token sequential startTime stat status style
  styleName symlink tagging transferAcceleration uploadId uploads versionId versioning versions vod website
  withHashContext worm wormExtend wormId`.split(/\s+/),
)

import { createHash, createHmac } from 'node:crypto'
import type { Credentials } from './credentials.ts'
import { ossError } from './oss-error.ts'
import { percentEncode } from './percent-encoding.ts'
import { type AuthenticationRules, equalTexts } from './principal.ts'
import { findCaller, requireParameter, requireTime } from './rpc-signature.ts'
import { sha256Hex } from './signing-key.ts'

/** A call that is signed in its header, `Authorization: ACS3-HMAC-SHA256 …`, as it arrived. */
export interface Acs3Request {
  method: string
  /** Decoded. */
  query: readonly (readonly [name: string, value: string])[]
  /** By lower-case name. */
  headers: Readonly<Record<string, string>>
  body: Uint8Array
}

/**
 * Who signed a call by version 3 of Alibaba Cloud's signatures, which its newer SDKs use where older ones use RPC 1.0.
 *
 * `x-acs-date` may be 15 minutes off; `x-acs-signature-nonce` counts once, which whoever calls this has to see to.
 * Throws OssError with the codes of the gateway.
 *
 * Source: Alibaba Cloud SDK documentation, "V3 request structure and signature mechanism".
 */
export function authenticateAcs3<Principal extends Credentials>(
  request: Acs3Request,
  rules: Pick<AuthenticationRules<Principal>, 'now' | 'findCredentials'>,
): Principal {
  const { headers } = request
  const [, AccessKeyId = '', list = '', signature = ''] = AUTHORIZATION.exec(headers.authorization ?? '') ?? []
  const signedNames = list.split(';')
  const isComplete = Object.keys(headers).every((name) => !isAlwaysSigned(name) || signedNames.includes(name))
  if (AccessKeyId === '' || !isComplete) throw ossError('RpcSignatureIncomplete')
  const parameters = { ...acs3Parameters(headers), AccessKeyId }
  requireParameter(parameters, 'SignatureNonce')
  requireTime(requireParameter(parameters, 'Timestamp'), rules.now)
  const principal = findCaller(parameters, rules)
  const canonical = acs3CanonicalRequest(request, signedNames)
  const text = `ACS3-HMAC-SHA256\n${sha256Hex(canonical)}`
  if (!equalTexts(signature, createHmac('sha256', principal.accessKeySecret).update(text).digest('hex'))) {
    const message = `Specified signature is not matched with our calculation. server string to sign is:${text}, server canonical request is:${canonical}`
    throw ossError('RpcSignatureDoesNotMatch', { message })
  }
  return principal
}

const AUTHORIZATION = /^ACS3-HMAC-SHA256 +Credential=([^,\s]+), *SignedHeaders=([^,\s]+), *Signature=([0-9a-f]{64})$/

/** What RPC 1.0 says in parameters stands in headers here. */
export function acs3Parameters(headers: Acs3Request['headers']): Record<string, string> {
  const names = Object.entries(PARAMETERS).filter(([header]) => headers[header] !== undefined)
  return Object.fromEntries(names.map(([header, name]) => [name, headers[header] ?? '']))
}

const PARAMETERS = {
  'x-acs-action': 'Action',
  'x-acs-version': 'Version',
  'x-acs-date': 'Timestamp',
  'x-acs-signature-nonce': 'SignatureNonce',
  'x-acs-security-token': 'SecurityToken',
}

function isAlwaysSigned(name: string): boolean {
  return name === 'host' || name.startsWith('x-acs-')
}

function acs3CanonicalRequest({ method, query, headers, body }: Acs3Request, signedNames: readonly string[]): string {
  const canonicalQuery = query
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .sort()
    .join('&')
  const names = [...signedNames].sort()
  const canonicalHeaders = names.map((name) => `${name}:${(headers[name] ?? '').trim()}\n`).join('')
  // Of the body that came, whatever its header says of it.
  const payload = createHash('sha256').update(body).digest('hex')
  return [method, '/', canonicalQuery, canonicalHeaders, names.join(';'), payload].join('\n')
}

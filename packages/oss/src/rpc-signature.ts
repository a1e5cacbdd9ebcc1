import type { Credentials } from './credentials.ts'
import { OssError, ossError } from './oss-error.ts'
import type { OssErrorName } from './oss-error-table.ts'
import { percentEncode } from './percent-encoding.ts'
import { type AuthenticationRules, equalTexts, findPrincipal, MAX_SKEW_MS } from './principal.ts'
import { hmacSha1Base64 } from './signing-key.ts'

/** An RPC call: everything it says stands in its parameters, in the query, the body or both. */
export interface RpcRequest {
  method: 'GET' | 'POST'
  parameters: Readonly<Record<string, string>>
}

/**
 * The signature of Alibaba Cloud's RPC calls, version 1.0; AssumeRole of STS is one.
 *
 * Source: STS API reference, "Signature method".
 */
export function signRpc(
  method: 'GET' | 'POST',
  parameters: Readonly<Record<string, string>>,
  accessKeySecret: string,
): string {
  return hmacSha1Base64(`${accessKeySecret}&`, rpcStringToSign(method, parameters))
}

export function rpcStringToSign(method: 'GET' | 'POST', parameters: Readonly<Record<string, string>>): string {
  const query = Object.keys(parameters)
    .filter((name) => name !== 'Signature')
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(parameters[name] ?? '')}`)
    .join('&')
  return `${method}&%2F&${percentEncode(query)}`
}

/**
 * Who signed an RPC call, as `findCredentials` knows him. There are no anonymous ones.
 *
 * The time stamp may be 15 minutes off; within them a nonce counts once, which whoever calls this has to see to.
 * Throws OssError with the codes of the gateway: `SignatureDoesNotMatch`, `InvalidTimeStamp.Expired` and others.
 */
export function authenticateRpc<Principal extends Credentials>(
  { method, parameters }: RpcRequest,
  rules: Pick<AuthenticationRules<Principal>, 'now' | 'findCredentials'>,
): Principal {
  requireParameter(parameters, 'AccessKeyId')
  const signature = requireParameter(parameters, 'Signature')
  requireParameter(parameters, 'SignatureNonce')
  requireTime(requireParameter(parameters, 'Timestamp'), rules.now)
  if (requireParameter(parameters, 'SignatureMethod') !== 'HMAC-SHA1') throw invalidParameter('SignatureMethod')
  if (requireParameter(parameters, 'SignatureVersion') !== '1.0') throw invalidParameter('SignatureVersion')
  const principal = findCaller(parameters, rules)
  const stringToSign = rpcStringToSign(method, parameters)
  if (!equalTexts(signature, hmacSha1Base64(`${principal.accessKeySecret}&`, stringToSign))) {
    const message = `Specified signature is not matched with our calculation. server string to sign is:${stringToSign}`
    throw ossError('RpcSignatureDoesNotMatch', { message })
  }
  return principal
}

/** The value of a parameter that has to be there. Throws OssError `Missing…`. */
export function requireParameter(parameters: RpcRequest['parameters'], name: string): string {
  const value = parameters[name]
  if (value) return value
  throw new OssError({ status: 400, code: `Missing${name}`, message: `${name} is mandatory for this action.` })
}

/** For a value that is none of those there are. */
export function invalidParameter(name: string): OssError {
  return new OssError({ status: 400, code: `Invalid${name}`, message: `Specified parameter ${name} is not valid.` })
}

/** Throws OssError for one that is 15 minutes off. `ali-oss` writes milliseconds, others do not. */
export function requireTime(text: string, now: Date): void {
  const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z$/.test(text) ? Date.parse(text) : Number.NaN
  if (Number.isNaN(time)) throw ossError('RpcTimeFormat')
  if (Math.abs(now.getTime() - time) > MAX_SKEW_MS) throw ossError('RpcTimeExpired')
}

/** The credentials behind a call. Throws OssError, in the gateway's words. */
export function findCaller<Principal extends Credentials>(
  parameters: RpcRequest['parameters'],
  rules: Pick<AuthenticationRules<Principal>, 'now' | 'findCredentials'>,
): Principal {
  try {
    return findPrincipal(parameters.AccessKeyId ?? '', parameters.SecurityToken, rules)
  } catch (error) {
    const name = error instanceof OssError ? GATEWAY_NAMES[error.code] : undefined
    if (name === undefined) throw error
    if (name === 'RpcTokenMalformed') requireParameter(parameters, 'SecurityToken')
    throw ossError(name)
  }
}

// What OSS refuses, in the gateway's words.
const GATEWAY_NAMES: Readonly<Record<string, OssErrorName>> = {
  InvalidAccessKeyId: 'RpcAccessKeyNotFound',
  InvalidSecurityToken: 'RpcTokenMalformed',
  SecurityTokenExpired: 'RpcTokenExpired',
  AccessKeyIdAndSecurityTokenNotMatch: 'RpcTokenMismatch',
}

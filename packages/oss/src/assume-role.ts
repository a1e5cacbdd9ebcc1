import { randomUUID } from 'node:crypto'
import type { Credentials, CredentialsProvider } from './credentials.ts'
import { OssError } from './oss-error.ts'
import { percentEncode } from './percent-encoding.ts'
import { signRpc } from './rpc-signature.ts'

/** Somebody who may assume a role, and where STS is. */
export interface StsOptions {
  /** `acs:ram::1234567890123456:role/uploader` */
  roleArn: string
  /** Of a RAM user who may call `sts:AssumeRole` for that role; those of an account itself may not. */
  credentials: CredentialsProvider
  /** Host or URL; one in the server's own region answers sooner: `sts.cn-hangzhou.aliyuncs.com`. @default 'sts.aliyuncs.com' */
  endpoint?: string | undefined
  /** Of what is given out: 900 (15 minutes) to what the role allows, 43,200 at most. @default 3600 */
  durationSeconds?: number | undefined
  /** For each of at most two tries. @default 10_000 */
  timeoutMs?: number | undefined
  /** @default the global one */
  fetch?: typeof fetch | undefined
  /** STS takes a time that is 15 minutes off. @default () => new Date() */
  now?: (() => Date) | undefined
}

export interface AssumeRoleRequest extends StsOptions {
  /** Stands in the account's audit trail: 2 to 32 letters, digits and `.@-_`. */
  sessionName: string
  /** What is given out may do no more than this. @default all that the role may */
  policy?: SessionPolicy | undefined
}

/** A policy of RAM, 2,048 characters of JSON at most. */
export interface SessionPolicy {
  Version: '1'
  Statement: readonly { Effect: 'Allow' | 'Deny'; Action: readonly string[]; Resource: readonly string[] }[]
}

/**
 * Temporary credentials of a role. A call that did not get through is made once more.
 *
 * Throws OssError: with STS's own code and request id, with `NetworkError` where STS was not reached.
 *
 * Source: STS API reference, AssumeRole.
 */
export async function assumeRole(request: AssumeRoleRequest): Promise<Required<Credentials>> {
  try {
    return await attempt(request)
  } catch (error) {
    // Nothing comes of a second session but the session, and each try is signed anew.
    if (error instanceof OssError && isPassing(error)) return attempt(request)
    throw error
  }
}

/**
 * What it takes to upload one object, in one piece or in parts, and nothing else: no reading, no deleting, no listing.
 * `oss:PutObject` is also what beginning, sending and completing parts needs; there are no actions of their own for those.
 *
 * It binds neither size nor type, ACL, callback or `x-oss-forbid-overwrite`: RAM knows no conditions on them. It also lets the
 * holder make a symbolic link of that key, so what is found there has to be checked before it is read.
 *
 * Throws OssError `KeyIsPattern` for a key that RAM would read as a pattern, which would then be more than one object.
 *
 * Source: OSS Developer Guide, "RAM policy", list of actions.
 */
export function uploadPolicy({ bucket, key }: { bucket: string; key: string }): SessionPolicy {
  if (/[*?]|\$\{/.test(key) || key === '') {
    throw new OssError({
      code: 'KeyIsPattern',
      status: 0,
      message: `The key ${JSON.stringify(key)} would allow more than one object`,
      hint: 'Keys of temporary credentials are not empty and hold none of `*`, `?` and `${`, which RAM reads as patterns.',
    })
  }
  const Action = ['oss:PutObject', 'oss:ListParts', 'oss:AbortMultipartUpload']
  return { Version: '1', Statement: [{ Effect: 'Allow', Action, Resource: [`acs:oss:*:*:${bucket}/${key}`] }] }
}

async function attempt(request: AssumeRoleRequest): Promise<Required<Credentials>> {
  const { endpoint = 'sts.aliyuncs.com', timeoutMs = 10_000, now = () => new Date() } = request
  const send = request.fetch ?? fetch
  const url = /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}`
  const parameters = await signedParameters(request, now())
  const body = Object.entries(parameters).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
  let answer: { status: number; text: string }
  try {
    const response = await send(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: body.join('&'),
      // A redirect would take the signature elsewhere.
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    })
    answer = { status: response.status, text: await response.text() }
  } catch (cause) {
    throw unreached(url, cause)
  }
  return readAnswer(answer)
}

async function signedParameters(request: AssumeRoleRequest, now: Date): Promise<Record<string, string>> {
  const { roleArn, sessionName, durationSeconds = 3600, policy } = request
  const { accessKeyId, accessKeySecret, securityToken } = await request.credentials()
  const parameters = {
    Action: 'AssumeRole',
    Version: '2015-04-01',
    Format: 'JSON',
    RoleArn: roleArn,
    RoleSessionName: sessionName,
    DurationSeconds: String(durationSeconds),
    ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
    AccessKeyId: accessKeyId,
    ...(securityToken === undefined ? {} : { SecurityToken: securityToken }),
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: randomUUID(),
    Timestamp: now.toISOString().replace(/\.\d+Z$/, 'Z'),
  }
  return { ...parameters, Signature: signRpc('POST', parameters, accessKeySecret) }
}

function readAnswer({ status, text }: { status: number; text: string }): Required<Credentials> {
  const { Credentials: given, ...facts } = readObject(text)
  if (status !== 200) {
    const code = textOf(facts.Code) ?? `HttpStatus${status}`
    throw new OssError({
      code,
      status,
      message: textOf(facts.Message) ?? `STS answered ${status} without saying why`,
      requestId: textOf(facts.RequestId),
      hostId: textOf(facts.HostId),
      hint: HINTS[code] ?? 'Check the role, its trust policy, and the access key that assumes it.',
    })
  }
  const credentials = typeof given === 'object' && given !== null ? (given as Record<string, unknown>) : {}
  const [accessKeyId, accessKeySecret] = [textOf(credentials.AccessKeyId), textOf(credentials.AccessKeySecret)]
  const securityToken = textOf(credentials.SecurityToken)
  const expiresAt = new Date(textOf(credentials.Expiration) ?? Number.NaN)
  if (accessKeyId && accessKeySecret && securityToken && !Number.isNaN(expiresAt.getTime())) {
    return { accessKeyId, accessKeySecret, securityToken, expiresAt }
  }
  throw new OssError({
    code: 'AnswerUnreadable',
    status,
    message: 'The answer of STS has no credentials',
    requestId: textOf(facts.RequestId),
    hint: 'Something between this server and STS may have answered instead: check the endpoint and proxies.',
  })
}

function readObject(text: string): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? { ...value } : {}
  } catch {
    return {}
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

function isPassing({ code, status }: OssError): boolean {
  return code === 'NetworkError' || status >= 500 || code.startsWith('Throttling')
}

function unreached(url: string, cause: unknown): OssError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  return new OssError({
    code: 'NetworkError',
    status: 0,
    message: `STS at ${url} gave no answer: ${inner instanceof Error ? inner.message : inner}`,
    hint: 'Check the endpoint of STS, and whether this server may reach it.',
    cause,
  })
}

// What usually lies behind the codes.
const HINTS: Readonly<Record<string, string>> = {
  NoPermission:
    'The access key may not assume this role: its user needs sts:AssumeRole on it (AliyunSTSAssumeRoleAccess), and the role has to trust the account.',
  'EntityNotExist.Role': 'There is no such role: check the role ARN.',
  'InvalidParameter.DurationSeconds': 'Sessions last 900 seconds at least, and no longer than the role allows.',
  'InvalidTimeStamp.Expired': 'The clock of this machine is more than 15 minutes off: set it by NTP.',
  'InvalidAccessKeyId.NotFound': 'The access key id is unknown or disabled: check OSS_ACCESS_KEY_ID.',
  SignatureDoesNotMatch: 'The access key secret is another than the one of this id.',
}

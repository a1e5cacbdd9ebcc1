import { createHash, randomUUID } from 'node:crypto'
import { invalidParameter, OssError, ossError, requireParameter } from '@oss-direct/oss'
import { type Exchange, type LocalOss, meetFaults, type Reply } from '../http/exchange.ts'
import { writeXml, type XmlContent } from '../http/xml-document.ts'
import { parseRamPolicyText } from './ram-policy.ts'
import { readStsCall, type StsCall } from './sts-call.ts'

const MAX_POLICY_BYTES = 2048
const NONCE_LIFETIME_MS = 30 * 60_000

/**
 * AssumeRole of STS: temporary credentials for whoever has lasting ones.
 *
 * Every role is there, trusts every lasting key and may do everything; what the credentials may do is what their caller
 * may and the session policy allows. Temporary credentials get no others.
 *
 * Source: STS API reference, AssumeRole.
 */
export async function assumeRole(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const call = await readStsCall(exchange)
  const { Action, Format } = call.parameters
  // A form that lost its bucket comes here as well.
  if (Action === undefined) throw ossError('MethodNotAllowed')
  try {
    await meetFaults(exchange, oss, '')
    const content = startSession(call, exchange, oss)
    return writeAnswer(200, 'AssumeRoleResponse', { RequestId: createRequestId(), ...content }, Format)
  } catch (error) {
    if (error instanceof OssError) return refuse(error, exchange, Format)
    throw error
  }
}

function startSession({ parameters, authenticate }: StsCall, { now }: Exchange, oss: LocalOss) {
  const { Action, Format } = parameters
  if (Action !== 'AssumeRole') throw ossError('RpcActionNotFound')
  if (Format !== undefined && !/^(json|xml)$/i.test(Format)) throw invalidParameter('Format')
  if (requireParameter(parameters, 'Version') !== '2015-04-01') throw invalidParameter('Version')
  const caller = authenticate(oss.accounts.findCredentials)
  const nonce = requireParameter(parameters, 'SignatureNonce')
  oss.nonces.use(caller.accessKeyId, nonce, { now, until: new Date(now.getTime() + NONCE_LIFETIME_MS) })
  if (caller.securityToken !== undefined) throw ossError('StsNoPermission')

  const role = requireParameter(parameters, 'RoleArn')
  const session = requireParameter(parameters, 'RoleSessionName')
  checkTexts(parameters, role, session)
  const policy = checkPolicy(parameters.Policy)
  const seconds = readDuration(parameters.DurationSeconds)
  const expiresAt = new Date(Math.floor(now.getTime() / 1000 + seconds) * 1000)
  const credentials = oss.accounts.startSession(caller, { expiresAt, policy })
  return {
    AssumedRoleUser: { Arn: `${role}/${session}`, AssumedRoleId: `${roleId(role)}:${session}` },
    Credentials: {
      AccessKeyId: credentials.accessKeyId,
      AccessKeySecret: credentials.accessKeySecret,
      SecurityToken: credentials.securityToken,
      Expiration: expiresAt.toISOString().replace('.000Z', 'Z'),
    },
  }
}

function checkTexts({ ExternalId }: StsCall['parameters'], role: string, session: string): void {
  if (!/^acs:ram::\d{1,32}:role\/[\w.@-]{1,64}$/.test(role)) throw ossError('StsRoleArn')
  if (!/^[\w.@-]{2,64}$/.test(session)) throw ossError('StsRoleSessionName')
  if (ExternalId !== undefined && !/^[\w+=,.@:/-]{2,1224}$/.test(ExternalId)) throw ossError('StsExternalId')
}

/** An empty one is none. Throws OssError `InvalidParameter.PolicySize` or `InvalidParameter.PolicyGrammar`. */
function checkPolicy(text: string | undefined): string | undefined {
  if (!text) return undefined
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES) throw ossError('StsPolicySize')
  parseRamPolicyText(text)
  return text
}

/** From 15 minutes to the 12 hours that a role can be set to at most. */
function readDuration(text: string | undefined): number {
  const seconds = Number(text || 3600)
  if (!Number.isInteger(seconds) || seconds < 900 || seconds > 43_200) throw ossError('StsDuration')
  return seconds
}

/** 18 digits, the same for the same role. */
function roleId(role: string): string {
  const digits = BigInt(`0x${createHash('sha256').update(role).digest('hex').slice(0, 14)}`)
  return `3${String(digits).padStart(17, '0')}`
}

function refuse(error: OssError, { entry, host }: Exchange, format: string | undefined): Reply {
  const { status, code, message } = error
  entry.code = code
  entry.message = message
  return writeAnswer(
    status,
    'Error',
    { RequestId: createRequestId(), HostId: host, Code: code, Message: message },
    format,
  )
}

/** XML where nobody asked for JSON, as the gateway has it. */
function writeAnswer(
  status: number,
  root: string,
  content: Readonly<Record<string, XmlContent>>,
  format: string | undefined,
): Reply {
  const isJson = format?.toUpperCase() === 'JSON'
  return {
    status,
    headers: { 'Content-Type': isJson ? 'application/json;charset=utf-8' : 'text/xml;charset=utf-8' },
    body: isJson ? JSON.stringify(content) : writeXml(root, content),
  }
}

/** STS has UUIDs, unlike OSS. */
function createRequestId(): string {
  return randomUUID().toUpperCase()
}

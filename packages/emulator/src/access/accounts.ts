import { randomBytes } from 'node:crypto'
import { type Credentials, ossError } from '@oss-direct/oss'
import {
  judgeByPolicy,
  parseRamPolicy,
  parseRamPolicyText,
  type RamPolicy,
  type RamRequest,
  type Verdict,
} from './ram-policy.ts'
import type { SessionTokens } from './session-token.ts'

/** The account that owns every bucket here. Real ones are numbers of up to 18 digits, beyond what a double can hold. */
export const OWNER_ID = '104598367218042751'

/** Who may sign, and what he may do: everything, unless `allow` or `policy` limits him. */
export interface AccessKey extends Credentials {
  /** The parts of the store that the key is limited to: objects, and what concerns no more than them. @default all */
  allow?: readonly AllowedPart[]
  /** In place of `allow`, a policy of RAM: `{ Version: '1', Statement: [...] }`. @default none */
  policy?: object
}

/**
 * A bucket, or the keys of it that begin so. Its holder lists the bucket by a prefix within his own, and may neither make
 * nor delete the bucket nor change its ACL or CORS rules.
 */
export interface AllowedPart {
  bucket: string
  /** @default '', the whole bucket */
  prefix?: string
}

/** Somebody with credentials, and what RAM says of what he wants. */
export interface Principal extends Credentials {
  judge(request: RamRequest): Verdict
}

export interface Accounts {
  /** Throws OssError for a temporary key whose security token is missing, altered or another key's. */
  findCredentials(accessKeyId: string, securityToken: string | undefined): Principal | undefined
  /** Makes temporary credentials that may do what the caller may and the policy, where there is one, allows as well. */
  startSession(caller: Principal, terms: { expiresAt: Date; policy: string | undefined }): Required<Credentials>
}

/** Throws TypeError, or OssError `InvalidParameter.PolicyGrammar`, for a key that is no access key. */
export function createAccounts(accessKeys: readonly AccessKey[], tokens: SessionTokens): Accounts {
  const principals = new Map(accessKeys.map((key) => [key.accessKeyId, createPrincipal(key)]))

  function openSession(accessKeyId: string, securityToken: string): Principal {
    const session = tokens.read(securityToken)
    const caller = principals.get(session?.callerId ?? '')
    if (!session || !caller) throw ossError('InvalidSecurityToken')
    if (session.accessKeyId !== accessKeyId) throw ossError('TokenDoesNotMatchKey')
    const { accessKeySecret, expiresAt } = session
    const policy = session.policy === undefined ? undefined : parseRamPolicyText(session.policy)
    return {
      accessKeyId,
      accessKeySecret,
      securityToken,
      expiresAt: new Date(expiresAt),
      judge: (request) =>
        policy ? both(caller.judge(request), judgeByPolicy(policy, request)) : caller.judge(request),
    }
  }

  return {
    findCredentials(accessKeyId, securityToken) {
      const lasting = principals.get(accessKeyId)
      if (lasting || !accessKeyId.startsWith(TEMPORARY)) return lasting
      return openSession(accessKeyId, securityToken ?? '')
    },
    startSession(caller, { expiresAt, policy }) {
      const accessKeyId = TEMPORARY + randomBytes(12).toString('hex')
      const accessKeySecret = randomBytes(32).toString('base64url')
      const securityToken = tokens.write({
        accessKeyId,
        accessKeySecret,
        callerId: caller.accessKeyId,
        expiresAt: expiresAt.toISOString(),
        ...(policy !== undefined && { policy }),
      })
      return { accessKeyId, accessKeySecret, securityToken, expiresAt }
    },
  }
}

const TEMPORARY = 'STS.'

const KEY_MEMBERS = ['accessKeyId', 'accessKeySecret', 'securityToken', 'expiresAt', 'allow', 'policy']

function createPrincipal(key: AccessKey): Principal {
  const { allow, policy, ...credentials } = key
  const { accessKeyId, accessKeySecret } = credentials
  if (!isText(accessKeyId) || !isText(accessKeySecret))
    throw new TypeError('An access key has an accessKeyId and an accessKeySecret')
  requireMembers(key, KEY_MEMBERS, `The access key ${accessKeyId}`)
  if (allow && policy) throw new TypeError(`The access key ${accessKeyId} has allow and policy; it takes one of them`)
  const rules = allow ? policyOfParts(allow) : policy ? parseRamPolicy(policy) : undefined
  return { ...credentials, judge: (request) => (rules ? judgeByPolicy(rules, request) : 'allow') }
}

const LISTS = ['oss:ListObjects', 'oss:ListMultipartUploads']

/** Of the list of buckets he sees those that are named here. */
function policyOfParts(parts: readonly AllowedPart[]): RamPolicy {
  if (!Array.isArray(parts)) throw new TypeError('allow is a list of { bucket, prefix }')
  const statements = parts.map((part) => {
    requireMembers(part, ['bucket', 'prefix'], 'What an access key is limited to')
    const { bucket, prefix = '' } = part
    if (!isText(bucket)) throw new TypeError('What an access key is limited to has a bucket')
    if (typeof prefix !== 'string') throw new TypeError(`The prefix that an access key has in ${bucket} is no text`)
    return ({ action, resource, conditions }: RamRequest) => {
      if (resource !== bucket) return resource.startsWith(`${bucket}/${prefix}`)
      if (LISTS.includes(action)) return (conditions['oss:Prefix'] ?? '').startsWith(prefix)
      return action === 'oss:ListBuckets' || action.startsWith('oss:GetBucket')
    }
  })
  const mayAsk = ({ action, resource }: RamRequest) => action === 'oss:ListBuckets' && resource === '*'
  return [mayAsk, ...statements].map((covers) => ({ effect: 'Allow', covers }))
}

/** Keys come out of JSON files as well. */
function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

/** A limit that is misspelt would be none. */
function requireMembers(value: object, known: readonly string[], what: string): void {
  const stranger = Object.keys(value).find((name) => !known.includes(name))
  if (stranger !== undefined) throw new TypeError(`${what} has no ${stranger}; it has ${known.join(', ')}`)
}

function both(one: Verdict, other: Verdict): Verdict {
  if (one === 'deny' || other === 'deny') return 'deny'
  return one === 'allow' ? other : 'none'
}

import { authenticateRequest, ossError } from '@oss-direct/oss'
import type { Exchange, LocalOss } from '../http/exchange.ts'
import type { Bucket } from '../store/store.ts'
import type { Acl, StoredObject } from '../store/stored-object.ts'
import type { Principal } from './accounts.ts'
import type { Verdict } from './ram-policy.ts'

/** What a request wants to do, by the names that RAM policies use. */
export type Action =
  | 'oss:ListBuckets'
  | 'oss:PutBucket'
  | 'oss:DeleteBucket'
  | 'oss:GetBucketInfo'
  | 'oss:GetBucketStat'
  | 'oss:GetBucketEncryption'
  | 'oss:GetBucketLifecycle'
  | 'oss:PutBucketLifecycle'
  | 'oss:GetBucketLogging'
  | 'oss:GetBucketPolicy'
  | 'oss:GetBucketReferer'
  | 'oss:GetBucketTagging'
  | 'oss:GetBucketVersioning'
  | 'oss:GetBucketWebsite'
  | 'oss:GetBucketLocation'
  | 'oss:PutBucketAcl'
  | 'oss:GetBucketAcl'
  | 'oss:PutBucketCors'
  | 'oss:GetBucketCors'
  | 'oss:DeleteBucketCors'
  | 'oss:ListObjects'
  | 'oss:ListMultipartUploads'
  | 'oss:GetObject'
  | 'oss:PutObject'
  | 'oss:DeleteObject'
  | 'oss:GetObjectAcl'
  | 'oss:PutObjectAcl'
  | 'oss:GetObjectTagging'
  | 'oss:PutObjectTagging'
  | 'oss:DeleteObjectTagging'
  | 'oss:ListParts'
  | 'oss:AbortMultipartUpload'

export interface WantedAccess {
  action: Action
  /** @default none, for what concerns the account */
  bucket?: Bucket | string
  key?: string
  /** The object there is, for its own ACL. */
  object?: StoredObject | undefined
}

/**
 * Lets a request through whose signer may do that, or that the object's ACL opens to everybody, or the bucket's where the
 * object has none of its own. What the signer's policy denies, no ACL opens to him.
 *
 * Returns who signed it; null for an anonymous request. Throws OssError.
 *
 * Source: OSS Developer Guide, "Authentication of requests".
 */
export function requireAccess(exchange: Exchange, oss: LocalOss, wanted: WantedAccess): Principal | null {
  const { request, bucket, key, query, headers, now } = exchange
  const principal = authenticateRequest(
    { method: request.method ?? '', bucket, key, query, headers },
    { region: oss.region, now, findCredentials: oss.accounts.findCredentials },
  )
  requireRight(principal, exchange, oss, wanted)
  return principal
}

/** The same for somebody who is known already, or for nobody. Throws OssError `AccessDenied`. */
export function requireRight(
  principal: Principal | null,
  exchange: Exchange,
  oss: LocalOss,
  wanted: WantedAccess,
): void {
  const verdict = principal === null ? 'none' : judge(principal, exchange, oss, wanted)
  if (verdict === 'allow') return
  const { action, bucket, object } = wanted
  if (verdict === 'none' && typeof bucket === 'object') {
    const acl = object === undefined || object.acl === 'default' ? bucket.acl : object.acl
    if (opens(acl, action)) return
  }
  if (principal?.securityToken !== undefined) throw ossError('SessionPolicyDenied')
  throw ossError(verdict === 'deny' ? 'RamPolicyDenied' : 'BucketAclDenied')
}

/** What the signer's policies say, whatever the ACL may open. */
export function judge(principal: Principal, exchange: Exchange, oss: LocalOss, wanted: WantedAccess): Verdict {
  const { action, bucket, key } = wanted
  const bucketName = typeof bucket === 'object' ? bucket.name : bucket
  const path = key === undefined ? bucketName : `${bucketName}/${key}`
  const query = new Map(exchange.query)
  const isList = LISTS.includes(action)
  return principal.judge({
    action,
    resource: bucketName === undefined ? '*' : (path ?? ''),
    region: oss.region,
    conditions: {
      ...(isList && { 'oss:Prefix': query.get('prefix') ?? '', 'oss:Delimiter': query.get('delimiter') ?? '' }),
      'acs:SourceIp': exchange.request.socket.remoteAddress?.replace(/^::ffff:/, ''),
      // There is no TLS here.
      'acs:SecureTransport': 'false',
    },
  })
}

/** Whether everybody may. Lists are never open: of a public bucket one reads what one knows. */
function opens(acl: Acl, action: Action): boolean {
  if (READS.includes(action)) return acl !== 'private'
  return acl === 'public-read-write' && WRITES.includes(action)
}

const LISTS: readonly Action[] = ['oss:ListObjects', 'oss:ListMultipartUploads']
const READS: readonly Action[] = ['oss:GetObject']
const WRITES: readonly Action[] = ['oss:PutObject', 'oss:DeleteObject', 'oss:AbortMultipartUpload', 'oss:ListParts']

import { authenticateRequest, ossError } from '@oss-direct/oss'
import type { Exchange, LocalOss } from './exchange.ts'
import type { Acl, Bucket, StoredObject } from './store.ts'

export type Permission = 'read' | 'write'

/**
 * Lets a request through that is signed by one of the access keys (each may do everything), or that the object's ACL
 * opens to everybody, or the bucket's where the object has none of its own. Throws OssError.
 */
export function requireAccess(
  exchange: Exchange,
  oss: LocalOss,
  wanted: { bucket: Bucket; object: StoredObject | undefined; permission: Permission },
): void {
  if (isSigned(exchange, oss)) return
  const { bucket, object, permission } = wanted
  const acl = object === undefined || object.acl === 'default' ? bucket.acl : object.acl
  if (!opens(acl, permission)) throw ossError('BucketAclDenied')
}

/** For what concerns buckets, an ACL opens nothing. Throws OssError. */
export function requireSignature(exchange: Exchange, oss: LocalOss): void {
  if (!isSigned(exchange, oss)) throw ossError('BucketAclDenied')
}

export function opens(acl: Acl, permission: Permission): boolean {
  return acl === 'public-read-write' || (acl === 'public-read' && permission === 'read')
}

function isSigned(exchange: Exchange, oss: LocalOss): boolean {
  const { request, bucket, key, query, headers, now } = exchange
  const signer = authenticateRequest(
    { method: request.method ?? '', bucket, key, query, headers },
    { region: oss.region, now, findCredentials: oss.findCredentials },
  )
  return signer !== null
}

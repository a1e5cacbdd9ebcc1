import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import type { Bucket } from '../store/store.ts'
import type { Acl } from '../store/stored-object.ts'

/** PutBucket: makes a bucket, or changes the ACL of the one that is there. */
export async function putBucket(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:PutBucket', bucket: exchange.bucket })
  const name = checkBucketName(exchange.bucket)
  const acl = readAcl(exchange)
  const bucket: Bucket = oss.store.findBucket(name) ?? {
    name,
    acl: 'private',
    createdAt: exchange.now.toISOString(),
  }
  await oss.store.saveBucket({ ...bucket, acl: acl ?? bucket.acl })
  return { status: 200, headers: { Location: `/${name}` } }
}

/** PutBucketAcl: of a bucket that is there. */
export async function putBucketAcl(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:PutBucketAcl', bucket: exchange.bucket })
  const bucket = requireBucket(exchange, oss)
  await oss.store.saveBucket({ ...bucket, acl: readAcl(exchange) ?? bucket.acl })
  return { status: 200 }
}

function readAcl({ headers }: Exchange): Acl | undefined {
  const acl = headers['x-oss-acl']
  if (acl === undefined || isAcl(acl)) return acl
  throw ossError('InvalidArgument', {
    message: 'no such bucket access control exists',
    details: { ArgumentName: 'x-oss-acl', ArgumentValue: acl },
  })
}

/** Throws OssError `InvalidBucketName`. */
export function checkBucketName(name: string): string {
  if (!/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(name)) {
    throw ossError('InvalidBucketName', { details: { BucketName: name } })
  }
  return name
}

function isAcl(text: string): text is Acl {
  return text === 'private' || text === 'public-read' || text === 'public-read-write'
}

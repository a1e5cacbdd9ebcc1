import { ossError } from '@oss-direct/oss'
import { requireSignature } from './access.ts'
import type { Exchange, LocalOss, Reply } from './exchange.ts'
import type { Acl, Bucket } from './store.ts'

/** PutBucket: makes a bucket, or changes the ACL of the one that is there. */
export async function putBucket(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireSignature(exchange, oss)
  const name = checkBucketName(exchange.bucket)
  const acl = exchange.headers['x-oss-acl']
  if (acl !== undefined && !isAcl(acl)) {
    throw ossError('InvalidArgument', {
      message: 'no such bucket access control exists',
      details: { ArgumentName: 'x-oss-acl', ArgumentValue: acl },
    })
  }
  const bucket: Bucket = oss.store.findBucket(name) ?? {
    name,
    acl: 'private',
    createdAt: exchange.now.toISOString(),
  }
  await oss.store.saveBucket({ ...bucket, acl: acl ?? bucket.acl })
  return { status: 200, headers: { Location: `/${name}` } }
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

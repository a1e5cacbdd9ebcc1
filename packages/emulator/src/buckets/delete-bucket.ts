import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'

/** DeleteBucket: only an empty one. Source: OSS API reference. */
export async function deleteBucket(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:DeleteBucket', bucket: exchange.bucket })
  const { name } = requireBucket(exchange, oss)
  if (!(await oss.store.deleteBucket(name))) throw ossError('BucketNotEmpty', { details: { BucketName: name } })
  return { status: 204 }
}

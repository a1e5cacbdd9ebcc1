import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'

/** DeleteObject: 204, whether it was there or not. */
export async function deleteObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const object = await oss.store.findObject(bucket.name, exchange.key)
  requireAccess(exchange, oss, { action: 'oss:DeleteObject', bucket, key: exchange.key, object })
  await oss.store.deleteObject(bucket.name, exchange.key)
  return { status: 204 }
}

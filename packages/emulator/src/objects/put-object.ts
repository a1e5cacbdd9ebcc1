import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { readCallback } from '../callback/callback-request.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { readAttributes, readForbidOverwrite } from './attributes.ts'
import { storeUpload, writtenHeaders } from './upload.ts'

const MAX_BYTES = 5 * 1024 ** 3

/** PutObject: the request body becomes an object. Source: OSS API reference, PutObject. */
export async function putObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { headers, key, now, body } = exchange
  const bucket = requireBucket(exchange, oss)
  const existing = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action: 'oss:PutObject', bucket, key, object: existing })
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw ossError('MissingContentLength')
  }
  const source = new Map(Object.entries(headers))
  const attributes = readAttributes(source, { key, now })
  const forbidOverwrite = readForbidOverwrite(source)
  if (forbidOverwrite && existing) throw ossError('FileAlreadyExists')
  const callback = readCallback(exchange, oss)

  const upload = await oss.store.receive(body, MAX_BYTES)
  try {
    if (upload.size > MAX_BYTES) throw ossError('BodyOverFiveGigabytes')
    if (headers['content-md5'] !== undefined && headers['content-md5'] !== upload.md5) throw ossError('InvalidDigest')
    const success = (object: StoredObject): Reply => ({ status: 200, headers: writtenHeaders(object) })
    const commit = () => oss.store.commit(bucket.name, upload, attributes, { forbidOverwrite })
    return await storeUpload(commit, { pieces: [upload], callback, success }, exchange, oss)
  } finally {
    await oss.store.discard(upload)
  }
}

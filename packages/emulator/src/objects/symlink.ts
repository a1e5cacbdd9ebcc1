import { ossError, percentEncode } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { decodeHeader } from '../http/header-text.ts'
import type { Bucket } from '../store/store.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { checkKey, readAttributes, readForbidOverwrite } from './attributes.ts'

/** PutSymlink: a name for another key, which need not be there. Source: OSS API reference, PutSymlink. */
export async function putSymlink(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { headers, key, now } = exchange
  const bucket = requireBucket(exchange, oss)
  const existing = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action: 'oss:PutObject', bucket, key, object: existing })
  const source = new Map(Object.entries(headers))
  const attributes = readAttributes(source, { key, now })
  const forbidOverwrite = readForbidOverwrite(source)
  const link = await oss.store.commitSymlink(bucket.name, readTarget(exchange), attributes, { forbidOverwrite })
  if (link === undefined) throw ossError('FileAlreadyExists')
  return { status: 200, headers: { ETag: `"${link.etag}"` } }
}

/** GetSymlink: where it points. Source: OSS API reference, GetSymlink. */
export async function getSymlink(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { key } = exchange
  const bucket = requireBucket(exchange, oss)
  const object = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action: 'oss:GetObject', bucket, key, object })
  if (!object) throw ossError('NoSuchKey', { details: { Key: key } })
  if (object.target === undefined) throw ossError('NotSymlink', { details: { Key: key } })
  return {
    status: 200,
    headers: {
      ETag: `"${object.etag}"`,
      'Last-Modified': new Date(object.lastModified).toUTCString(),
      'x-oss-symlink-target': percentEncode(object.target),
    },
  }
}

/**
 * The object that holds the bytes: the target of a symlink, in the same bucket, or the object itself. Whoever may not
 * read the target does not read it through the link. Throws OssError `SymlinkTargetNotExist` and `InvalidTargetType`.
 */
export async function followSymlink(
  object: StoredObject,
  bucket: Bucket,
  exchange: Exchange,
  oss: LocalOss,
): Promise<StoredObject> {
  const { target: key } = object
  if (key === undefined) return object
  const target = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action: 'oss:GetObject', bucket, key, object: target })
  if (!target) throw ossError('SymlinkTargetNotExist', { details: { Key: key } })
  if (target.target !== undefined) throw ossError('InvalidTargetType', { details: { Key: key } })
  return target
}

function readTarget({ headers }: Exchange): string {
  const text = headers['x-oss-symlink-target'] ?? ''
  const target = decodeHeader(text)
  if (target !== undefined) return checkKey(target)
  throw ossError('InvalidArgument', {
    message: 'The value of x-oss-symlink-target is no percent-encoded UTF-8.',
    details: { ArgumentName: 'x-oss-symlink-target', ArgumentValue: text },
  })
}

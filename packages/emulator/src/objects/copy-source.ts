import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import type { Exchange, LocalOss } from '../http/exchange.ts'
import { decodeHeader } from '../http/header-text.ts'
import type { Bucket } from '../store/store.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { type ConditionHeaders, isUnchanged } from './conditions.ts'
import { followSymlink } from './symlink.ts'

/** Where a copy comes from. */
export interface CopySource {
  bucket: string
  key: string
  object: StoredObject
}

/**
 * The bytes that `x-oss-copy-source` names; those of its target where it names a symlink.
 *
 * Throws OssError `NoSuchBucket`, `NoSuchKey` and what access needs; `PreconditionFailed` and `NotModified` (304) where
 * an `x-oss-copy-source-if-*` does not hold. Source: OSS API reference, CopyObject and UploadPartCopy.
 */
export async function readCopySource(exchange: Exchange, oss: LocalOss): Promise<CopySource> {
  const named = await findNamed(exchange, oss)
  const object = await followSymlink(named.object, named.bucket, exchange, oss)
  checkConditions(object, exchange)
  return { bucket: named.bucket.name, key: object.key, object }
}

/** The object that `x-oss-copy-source` names, a symlink as such. Throws like `readCopySource`. */
export async function readNamedSource(exchange: Exchange, oss: LocalOss): Promise<CopySource> {
  const { bucket, object } = await findNamed(exchange, oss)
  checkConditions(object, exchange)
  return { bucket: bucket.name, key: object.key, object }
}

async function findNamed(exchange: Exchange, oss: LocalOss): Promise<{ bucket: Bucket; object: StoredObject }> {
  const { bucket: name, key } = parseCopySource(exchange.headers['x-oss-copy-source'] ?? '')
  const bucket = oss.store.findBucket(name)
  if (!bucket) throw ossError('NoSuchBucket', { details: { BucketName: name } })
  const object = await oss.store.findObject(name, key)
  requireAccess(exchange, oss, { action: 'oss:GetObject', bucket, key, object })
  if (!object) throw ossError('NoSuchKey', { details: { Key: key } })
  return { bucket, object }
}

/** `/bucket/key`, percent-encoded whole or in part. */
function parseCopySource(text: string): { bucket: string; key: string } {
  const [path = '', query] = text.split('?')
  if (query !== undefined && query !== 'versionId=null') {
    throw ossError('NotImplemented', { message: 'The local OSS keeps no versions of an object.' })
  }
  const [, bucket, key] = /^\/?([^/]+)\/(.+)$/s.exec(decodeHeader(path) ?? '') ?? []
  if (bucket === undefined || key === undefined) {
    throw ossError('CopySourceMalformed', { details: { ArgumentName: 'x-oss-copy-source', ArgumentValue: text } })
  }
  return { bucket, key }
}

const CONDITIONS: ConditionHeaders = {
  match: 'x-oss-copy-source-if-match',
  noneMatch: 'x-oss-copy-source-if-none-match',
  modifiedSince: 'x-oss-copy-source-if-modified-since',
  unmodifiedSince: 'x-oss-copy-source-if-unmodified-since',
}

function checkConditions(object: StoredObject, { headers }: Exchange): void {
  if (isUnchanged(object, headers, CONDITIONS)) throw ossError('NotModified')
}

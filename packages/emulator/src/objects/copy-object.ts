import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml } from '../http/xml-document.ts'
import type { ObjectAttributes, StoredObject } from '../store/stored-object.ts'
import { readAttributes, readForbidOverwrite } from './attributes.ts'
import { type CopySource, readNamedSource } from './copy-source.ts'
import { writtenHeaders } from './upload.ts'

const MAX_BYTES = 5 * 1024 ** 3

/**
 * CopyObject: bytes, tags and, unless they are to be replaced, headers of another object. A symlink is copied as such;
 * every other copy is `Normal`. Onto itself no byte moves, and the headers are always those of the request.
 * Source: OSS API reference, CopyObject.
 */
export async function copyObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { bucket: name, key } = exchange
  const bucket = requireBucket(exchange, oss)
  const existing = await oss.store.findObject(name, key)
  requireAccess(exchange, oss, { action: 'oss:PutObject', bucket, key, object: existing })
  const forbidOverwrite = readForbidOverwrite(new Map(Object.entries(exchange.headers)))
  const source = await readNamedSource(exchange, oss)
  if (forbidOverwrite && existing) throw ossError('FileAlreadyExists')
  if (source.object.size > MAX_BYTES) {
    throw ossError('InvalidArgument', {
      message: 'CopyObject takes up to 5 GB; use UploadPartCopy.',
      details: { ArgumentName: 'x-oss-copy-source' },
    })
  }
  const copy = await makeCopy(source, { bucket: name, key, forbidOverwrite }, exchange, oss)
  return {
    status: 200,
    headers: { ...writtenHeaders(copy), 'Content-Type': 'application/xml' },
    body: writeXml('CopyObjectResult', { ETag: `"${copy.etag}"`, LastModified: copy.lastModified }),
  }
}

interface CopyTarget {
  bucket: string
  key: string
  forbidOverwrite: boolean
}

async function makeCopy(
  source: CopySource,
  { bucket, key, forbidOverwrite }: CopyTarget,
  exchange: Exchange,
  oss: LocalOss,
): Promise<StoredObject> {
  const isItself = source.bucket === bucket && source.key === key
  const attributes = copyAttributes(source.object, isItself, exchange)
  const noSuchKey = () => ossError('NoSuchKey', { details: { Key: source.key } })
  if (isItself) {
    const revised = await oss.store.revise(bucket, key, (object) => ({ ...object, ...attributes }))
    if (!revised) throw noSuchKey()
    return revised
  }
  if (source.object.target !== undefined) {
    const link = await oss.store.commitSymlink(bucket, source.object.target, attributes, { forbidOverwrite })
    if (!link) throw ossError('FileAlreadyExists')
    return link
  }
  const copied = await oss.store.copyBytes(source.bucket, source.key)
  if (!copied) throw noSuchKey()
  try {
    const copy = await oss.store.commit(bucket, copied.upload, attributes, { forbidOverwrite })
    if (!copy) throw ossError('FileAlreadyExists')
    return copy
  } finally {
    await oss.store.discard(copied.upload)
  }
}

/** ACL, encryption and, but for a copy onto itself, storage class come from the request and nowhere else. */
function copyAttributes(from: StoredObject, isItself: boolean, { headers, key, now }: Exchange): ObjectAttributes {
  const asked = readAttributes(new Map(Object.entries(headers)), { key, now })
  const keepsHeaders = readDirective('x-oss-metadata-directive', headers) === 'copy' && !isItself
  const keepsTags = readDirective('x-oss-tagging-directive', headers) === 'copy'
  const isEncryption = ([name]: [string, string]) => name.startsWith('x-oss-server-side-encryption')
  return {
    ...asked,
    ...(keepsHeaders && {
      contentType: from.contentType,
      headers: Object.fromEntries([
        ...Object.entries(from.headers).filter((header) => !isEncryption(header)),
        ...Object.entries(asked.headers).filter(isEncryption),
      ]),
    }),
    ...(keepsTags && { tags: from.tags }),
    ...(isItself && headers['x-oss-storage-class'] === undefined && { storageClass: from.storageClass }),
  }
}

/** Throws OssError `InvalidArgument`. */
function readDirective(name: string, headers: Exchange['headers']): 'copy' | 'replace' {
  const value = headers[name] ?? 'copy'
  const directive = value.toLowerCase()
  if (directive === 'copy' || directive === 'replace') return directive
  throw ossError('InvalidArgument', {
    message: `The value of ${name} must be COPY or REPLACE.`,
    details: { ArgumentName: name, ArgumentValue: value },
  })
}

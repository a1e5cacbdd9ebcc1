import { type OssError, ossError } from '@oss-direct/oss'
import { requireAccess } from './access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from './exchange.ts'
import type { Bucket, StoredObject } from './store.ts'

/** GetObject, whole or one range of it. Source: OSS API reference, GetObject. */
export async function getObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const opened = await oss.store.openObject(bucket.name, exchange.key)
  try {
    const object = requireReadable(opened?.object, bucket, exchange, oss)
    const reply = headReply(object, exchange)
    if (!opened || reply.status === 304) {
      await opened?.handle.close()
      return reply
    }
    const { handle } = opened
    const { size } = object
    const range = readRange(exchange, size)
    if (range === undefined) return { ...reply, content: { size, stream: handle.createReadStream({ start: 0 }) } }
    const [start, end] = range
    return {
      status: 206,
      headers: { ...reply.headers, 'Content-Range': `bytes ${start}-${end}/${size}` },
      content: { size: end - start + 1, stream: handle.createReadStream({ start, end }) },
    }
  } catch (error) {
    await opened?.handle.close()
    throw error
  }
}

/** HeadObject: the headers of GetObject. */
export async function headObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const object = await oss.store.findObject(bucket.name, exchange.key)
  return headReply(requireReadable(object, bucket, exchange, oss), exchange)
}

/** GetObjectMeta: size, ETag and time, and nothing else. */
export async function getObjectMeta(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const object = requireReadable(await oss.store.findObject(bucket.name, exchange.key), bucket, exchange, oss)
  const { ETag, 'Last-Modified': lastModified } = objectHeaders(object, exchange)
  return {
    status: 200,
    headers: { ETag: ETag ?? '', 'Last-Modified': lastModified ?? '' },
    content: { size: object.size },
  }
}

/** Whoever may not read is not told whether there is something to read. Throws OssError. */
function requireReadable(
  object: StoredObject | undefined,
  bucket: Bucket,
  exchange: Exchange,
  oss: LocalOss,
): StoredObject {
  requireAccess(exchange, oss, { bucket, object, permission: 'read' })
  if (object === undefined) throw ossError('NoSuchKey', { details: { Key: exchange.key } })
  return object
}

function headReply(object: StoredObject, exchange: Exchange): Reply {
  const headers = objectHeaders(object, exchange)
  if (isUnchanged(object, exchange.headers)) return { status: 304, headers }
  return { status: 200, headers, content: { size: object.size } }
}

function objectHeaders(object: StoredObject, { query }: Exchange): Record<string, string> {
  const overrides = query.flatMap(([name, value]) =>
    OVERRIDES.includes(name) && !/[^\x20-\x7e]/.test(value) ? [[name.slice('response-'.length), value] as const] : [],
  )
  return {
    'content-type': object.contentType,
    ...object.headers,
    ...Object.fromEntries(overrides),
    ETag: `"${object.etag}"`,
    'Last-Modified': new Date(object.lastModified).toUTCString(),
    'Accept-Ranges': 'bytes',
    'x-oss-object-type': 'Normal',
    'x-oss-storage-class': object.storageClass,
    'x-oss-hash-crc64ecma': object.crc64,
    ...(object.contentMd5 !== undefined && { 'Content-MD5': object.contentMd5 }),
  }
}

const OVERRIDES = [
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-content-type',
  'response-expires',
]

/** Whether the client's copy is still good. Throws OssError `PreconditionFailed` that names the header at fault. */
function isUnchanged(object: StoredObject, headers: Readonly<Record<string, string>>): boolean {
  const etags = (text: string) => text.split(',').map((etag) => etag.trim().replace(/^(?:W\/)?"(.*)"$/, '$1'))
  const names = (text: string) => etags(text).some((etag) => etag === '*' || etag.toUpperCase() === object.etag)
  // HTTP times have whole seconds.
  const modified = Math.floor(Date.parse(object.lastModified) / 1000) * 1000
  const ifMatch = headers['if-match']
  const ifNoneMatch = headers['if-none-match']
  const since = Date.parse(headers['if-modified-since'] ?? '')
  const unmodifiedSince = Date.parse(headers['if-unmodified-since'] ?? '')

  if (ifMatch !== undefined && !names(ifMatch)) throw preconditionFailed('If-Match')
  if (ifMatch === undefined && modified > unmodifiedSince) throw preconditionFailed('If-Unmodified-Since')
  if (ifNoneMatch !== undefined) return names(ifNoneMatch)
  return modified <= since
}

function preconditionFailed(condition: string): OssError {
  return ossError('PreconditionFailed', { details: { Condition: condition } })
}

/**
 * First and last byte, or nothing for the whole object: that is also OSS's answer to a range that it cannot read or that
 * begins behind the end, unless the client asks for the standard's behaviour. Throws OssError `InvalidRange` for those.
 */
function readRange({ headers }: Exchange, size: number): readonly [start: number, end: number] | undefined {
  const { range } = headers
  if (range === undefined) return undefined
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim())
  const [, first = '', last = ''] = match ?? []
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  const isReadable = match !== null && first + last !== '' && !(first !== '' && last !== '' && Number(last) < start)
  if (isReadable && start <= end) return [start, end]
  if (isReadable && headers['x-oss-range-behavior'] === 'standard') {
    throw ossError('InvalidRange', { details: { ActualObjectSize: String(size), RangeRequested: range } })
  }
  return undefined
}

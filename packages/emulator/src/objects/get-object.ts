import { ossError } from '@oss-direct/oss'
import { judge, requireAccess, requireRight } from '../access/access.ts'
import type { Principal } from '../access/accounts.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import type { ByteRange } from '../store/files.ts'
import type { Bucket } from '../store/store.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { NEXT_POSITION } from './append-object.ts'
import { isUnchanged } from './conditions.ts'
import { followSymlink } from './symlink.ts'

/** GetObject, whole or one range of it. Source: OSS API reference, GetObject. */
export async function getObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const { named, reader } = await findReadable(bucket, exchange, oss)
  const { key } = await followSymlink(named, bucket, exchange, oss)
  // From here on what is open counts, whoever replaces or deletes it meanwhile.
  const opened = await oss.store.openObject(bucket.name, key)
  if (!opened) throw ossError('NoSuchKey', { details: { Key: exchange.key } })
  const { object } = opened
  try {
    requireRight(reader, exchange, oss, { action: 'oss:GetObject', bucket, key, object })
    const reply = headReply({ named: named.target === undefined ? object : named, object, reader }, exchange, oss)
    if (reply.status === 304) {
      await opened.close()
      return reply
    }
    const range = readRange(exchange, object.size)
    const stream = opened.read(range)
    if (range === undefined) return { ...reply, content: { size: object.size, stream } }
    const { start, end } = range
    return {
      status: 206,
      headers: { ...reply.headers, 'Content-Range': `bytes ${start}-${end}/${object.size}` },
      content: { size: end - start + 1, stream },
    }
  } catch (error) {
    await opened.close()
    throw error
  }
}

/** HeadObject: the headers of GetObject. */
export async function headObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const { named, reader } = await findReadable(bucket, exchange, oss)
  const object = await followSymlink(named, bucket, exchange, oss)
  return headReply({ named, object, reader }, exchange, oss)
}

/** GetObjectMeta: size, ETag and time, and nothing else. */
export async function getObjectMeta(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  const { named } = await findReadable(bucket, exchange, oss)
  const object = await followSymlink(named, bucket, exchange, oss)
  return {
    status: 200,
    headers: { ETag: `"${object.etag}"`, 'Last-Modified': modifiedAt(named, object).toUTCString() },
    content: { size: object.size },
  }
}

/** What was asked for, and what has the bytes: two objects where a symlink was. */
interface Found {
  named: StoredObject
  object: StoredObject
  /** Null for everybody. */
  reader: Principal | null
}

/** Whoever may not read is not told whether there is something to read. Throws OssError. */
async function findReadable(bucket: Bucket, exchange: Exchange, oss: LocalOss): Promise<Omit<Found, 'object'>> {
  const { key } = exchange
  const named = await oss.store.findObject(bucket.name, key)
  const reader = requireAccess(exchange, oss, { action: 'oss:GetObject', bucket, key, object: named })
  if (named === undefined) throw ossError('NoSuchKey', { details: { Key: key } })
  return { named, reader }
}

function headReply(found: Found, exchange: Exchange, oss: LocalOss): Reply {
  const { named, object } = found
  const headers = objectHeaders(found, exchange, oss)
  const current = { etag: object.etag, lastModified: modifiedAt(named, object).toISOString() }
  if (isUnchanged(current, exchange.headers, CONDITIONS)) return { status: 304, headers }
  return { status: 200, headers, content: { size: object.size } }
}

const CONDITIONS = {
  match: 'If-Match',
  noneMatch: 'If-None-Match',
  modifiedSince: 'If-Modified-Since',
  unmodifiedSince: 'If-Unmodified-Since',
}

/** Of a symlink: what concerns the bytes from its target, the later time of both, and the rest from the link. */
function objectHeaders({ named, object, reader }: Found, exchange: Exchange, oss: LocalOss): Record<string, string> {
  const overrides = exchange.query.flatMap(([name, value]) =>
    OVERRIDES.includes(name) && !/[^\x20-\x7e]/.test(value) ? [[name.slice('response-'.length), value] as const] : [],
  )
  // Or anybody could give out a link to a public object as another type than its owner chose.
  if (overrides.length > 0 && reader === null) throw ossError('OverrideNotSigned')
  return {
    'content-type': named.contentType,
    ...named.headers,
    ...Object.fromEntries(overrides),
    ETag: `"${object.etag}"`,
    'Last-Modified': modifiedAt(named, object).toUTCString(),
    'Accept-Ranges': 'bytes',
    'x-oss-object-type': named.type,
    'x-oss-storage-class': named.storageClass,
    'x-oss-hash-crc64ecma': object.crc64,
    ...(object.contentMd5 !== undefined && { 'Content-MD5': object.contentMd5 }),
    ...(named.type === 'Appendable' && { [NEXT_POSITION]: String(named.size) }),
    ...tagCount(named, reader, exchange, oss),
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

function modifiedAt(named: StoredObject, object: StoredObject): Date {
  return new Date(Math.max(Date.parse(named.lastModified), Date.parse(object.lastModified)))
}

/** Only for those who may read the tags. */
function tagCount(
  { key, tags }: StoredObject,
  reader: Principal | null,
  exchange: Exchange,
  oss: LocalOss,
): Record<string, string> {
  const count = Object.keys(tags).length
  if (count === 0 || reader === null) return {}
  const verdict = judge(reader, exchange, oss, { action: 'oss:GetObjectTagging', bucket: exchange.bucket, key })
  return verdict === 'allow' ? { 'x-oss-tagging-count': String(count) } : {}
}

/**
 * First and last byte, or nothing for the whole object: that is also OSS's answer to a range that it cannot read or that
 * begins behind the end, unless the client asks for the standard's behaviour. Throws OssError `InvalidRange` for those.
 */
function readRange({ headers }: Exchange, size: number): ByteRange | undefined {
  const { range } = headers
  if (range === undefined) return undefined
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim())
  const [, first = '', last = ''] = match ?? []
  const start = first === '' ? Math.max(0, size - Number(last)) : Number(first)
  const end = first === '' || last === '' ? size - 1 : Math.min(Number(last), size - 1)
  const isReadable = match !== null && first + last !== '' && !(first !== '' && last !== '' && Number(last) < start)
  if (isReadable && start <= end) return { start, end }
  if (isReadable && headers['x-oss-range-behavior'] === 'standard') {
    throw ossError('InvalidRange', { details: { ActualObjectSize: String(size), RangeRequested: range } })
  }
  return undefined
}

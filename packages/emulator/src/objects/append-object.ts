import { OssError, ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { errorReply } from '../http/reply.ts'
import { readAttributes } from './attributes.ts'

const MAX_BYTES = 5 * 1024 ** 3

/**
 * AppendObject: bytes behind those that are there; `position` says how many the client believes there are, and the
 * answer how many there are now. Headers count with the first piece. Source: OSS API reference, AppendObject.
 */
export async function appendObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { bucket: name, key, headers, body, now } = exchange
  const bucket = requireBucket(exchange, oss)
  const existing = await oss.store.findObject(name, key)
  requireAccess(exchange, oss, { action: 'oss:PutObject', bucket, key, object: existing })
  const position = readPosition(exchange)
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw ossError('MissingContentLength')
  }
  const attributes = readAttributes(new Map(Object.entries(headers)), { key, now })

  try {
    const mostBytes = MAX_BYTES - position
    const upload = await oss.store.receive(body, mostBytes)
    try {
      if (upload.size > mostBytes) throw ossError('BodyOverFiveGigabytes')
      if (headers['content-md5'] !== undefined && headers['content-md5'] !== upload.md5) throw ossError('InvalidDigest')
      const object = await oss.store.append(name, upload, attributes, position)
      return {
        status: 200,
        headers: {
          ETag: `"${object.etag}"`,
          'x-oss-hash-crc64ecma': object.crc64,
          [NEXT_POSITION]: String(object.size),
        },
      }
    } finally {
      await oss.store.discard(upload)
    }
  } catch (error) {
    if (!(error instanceof OssError) || error.code !== 'PositionNotEqualToLength') throw error
    return errorReply(error, exchange, { [NEXT_POSITION]: error.details.NextAppendPosition ?? '' })
  }
}

/** The header that tells where the next piece goes. */
export const NEXT_POSITION = 'x-oss-next-append-position'

function readPosition({ query }: Exchange): number {
  const text = new Map(query).get('position')
  if (text === undefined) throw ossError('MissingPosition', { details: { ArgumentName: 'position' } })
  if (/^\d{1,15}$/.test(text)) return Number(text)
  throw ossError('InvalidArgument', {
    message: 'The value of position is no number of bytes.',
    details: { ArgumentName: 'position', ArgumentValue: text },
  })
}

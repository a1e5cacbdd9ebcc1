import { ossError, percentEncode } from '@oss-direct/oss'
import { type Action, requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, requireBucket } from '../http/exchange.ts'
import { readEncoding } from '../objects/listing.ts'
import type { MultipartUpload } from './multipart-store.ts'

/**
 * The multipart upload that a request is about, for those who may. Throws OssError `NoSuchUpload`, also where the id is
 * that of another key.
 */
export async function requireUpload(exchange: Exchange, oss: LocalOss, action: Action): Promise<MultipartUpload> {
  const { key, query } = exchange
  const bucket = requireBucket(exchange, oss)
  const object = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action, bucket, key, object })
  const uploadId = new Map(query).get('uploadId') ?? ''
  const upload = await oss.multipart.find(bucket.name, key, uploadId)
  if (!upload) throw ossError('NoSuchUpload', { details: { UploadId: uploadId } })
  return upload
}

/** 1 to 10000. Throws OssError `InvalidArgument`. */
export function readPartNumber({ query }: Exchange): number {
  const text = new Map(query).get('partNumber') ?? ''
  if (text === '') {
    throw ossError('PartNumberMissing', { details: { ArgumentName: 'ResourceType', ArgumentValue: 'partNumber' } })
  }
  const number = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (number >= 1 && number <= MAX_PARTS) return number
  throw ossError('PartNumber', { details: { ArgumentName: 'PartNumber', ArgumentValue: text } })
}

export const MAX_PARTS = 10_000
/** Of one part. */
export const MAX_PART_BYTES = 5 * 1024 ** 3

/** How `encoding-type` wants keys in the answer, and what the answer says about it. */
export function readKeyEncoding(exchange: Exchange): { encoding: 'url' | undefined; encode(key: string): string } {
  const encoding = readEncoding(exchange)
  return { encoding, encode: encoding === 'url' ? percentEncode : (key) => key }
}

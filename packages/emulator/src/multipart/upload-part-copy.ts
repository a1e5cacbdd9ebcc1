import { ossError } from '@oss-direct/oss'
import type { Exchange, LocalOss, Reply } from '../http/exchange.ts'
import { writeXml } from '../http/xml-document.ts'
import { readCopySource } from '../objects/copy-source.ts'
import type { ByteRange } from '../store/files.ts'
import { MAX_PART_BYTES, readPartNumber, requireUpload } from './multipart-request.ts'

/** UploadPartCopy: bytes of another object become a part. Source: OSS API reference, UploadPartCopy. */
export async function uploadPartCopy(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { headers, now } = exchange
  const upload = await requireUpload(exchange, oss, 'oss:PutObject')
  const number = readPartNumber(exchange)
  const { bucket, key, object } = await readCopySource(exchange, oss)
  const range = readRange(headers['x-oss-copy-source-range'], object.size)
  if ((range ? range.end - range.start + 1 : object.size) > MAX_PART_BYTES) {
    throw ossError('InvalidArgument', {
      message: 'A part has up to 5 GB.',
      details: { ArgumentName: 'x-oss-copy-source-range' },
    })
  }
  const copied = await oss.store.copyBytes(bucket, key, range)
  if (!copied) throw ossError('NoSuchKey', { details: { Key: key } })
  try {
    const { etag, lastModified } = await oss.multipart.putPart(upload, number, copied.upload, now)
    return {
      status: 200,
      headers: {
        'Content-Type': 'application/xml',
        ETag: `"${etag}"`,
        ...(range && { 'Content-Range': `bytes ${range.start}-${range.end}/${copied.object.size}` }),
      },
      body: writeXml('CopyPartResult', { LastModified: lastModified, ETag: `"${etag}"` }),
    }
  } finally {
    await oss.store.discard(copied.upload)
  }
}

/** `bytes=0-9`, `bytes=5-`. What is no such range, or begins behind the end, means the whole object. */
function readRange(text: string | undefined, size: number): ByteRange | undefined {
  const [, first = '', last = ''] = /^bytes=(\d{1,15})-(\d{1,15})?$/.exec(text?.trim() ?? '') ?? []
  const start = Number(first)
  const end = last === '' ? size - 1 : Math.min(Number(last), size - 1)
  return first !== '' && start <= end ? { start, end } : undefined
}

import { ossError } from '@oss-direct/oss'
import type { Exchange, LocalOss, Reply } from '../http/exchange.ts'
import { MAX_PART_BYTES, readPartNumber, requireUpload } from './multipart-request.ts'

/** UploadPart: the request body becomes a part; a later one of the same number replaces it. Source: OSS API reference. */
export async function uploadPart(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { headers, body, now } = exchange
  const upload = await requireUpload(exchange, oss, 'oss:PutObject')
  const number = readPartNumber(exchange)
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw ossError('MissingContentLength')
  }
  // Source: OSS API reference, InitiateMultipartUpload, error codes.
  if (headers['x-oss-server-side-encryption'] !== undefined) {
    throw ossError('InvalidArgument', {
      message: 'The encryption is said when the upload is initiated, and not with each part.',
      details: { ArgumentName: 'x-oss-server-side-encryption' },
    })
  }
  const content = await oss.store.receive(body, MAX_PART_BYTES)
  try {
    if (content.size > MAX_PART_BYTES) throw ossError('BodyOverFiveGigabytes')
    if (headers['content-md5'] !== undefined && headers['content-md5'] !== content.md5) throw ossError('InvalidDigest')
    const { etag, crc64, md5 } = await oss.multipart.putPart(upload, number, content, now)
    return { status: 200, headers: { ETag: `"${etag}"`, 'x-oss-hash-crc64ecma': crc64, 'Content-MD5': md5 } }
  } finally {
    await oss.store.discard(content)
  }
}

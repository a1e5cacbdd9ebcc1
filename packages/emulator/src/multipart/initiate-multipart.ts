import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import { readAttributes, readForbidOverwrite } from '../objects/attributes.ts'
import { readKeyEncoding } from './multipart-request.ts'

/**
 * InitiateMultipartUpload: says what the object is going to be. A callback counts with the last call only.
 * Source: OSS API reference, InitiateMultipartUpload.
 */
export async function initiateMultipart(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { headers, key, now } = exchange
  const bucket = requireBucket(exchange, oss)
  const existing = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action: 'oss:PutObject', bucket, key, object: existing })
  const source = new Map(Object.entries(headers))
  const attributes = readAttributes(source, { key, now })
  const forbidOverwrite = readForbidOverwrite(source)
  const { encoding, encode } = readKeyEncoding(exchange)
  if (forbidOverwrite && existing) throw ossError('FileAlreadyExists')
  const { uploadId } = await oss.multipart.begin(bucket.name, attributes, { forbidOverwrite })
  return xmlReply(
    writeXml('InitiateMultipartUploadResult', {
      Bucket: bucket.name,
      Key: encode(key),
      UploadId: uploadId,
      EncodingType: encoding,
    }),
  )
}

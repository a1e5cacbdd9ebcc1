import { ossError } from '@oss-direct/oss'
import type { Exchange, LocalOss, Reply } from '../http/exchange.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import { readMaxKeys } from '../objects/listing.ts'
import { readKeyEncoding, requireUpload } from './multipart-request.ts'

/** ListParts: what of an upload is there. Source: OSS API reference, ListParts. */
export async function listParts(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const upload = await requireUpload(exchange, oss, 'oss:ListParts')
  const query = new Map(exchange.query)
  const { encoding, encode } = readKeyEncoding(exchange)
  const marker = readMarker(query.get('part-number-marker') ?? '')
  const most = readMaxKeys(query.get('max-parts') || '1000', 'max-parts')
  const { parts, isTruncated } = await oss.multipart.listParts(upload, marker, most)
  return xmlReply(
    writeXml('ListPartsResult', {
      EncodingType: encoding,
      Bucket: upload.bucket,
      Key: encode(upload.attributes.key),
      UploadId: upload.uploadId,
      PartNumberMarker: marker,
      NextPartNumberMarker: parts.at(-1)?.number ?? marker,
      MaxParts: most,
      IsTruncated: isTruncated,
      Part: parts.map(({ number, lastModified, etag, size, crc64 }) => ({
        PartNumber: number,
        LastModified: lastModified,
        ETag: `"${etag}"`,
        Size: size,
        HashCrc64ecma: crc64,
      })),
    }),
  )
}

function readMarker(text: string): number {
  if (/^\d{0,9}$/.test(text)) return Number(text)
  throw ossError('InvalidArgument', {
    message: 'The value of part-number-marker is no number of a part.',
    details: { ArgumentName: 'part-number-marker', ArgumentValue: text },
  })
}

import { childText, type OssError, ossError, type XmlElement } from '@oss-direct/oss'
import { readCallback } from '../callback/callback-request.ts'
import type { Exchange, LocalOss, Reply } from '../http/exchange.ts'
import { readXmlBody } from '../http/xml-body.ts'
import { writeXml } from '../http/xml-document.ts'
import { readForbidOverwrite, readObjectAcl } from '../objects/attributes.ts'
import { storeUpload, writtenHeaders } from '../objects/upload.ts'
import type { ObjectAttributes, StoredObject } from '../store/stored-object.ts'
import { MAX_PARTS, readKeyEncoding, requireUpload } from './multipart-request.ts'
import type { MultipartUpload, Part } from './multipart-store.ts'

/**
 * CompleteMultipartUpload: parts become the object, and the upload is gone; whatever is refused leaves it as it was. An
 * answer of the application takes the place of OSS's own. Source: OSS API reference, CompleteMultipartUpload.
 */
export async function completeMultipart(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const upload = await requireUpload(exchange, oss, 'oss:PutObject')
  const { encoding, encode } = readKeyEncoding(exchange)
  const attributes = readFinalAttributes(upload, exchange)
  const forbidOverwrite = readForbidOverwrite(new Map(Object.entries(exchange.headers))) || upload.forbidOverwrite
  const callback = readCallback(exchange, oss)
  const listed = await readPartList(exchange)

  const success = (object: StoredObject): Reply => ({
    status: 200,
    headers: { ...writtenHeaders(object), 'Content-Type': 'application/xml' },
    body: writeXml('CompleteMultipartUploadResult', {
      EncodingType: encoding,
      Location: locationOf(exchange),
      Bucket: upload.bucket,
      Key: encode(object.key),
      ETag: `"${object.etag}"`,
    }),
  })
  return oss.multipart.complete(upload, (all, commitParts) => {
    const parts = listed === 'all' ? all : choose(all, listed, upload)
    checkParts(parts, upload)
    const commit = async () => {
      const object = await commitParts(parts, attributes, { forbidOverwrite })
      if (!object) throw ossError('FileAlreadyExistsAtComplete')
      return object
    }
    return storeUpload(commit, { pieces: parts, callback, success }, exchange, oss)
  })
}

/** Where the client found the object, in the style in which it asked. */
function locationOf({ request, host }: Exchange): string {
  return `http://${host}${(request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '').replace(/\?.*$/s, '')}`
}

/** Of what was said at the beginning only the ACL may still be changed. */
function readFinalAttributes({ attributes }: MultipartUpload, { headers, now }: Exchange): ObjectAttributes {
  const acl = headers['x-oss-object-acl']
  const lastModified = now.toISOString().replace(/\.\d+/, '.000')
  return { ...attributes, lastModified, ...(acl !== undefined && { acl: readObjectAcl(acl) }) }
}

interface ListedPart {
  number: number
  etag: string
}

// A part of the wordiest SDK, on lines of their own and with `&quot;`, is 120 bytes: 1.2 MB for 10,000 of them.
const MAX_LIST_BYTES = 2 * 1024 * 1024

async function readPartList(exchange: Exchange): Promise<readonly ListedPart[] | 'all'> {
  const all = exchange.headers['x-oss-complete-all']
  if (all === undefined) return parsePartList(await readXmlBody(exchange, MAX_LIST_BYTES))
  const argument = { ArgumentName: 'x-oss-complete-all', ArgumentValue: all }
  if (all.trim().toLowerCase() !== 'yes') {
    throw ossError('InvalidArgument', { message: 'x-oss-complete-all must be yes.', details: argument })
  }
  let bytes = 0
  for await (const chunk of exchange.body as AsyncIterable<Buffer>) bytes += chunk.length
  if (bytes > 0) throw ossError('CompleteAllWithBody', { details: argument })
  return 'all'
}

/** Throws OssError `MalformedXML` and `InvalidPartOrder`. */
function parsePartList(root: XmlElement): readonly ListedPart[] {
  const parts = root.children.filter(({ name }) => name === 'Part').map(parsePart)
  if (root.name !== 'CompleteMultipartUpload' || parts.length === 0 || parts.length > MAX_PARTS) {
    throw ossError('MalformedXml')
  }
  const isOutOfOrder = parts.some(({ number }, index) => number <= (parts[index - 1]?.number ?? -1))
  if (isOutOfOrder) throw ossError('InvalidPartOrder')
  return parts
}

/** ETags come with quotes and without, in either case. */
function parsePart(part: XmlElement): ListedPart {
  const number = childText(part, 'PartNumber')?.trim() ?? ''
  const etag = childText(part, 'ETag')?.trim()
  if (etag === undefined || !/^\d{1,9}$/.test(number)) throw ossError('MalformedXml')
  return { number: Number(number), etag: etag.replace(/^"(.*)"$/, '$1').toUpperCase() }
}

function choose(parts: readonly Part[], listed: readonly ListedPart[], upload: MultipartUpload): Part[] {
  const byNumber = new Map(parts.map((part) => [part.number, part]))
  return listed.map(({ number, etag }) => {
    const part = byNumber.get(number)
    if (part?.etag !== etag) throw invalidPart(number, upload)
    return part
  })
}

const MIN_PART_BYTES = 100 * 1024

/** Only here does OSS know which part is the last, and may be small. */
function checkParts(parts: readonly Part[], upload: MultipartUpload): void {
  if (parts.length === 0) throw invalidPart(1, upload)
  const small = parts.slice(0, -1).find(({ size }) => size < MIN_PART_BYTES)
  if (!small) return
  throw ossError('PartTooSmall', {
    details: {
      MinSizeAllowed: String(MIN_PART_BYTES),
      ProposedSize: String(small.size),
      ETag: `"${small.etag}"`,
      PartNumber: String(small.number),
    },
  })
}

function invalidPart(number: number, { uploadId }: MultipartUpload): OssError {
  return ossError('InvalidPart', { details: { PartNumber: String(number), UploadId: uploadId } })
}

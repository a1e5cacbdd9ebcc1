import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import { readListText, readMaxKeys } from '../objects/listing.ts'
import { compareKeys } from '../store/key-index.ts'
import { readKeyEncoding } from './multipart-request.ts'
import type { MultipartUpload } from './multipart-store.ts'

/** ListMultipartUploads: those in progress, by key and then by age. Source: OSS API reference, ListMultipartUploads. */
export async function listMultipartUploads(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:ListMultipartUploads', bucket: exchange.bucket })
  const { name } = requireBucket(exchange, oss)
  const query = new Map(exchange.query)
  const { encoding, encode } = readKeyEncoding(exchange)
  const asked = {
    prefix: readListText(query, 'prefix'),
    delimiter: readListText(query, 'delimiter'),
    keyMarker: readListText(query, 'key-marker'),
    uploadIdMarker: readListText(query, 'upload-id-marker'),
  }
  const most = readMaxKeys(query.get('max-uploads') || '1000', 'max-uploads')
  const entries = listEntries(await oss.multipart.list(name), asked)
  const page = entries.slice(0, most)
  const last = page.at(-1)
  return xmlReply(
    writeXml('ListMultipartUploadsResult', {
      EncodingType: encoding,
      Bucket: name,
      KeyMarker: encode(asked.keyMarker),
      UploadIdMarker: asked.uploadIdMarker,
      NextKeyMarker: encode(last?.name ?? ''),
      NextUploadIdMarker: last?.upload?.uploadId ?? '',
      Delimiter: encode(asked.delimiter),
      Prefix: encode(asked.prefix),
      MaxUploads: most,
      IsTruncated: most > 0 && entries.length > page.length,
      Upload: page.flatMap(({ upload }) => (upload ? [describe(upload, encode)] : [])),
      CommonPrefixes: page.flatMap((entry) => (entry.upload ? [] : [{ Prefix: encode(entry.name) }])),
    }),
  )
}

interface ListRequest {
  prefix: string
  /** Empty: nothing is folded. */
  delimiter: string
  keyMarker: string
  /** Counts only together with a key. */
  uploadIdMarker: string
}

/** An upload with its key, or a folder of uploads. */
interface Entry {
  name: string
  upload?: MultipartUpload
}

/** A folder once, at the place of its first upload; one that the marker lies in was listed before. */
function listEntries(uploads: readonly MultipartUpload[], request: ListRequest): Entry[] {
  const { prefix, delimiter, keyMarker, uploadIdMarker } = request
  const folderOf = (key: string) => {
    const at = delimiter === '' || !key.startsWith(prefix) ? -1 : key.indexOf(delimiter, prefix.length)
    return at === -1 ? undefined : key.slice(0, at + delimiter.length)
  }
  const isBehind = ({ attributes: { key }, uploadId }: MultipartUpload) => {
    const order = compareKeys(key, keyMarker)
    return order > 0 || (order === 0 && uploadIdMarker !== '' && uploadId > uploadIdMarker)
  }
  const entries: Entry[] = []
  let listed = folderOf(keyMarker)
  for (const upload of uploads) {
    const { key } = upload.attributes
    if (!key.startsWith(prefix) || !isBehind(upload)) continue
    const folder = folderOf(key)
    if (folder === undefined) entries.push({ name: key, upload })
    else if (folder !== listed) entries.push({ name: folder })
    listed = folder ?? listed
  }
  return entries
}

function describe({ uploadId, attributes }: MultipartUpload, encode: (key: string) => string) {
  return {
    Key: encode(attributes.key),
    UploadId: uploadId,
    StorageClass: attributes.storageClass,
    Initiated: attributes.lastModified,
  }
}

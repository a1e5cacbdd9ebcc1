import { ossError, percentEncode } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { OWNER_ID } from '../access/accounts.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml, type XmlContent, xmlReply } from '../http/xml-document.ts'
import type { Bucket } from '../store/store.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { type ListEntry, listEntries, readEncoding, readListText, readMaxKeys, takePage } from './listing.ts'

/** ListObjects, the first version: continued by `marker`, a name. Source: OSS API reference, ListObjects. */
export async function listObjects(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireListable(exchange, oss)
  const query = new Map(exchange.query)
  const asked = readListRequest(exchange, query)
  const marker = readListText(query, 'marker')
  const { page, isTruncated } = await takePage(
    listEntries(oss.store, bucket.name, { ...asked, after: marker }),
    asked.maxKeys,
  )
  const { encode } = asked
  return xmlReply(
    writeXml('ListBucketResult', {
      Name: bucket.name,
      Prefix: encode(asked.prefix),
      Marker: encode(marker),
      MaxKeys: asked.maxKeys,
      Delimiter: encode(asked.delimiter),
      EncodingType: asked.encoding,
      IsTruncated: isTruncated,
      NextMarker: isTruncated ? encode(page.at(-1)?.name ?? '') : undefined,
      Contents: await describeObjects(page, { bucket, encode, Owner: OWNER }, oss),
      CommonPrefixes: describeFolders(page, encode),
    }),
  )
}

/** ListObjectsV2: continued by a token, owners on request. Source: OSS API reference, ListObjectsV2. */
export async function listObjectsV2(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireListable(exchange, oss)
  const query = new Map(exchange.query)
  if (query.get('list-type') !== '2') throw invalidArgument('list-type', query.get('list-type') ?? '')
  const asked = readListRequest(exchange, query)
  const startAfter = readListText(query, 'start-after')
  const token = query.get('continuation-token')
  const after = token === undefined || token === '' ? startAfter : readToken(token)
  const { page, isTruncated } = await takePage(listEntries(oss.store, bucket.name, { ...asked, after }), asked.maxKeys)
  const { encode } = asked
  const Owner = query.get('fetch-owner')?.toLowerCase() === 'true' ? OWNER : undefined
  return xmlReply(
    writeXml('ListBucketResult', {
      Name: bucket.name,
      Prefix: encode(asked.prefix),
      StartAfter: query.has('start-after') ? encode(startAfter) : undefined,
      ContinuationToken: token,
      MaxKeys: asked.maxKeys,
      Delimiter: encode(asked.delimiter),
      EncodingType: asked.encoding,
      IsTruncated: isTruncated,
      NextContinuationToken: isTruncated ? writeToken(page.at(-1)?.name ?? '') : undefined,
      Contents: await describeObjects(page, { bucket, encode, Owner }, oss),
      CommonPrefixes: describeFolders(page, encode),
      KeyCount: page.length,
    }),
  )
}

const OWNER = { ID: OWNER_ID, DisplayName: OWNER_ID }

function requireListable(exchange: Exchange, oss: LocalOss): Bucket {
  requireAccess(exchange, oss, { action: 'oss:ListObjects', bucket: exchange.bucket })
  return requireBucket(exchange, oss)
}

type Encode = (text: string) => string

function readListRequest(exchange: Exchange, query: ReadonlyMap<string, string>) {
  const encoding = readEncoding(exchange)
  const encode: Encode = encoding === 'url' ? percentEncode : (text) => text
  return {
    prefix: readListText(query, 'prefix'),
    delimiter: readListText(query, 'delimiter'),
    maxKeys: readMaxKeys(query.get('max-keys')),
    encoding,
    encode,
  }
}

/** In the order that was recorded. An object that went meanwhile is left out. */
async function describeObjects(
  page: readonly ListEntry[],
  { bucket, encode, Owner }: { bucket: Bucket; encode: Encode; Owner: XmlContent | undefined },
  oss: LocalOss,
): Promise<XmlContent[]> {
  const keys = page.filter(({ kind }) => kind === 'key')
  const objects = await Promise.all(keys.map(({ name }) => oss.store.findObject(bucket.name, name)))
  const describe = (object: StoredObject) => ({
    Key: encode(object.key),
    LastModified: object.lastModified,
    ETag: `"${object.etag}"`,
    Type: object.type,
    Size: object.size,
    StorageClass: object.storageClass,
    Owner,
  })
  return objects.flatMap((object) => (object === undefined ? [] : [describe(object)]))
}

function describeFolders(page: readonly ListEntry[], encode: Encode): XmlContent[] {
  return page.filter(({ kind }) => kind === 'folder').map(({ name }) => ({ Prefix: encode(name) }))
}

// A token is a name that nobody is to read; with `-` for the padding, as OSS writes it.
function writeToken(name: string): string {
  return Buffer.from(name).toString('base64').replaceAll('=', '-')
}

/** Throws OssError `InvalidArgument` for a token that is not ours. */
function readToken(token: string): string {
  const name = Buffer.from(token.replaceAll('-', '='), 'base64').toString()
  if (writeToken(name) !== token) throw invalidArgument('continuation-token', token)
  return name
}

function invalidArgument(name: string, value: string) {
  return ossError('InvalidArgument', {
    message: `The value of ${name} is not valid.`,
    details: { ArgumentName: name, ArgumentValue: value },
  })
}

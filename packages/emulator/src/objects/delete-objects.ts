import { childText, ossError, percentEncode, type XmlElement } from '@oss-direct/oss'
import { requireAccess, requireRight, type WantedAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { readXmlBody } from '../http/xml-body.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import { readEncoding } from './listing.ts'

const MAX_KEYS = 1000
const MAX_XML_BYTES = 2 * 1024 * 1024

/**
 * DeleteMultipleObjects: tells of every key that it is gone, whether it was there or not; nothing where the request is
 * quiet. One key that may not be deleted refuses them all. Source: OSS API reference, DeleteMultipleObjects.
 */
export async function deleteObjects(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const bucket = requireBucket(exchange, oss)
  if (exchange.headers['content-md5'] === undefined) {
    throw ossError('MissingContentMd5', { details: { ArgumentName: 'Content-MD5' } })
  }
  const encoding = readEncoding(exchange)
  const { quiet, keys } = readDelete(await readXmlBody(exchange, MAX_XML_BYTES))
  const [first = '', ...others] = keys
  const wanted = async (key: string): Promise<WantedAccess> => {
    return { action: 'oss:DeleteObject', bucket, key, object: await oss.store.findObject(bucket.name, key) }
  }
  const principal = requireAccess(exchange, oss, await wanted(first))
  for (const key of others) requireRight(principal, exchange, oss, await wanted(key))
  for (const key of keys) await oss.store.deleteObject(bucket.name, key)
  if (quiet) return { status: 200 }
  return xmlReply(
    writeXml('DeleteResult', {
      EncodingType: encoding,
      Deleted: keys.map((key) => ({ Key: encoding === undefined ? key : percentEncode(key) })),
    }),
  )
}

/** Throws OssError `MalformedXML`, and `NotImplemented` where a version is meant. */
function readDelete(root: XmlElement): { quiet: boolean; keys: string[] } {
  const objects = root.children.filter(({ name }) => name === 'Object')
  const quiet = childText(root, 'Quiet') ?? 'false'
  const isKnown = root.name === 'Delete' && ['true', 'false'].includes(quiet.toLowerCase())
  if (!isKnown || objects.length < 1 || objects.length > MAX_KEYS) throw ossError('MalformedXml')
  const keys = objects.map((object) => {
    const key = childText(object, 'Key') ?? ''
    const version = childText(object, 'VersionId') ?? 'null'
    if (version !== 'null') {
      throw ossError('NotImplemented', { message: 'The local OSS keeps no versions of an object.' })
    }
    if (key === '') throw ossError('MalformedXml')
    return key
  })
  return { quiet: quiet.toLowerCase() === 'true', keys }
}

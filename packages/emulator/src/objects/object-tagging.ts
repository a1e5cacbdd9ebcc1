import { ossError } from '@oss-direct/oss'
import { type Action, requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { readXmlBody } from '../http/xml-body.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { readTagging, type Tags, writeTagging } from './object-tags.ts'

// Ten tags of the greatest length, each character as an entity, and the elements round them.
const MAX_XML_BYTES = 64 * 1024

/** PutObjectTagging: in place of the tags there were; the object counts as unmodified. Source: OSS API reference. */
export async function putObjectTagging(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  await requireObject('oss:PutObjectTagging', exchange, oss)
  await replaceTags(readTagging(await readXmlBody(exchange, MAX_XML_BYTES)), exchange, oss)
  return { status: 200 }
}

export async function getObjectTagging(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { tags } = await requireObject('oss:GetObjectTagging', exchange, oss)
  return xmlReply(writeXml('Tagging', writeTagging(tags)))
}

export async function deleteObjectTagging(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  await requireObject('oss:DeleteObjectTagging', exchange, oss)
  await replaceTags({}, exchange, oss)
  return { status: 204 }
}

async function requireObject(action: Action, exchange: Exchange, oss: LocalOss): Promise<StoredObject> {
  const { key } = exchange
  const bucket = requireBucket(exchange, oss)
  const object = await oss.store.findObject(bucket.name, key)
  requireAccess(exchange, oss, { action, bucket, key, object })
  if (!object) throw ossError('NoSuchKey', { details: { Key: key } })
  return object
}

async function replaceTags(tags: Tags, { bucket, key }: Exchange, oss: LocalOss): Promise<void> {
  const revised = await oss.store.revise(bucket, key, (object) => ({ ...object, tags }))
  if (!revised) throw ossError('NoSuchKey', { details: { Key: key } })
}

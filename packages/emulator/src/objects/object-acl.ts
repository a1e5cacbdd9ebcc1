import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { OWNER_ID } from '../access/accounts.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import { readObjectAcl } from './attributes.ts'

/** PutObjectACL: `default` gives the object back to its bucket's. Source: OSS API reference, PutObjectACL. */
export async function putObjectAcl(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { key, headers } = exchange
  const bucket = requireBucket(exchange, oss)
  requireAccess(exchange, oss, { action: 'oss:PutObjectAcl', bucket, key })
  const acl = readObjectAcl(headers['x-oss-object-acl'] ?? '')
  const revised = await oss.store.revise(bucket.name, key, (object) => ({ ...object, acl }))
  if (!revised) throw ossError('NoSuchKey', { details: { Key: key } })
  return { status: 200 }
}

export async function getObjectAcl(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { key } = exchange
  const bucket = requireBucket(exchange, oss)
  requireAccess(exchange, oss, { action: 'oss:GetObjectAcl', bucket, key })
  const object = await oss.store.findObject(bucket.name, key)
  if (!object) throw ossError('NoSuchKey', { details: { Key: key } })
  const Owner = { ID: OWNER_ID, DisplayName: OWNER_ID }
  return xmlReply(writeXml('AccessControlPolicy', { Owner, AccessControlList: { Grant: object.acl } }))
}

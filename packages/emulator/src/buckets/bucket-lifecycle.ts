import { childText, ossError, writeXmlElement, type XmlElement } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { readXmlBody } from '../http/xml-body.ts'
import { xmlReply } from '../http/xml-document.ts'

/**
 * PutBucketLifecycle. OSS acts by the rules once a day; here they are only kept and shown. Whoever deletes them needs the same
 * right. Source: OSS API reference.
 */
export async function putBucketLifecycle(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:PutBucketLifecycle', bucket: exchange.bucket })
  const bucket = requireBucket(exchange, oss)
  const lifecycle = checkLifecycle(await readXmlBody(exchange, MAX_BYTES))
  await oss.store.saveBucket({ ...bucket, lifecycle })
  return { status: 200 }
}

export async function getBucketLifecycle(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:GetBucketLifecycle', bucket: exchange.bucket })
  const { lifecycle, name } = requireBucket(exchange, oss)
  if (lifecycle === undefined) throw ossError('NoSuchLifecycle', { details: { BucketName: name } })
  return xmlReply(`<?xml version="1.0" encoding="UTF-8"?>\n${writeXmlElement(lifecycle)}`)
}

export async function deleteBucketLifecycle(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:PutBucketLifecycle', bucket: exchange.bucket })
  const { lifecycle: _gone, ...bucket } = requireBucket(exchange, oss)
  await oss.store.saveBucket(bucket)
  return { status: 204 }
}

const MAX_BYTES = 1024 * 1024
const MAX_RULES = 1000
const ACTIONS = [
  'Expiration',
  'AbortMultipartUpload',
  'Transition',
  'NoncurrentVersionExpiration',
  'NoncurrentVersionTransition',
]

/** Throws OssError `MalformedXML` or `InvalidArgument`. */
function checkLifecycle(root: XmlElement): XmlElement {
  const rules = root.children.filter(({ name }) => name === 'Rule')
  if (root.name !== 'LifecycleConfiguration' || rules.length === 0 || rules.length > MAX_RULES) {
    throw ossError('MalformedXml')
  }
  const ids = rules.flatMap((rule) => childText(rule, 'ID') ?? [])
  if (new Set(ids).size < ids.length) throw refusal('two rules have one ID')
  for (const rule of rules) {
    if ((childText(rule, 'ID') ?? '').length > 255) throw refusal('an ID has more than 255 characters')
    if (!['Enabled', 'Disabled'].includes(childText(rule, 'Status') ?? '')) throw ossError('MalformedXml')
    const actions = rule.children.filter(({ name }) => ACTIONS.includes(name))
    if (actions.length === 0) throw ossError('MalformedXml')
    for (const { name, children } of actions.filter((action) => action.name === 'AbortMultipartUpload')) {
      const [when, ...more] = children
      const isWhen = when?.name === 'Days' ? /^[1-9]\d*$/.test(when.text.trim()) : when?.name === 'CreatedBeforeDate'
      if (!isWhen || more.length > 0) throw refusal(`${name} takes Days, 1 or more, or CreatedBeforeDate`)
    }
  }
  return root
}

function refusal(reason: string) {
  return ossError('InvalidArgument', { message: `The lifecycle configuration is invalid: ${reason}.` })
}

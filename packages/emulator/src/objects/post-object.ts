import {
  authenticateForm,
  checkSizeRange,
  escapeXml,
  evaluatePostPolicy,
  type FormFields,
  ossError,
  parseCallback,
  percentEncodeKey,
  type SizeRange,
} from '@oss-direct/oss'
import { requireRight } from '../access/access.ts'
import { type Exchange, type LocalOss, meetFaults, type Reply, requireBucket } from '../http/exchange.ts'
import type { Bucket } from '../store/store.ts'
import type { StoredObject } from '../store/stored-object.ts'
import { fieldsAsHeaders, readAttributes, readForbidOverwrite } from './attributes.ts'
import { type PostForm, readPostForm } from './post-form.ts'
import { storeUpload, writtenHeaders } from './upload.ts'

const MAX_BYTES = 5 * 1024 ** 3

/**
 * PostObject: a form of a browser becomes an object.
 *
 * Signatures in the header or the URL count for nothing here. Checked in OSS's order: form, key, bucket, signature,
 * policy; and once the body is over, size, attributes, overwrite and callback, before anything becomes visible.
 *
 * Source: OSS API reference, PostObject.
 */
export async function postObject(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { body, headers, entry } = exchange
  const form = await readPostForm(body, headers['content-type'])
  const { fields } = form
  const keyField = fields.get('key')
  if (keyField === undefined) {
    throw ossError('KeyMissing', { details: { ArgumentName: 'key', ArgumentValue: '' } })
  }
  const key = keyField.replaceAll('${filename}', () => form.file.name.replace(/^.*[/\\]/s, ''))
  entry.key = key
  const bucket = requireBucket(exchange, oss)
  const contentType =
    fields.get('x-oss-content-type') ??
    fields.get('content-type') ??
    form.file.contentType ??
    'application/octet-stream'
  const sizeRange = admitForm(form, contentType, bucket, exchange, oss)
  await meetFaults(exchange, oss, key)

  const upload = await oss.store.receive(form.file.content, Math.min(sizeRange.max, MAX_BYTES))
  try {
    if (headers['content-md5'] !== undefined && headers['content-md5'] !== body.md5) throw ossError('InvalidDigest')
    if (upload.size > MAX_BYTES) throw ossError('BodyOverFiveGigabytes')
    checkSizeRange(upload.size, sizeRange)
    const attributes = readAttributes(describeObject(fields, contentType, headers), { key, now: exchange.now })
    const forbidOverwrite = readForbidOverwrite(fields)
    if (forbidOverwrite && (await oss.store.findObject(bucket.name, key))) throw ossError('FileAlreadyExists')
    const callbackField = fields.get('callback')
    const callback = callbackField ? parseCallback(callbackField, form.variables, oss) : null

    const success = (object: StoredObject) => successReply(form, object, exchange)
    const commit = () => oss.store.commit(bucket.name, upload, attributes, { forbidOverwrite })
    return await storeUpload(commit, { pieces: [upload], callback, success }, exchange, oss)
  } finally {
    await oss.store.discard(upload)
  }
}

/** Lets a form through, and says how large its file may be. Throws OssError. */
function admitForm(form: PostForm, contentType: string, bucket: Bucket, exchange: Exchange, oss: LocalOss): SizeRange {
  const { now } = exchange
  const { fields } = form
  const { findCredentials } = oss.accounts
  const signed = authenticateForm(fields, { region: oss.region, now, findCredentials })
  requireRight(signed?.principal ?? null, exchange, oss, { action: 'oss:PutObject', bucket, key: exchange.entry.key })
  if (signed) return evaluatePostPolicy({ ...signed, bucket: bucket.name, fields, contentType, now })
  return { min: 0, max: Number.MAX_SAFE_INTEGER }
}

/** The form in terms of PutObject's headers. Only the ACL may come as a header of the request too; the field wins. */
function describeObject(
  fields: FormFields,
  contentType: string,
  headers: Readonly<Record<string, string>>,
): FormFields {
  const acl = headers['x-oss-object-acl']
  const inherited = acl === undefined ? [] : [['x-oss-object-acl', acl] as const]
  return fieldsAsHeaders(new Map([...inherited, ...fields, ['content-type', contentType]]))
}

function successReply({ fields }: PostForm, object: StoredObject, exchange: Exchange): Reply {
  const { host, bucket, request } = exchange
  const headers = writtenHeaders(object)
  const redirect = redirectTarget(fields.get('success_action_redirect'), bucket, object)
  if (redirect !== undefined) return { status: 303, headers: { ...headers, Location: redirect } }
  // `/BUCKET` or nothing: the bucket's name is in the path or in the host.
  const path = (request.url ?? '').replace(/\/?(\?.*)?$/s, '')
  switch (fields.get('success_action_status')) {
    case '200':
      return { status: 200, headers }
    case '201':
      return {
        status: 201,
        headers: { ...headers, 'Content-Type': 'application/xml' },
        body: postResponse(`http://${host}${path}/${percentEncodeKey(object.key)}`, bucket, object),
      }
    default:
      return { status: 204, headers }
  }
}

function redirectTarget(text: string | undefined, bucket: string, object: StoredObject): string | undefined {
  if (!text || !URL.canParse(text)) return undefined
  const url = new URL(text)
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return undefined
  url.searchParams.append('bucket', bucket)
  url.searchParams.append('key', object.key)
  url.searchParams.append('etag', `"${object.etag}"`)
  return url.href
}

function postResponse(location: string, bucket: string, object: StoredObject): string {
  const elements = { Location: location, Bucket: bucket, Key: object.key, ETag: `"${object.etag}"` }
  const lines = Object.entries(elements).map(([name, text]) => `  <${name}>${escapeXml(text)}</${name}>`)
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<PostResponse>', ...lines, '</PostResponse>'].join('\n')
}

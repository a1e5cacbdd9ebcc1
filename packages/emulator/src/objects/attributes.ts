import { type OssError, ossError } from '@oss-direct/oss'
import type { Acl, ObjectAttributes, StoredObject } from '../store/stored-object.ts'
import { readTaggingHeader } from './object-tags.ts'

const ACLS: readonly string[] = ['default', 'private', 'public-read', 'public-read-write'] satisfies (Acl | 'default')[]
const STORAGE_CLASSES = ['Standard', 'IA', 'Archive', 'ColdArchive', 'DeepColdArchive']
const ENCRYPTIONS = ['AES256', 'KMS', 'SM4']
const KEPT = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
  'x-oss-server-side-encryption',
  'x-oss-server-side-encryption-key-id',
]
const META = 'x-oss-meta-'
const MAX_META_BYTES = 8 * 1024

/**
 * What an upload says about its object, in headers: lower-case names, values as bytes, which is how Node shows them.
 * Throws OssError for values that OSS does not take.
 */
export function readAttributes(
  source: ReadonlyMap<string, string>,
  known: { key: string; now: Date },
): ObjectAttributes {
  const { key, now } = known
  const encryption = source.get('x-oss-server-side-encryption')
  if (encryption !== undefined && !ENCRYPTIONS.includes(encryption)) throw ossError('InvalidEncryption')
  const names = [...source.keys()].filter((name) => KEPT.includes(name) || name.startsWith(META))
  const headers = Object.fromEntries(names.map((name) => [name, readHeaderValue(name, source.get(name) ?? '')]))
  const metaBytes = names.reduce(
    (sum, name) => (name.startsWith(META) ? sum + name.length - META.length + (headers[name]?.length ?? 0) : sum),
    0,
  )
  if (metaBytes > MAX_META_BYTES) throw refusal('x-oss-meta-*', `is ${metaBytes} bytes in all; OSS takes 8192`)
  return {
    key: checkKey(key),
    contentType: readHeaderValue('content-type', source.get('content-type') ?? 'application/octet-stream'),
    // Whole seconds, which is all that OSS keeps.
    lastModified: now.toISOString().replace(/\.\d+/, '.000'),
    storageClass: oneOf('x-oss-storage-class', source.get('x-oss-storage-class') ?? 'Standard', STORAGE_CLASSES),
    acl: readObjectAcl(source.get('x-oss-object-acl') ?? 'default'),
    headers,
    tags: readTaggingHeader(source.get('x-oss-tagging') ?? ''),
  }
}

/** An ACL of an object, from `x-oss-object-acl`. Throws OssError `InvalidArgument`. */
export function readObjectAcl(text: string): StoredObject['acl'] {
  return oneOf('x-oss-object-acl', text, ACLS) as StoredObject['acl']
}

/** Whether the key may not be taken yet. Throws OssError for anything but true and false. */
export function readForbidOverwrite(source: ReadonlyMap<string, string>): boolean {
  const value = source.get('x-oss-forbid-overwrite')?.toLowerCase()
  if (value === undefined || value === 'false') return false
  if (value === 'true') return true
  throw ossError('ForbidOverwriteValue')
}

/** 1 to 1023 bytes, no slash in front. Throws OssError `InvalidObjectName`. */
export function checkKey(key: string): string {
  const bytes = Buffer.byteLength(key)
  if (bytes < 1 || bytes > 1023 || /^[/\\]/.test(key))
    throw ossError('InvalidObjectName', { details: { ObjectName: key } })
  return key
}

function oneOf(name: string, value: string, allowed: readonly string[]): string {
  if (!allowed.includes(value)) throw refusal(name, `is ${value}; OSS takes ${allowed.join(', ')}`)
  return value
}

/** Form fields as the headers that they stand for: their text becomes its UTF-8 bytes, in Latin-1. */
export function fieldsAsHeaders(fields: ReadonlyMap<string, string>): Map<string, string> {
  return new Map([...fields].map(([name, value]) => [name, Buffer.from(value).toString('latin1')]))
}

function readHeaderValue(name: string, value: string): string {
  const isControl = (code: number) => (code < 0x20 && code !== 0x09) || code === 0x7f
  if (Buffer.from(value, 'latin1').some(isControl)) throw refusal(name, 'contains control characters')
  return value
}

function refusal(name: string, reason: string): OssError {
  return ossError('InvalidArgument', {
    message: `The value of ${name} ${reason}.`,
    details: { ArgumentName: name },
  })
}

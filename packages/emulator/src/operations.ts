import { type OssError, ossError } from '@oss-direct/oss'
import { assumeRole } from './access/assume-role.ts'
import { configurationReader } from './buckets/bucket-configuration.ts'
import { deleteBucketCors, getBucketCors, preflight, putBucketCors } from './buckets/bucket-cors.ts'
import { getBucketAcl, getBucketInfo, getBucketLocation, getBucketStat, listBuckets } from './buckets/bucket-facts.ts'
import { deleteBucketLifecycle, getBucketLifecycle, putBucketLifecycle } from './buckets/bucket-lifecycle.ts'
import { deleteBucket } from './buckets/delete-bucket.ts'
import { putBucket, putBucketAcl } from './buckets/put-bucket.ts'
import type { Exchange, LocalOss, Reply } from './http/exchange.ts'
import { abortMultipart } from './multipart/abort-multipart.ts'
import { completeMultipart } from './multipart/complete-multipart.ts'
import { initiateMultipart } from './multipart/initiate-multipart.ts'
import { listMultipartUploads } from './multipart/list-multipart-uploads.ts'
import { listParts } from './multipart/list-parts.ts'
import { uploadPart } from './multipart/upload-part.ts'
import { uploadPartCopy } from './multipart/upload-part-copy.ts'
import { appendObject } from './objects/append-object.ts'
import { copyObject } from './objects/copy-object.ts'
import { deleteObject } from './objects/delete-object.ts'
import { deleteObjects } from './objects/delete-objects.ts'
import { getObject, getObjectMeta, headObject } from './objects/get-object.ts'
import { listObjects, listObjectsV2 } from './objects/list-objects.ts'
import { getObjectAcl, putObjectAcl } from './objects/object-acl.ts'
import { deleteObjectTagging, getObjectTagging, putObjectTagging } from './objects/object-tagging.ts'
import { postObject } from './objects/post-object.ts'
import { putObject } from './objects/put-object.ts'
import { getSymlink, putSymlink } from './objects/symlink.ts'

export interface Operation {
  /** As the OSS API reference calls it. */
  name: string
  method: string
  /** What the address names. @default whatever it is */
  level?: Level
  /** The query parameter that tells it from others of the same method and level. @default none */
  subresource?: string
  /** A header that, where it is sent, makes it this operation; such rows come before those without. @default none */
  header?: string
  /** Learns its key from the body: faults are met there, and not in front of it. @default false */
  keyInBody?: boolean
  /** Brings an object or a part, so that its answer can get lost. @default false */
  storesBytes?: boolean
  run(exchange: Exchange, oss: LocalOss): Promise<Reply>
}

type Level = 'service' | 'bucket' | 'object'

// biome-ignore format: one operation a line is the table that it is
const OPERATIONS: readonly Operation[] = [
  { name: 'ListBuckets',      method: 'GET',    level: 'service', run: listBuckets },
  { name: 'PutBucket',        method: 'PUT',    level: 'bucket', run: putBucket },
  { name: 'DeleteBucket',     method: 'DELETE', level: 'bucket', run: deleteBucket },
  { name: 'GetBucketInfo',    method: 'GET',    level: 'bucket', subresource: 'bucketInfo', run: getBucketInfo },
  { name: 'GetBucketLocation', method: 'GET',   level: 'bucket', subresource: 'location', run: getBucketLocation },
  { name: 'PutBucketAcl',     method: 'PUT',    level: 'bucket', subresource: 'acl', run: putBucketAcl },
  { name: 'GetBucketAcl',     method: 'GET',    level: 'bucket', subresource: 'acl', run: getBucketAcl },
  { name: 'PutBucketCors',    method: 'PUT',    level: 'bucket', subresource: 'cors', run: putBucketCors },
  { name: 'GetBucketCors',    method: 'GET',    level: 'bucket', subresource: 'cors', run: getBucketCors },
  { name: 'DeleteBucketCors', method: 'DELETE', level: 'bucket', subresource: 'cors', run: deleteBucketCors },
  { name: 'GetBucketStat',    method: 'GET',    level: 'bucket', subresource: 'stat', run: getBucketStat },
  { name: 'GetBucketReferer', method: 'GET',    level: 'bucket', subresource: 'referer', run: configurationReader('referer') },
  { name: 'PutBucketLifecycle', method: 'PUT',  level: 'bucket', subresource: 'lifecycle', run: putBucketLifecycle },
  { name: 'GetBucketLifecycle', method: 'GET',  level: 'bucket', subresource: 'lifecycle', run: getBucketLifecycle },
  { name: 'DeleteBucketLifecycle', method: 'DELETE', level: 'bucket', subresource: 'lifecycle', run: deleteBucketLifecycle },
  { name: 'GetBucketLogging', method: 'GET',    level: 'bucket', subresource: 'logging', run: configurationReader('logging') },
  { name: 'GetBucketWebsite', method: 'GET',    level: 'bucket', subresource: 'website', run: configurationReader('website') },
  { name: 'GetBucketPolicy',  method: 'GET',    level: 'bucket', subresource: 'policy', run: configurationReader('policy') },
  { name: 'GetBucketTags',    method: 'GET',    level: 'bucket', subresource: 'tagging', run: configurationReader('tagging') },
  { name: 'GetBucketEncryption', method: 'GET', level: 'bucket', subresource: 'encryption', run: configurationReader('encryption') },
  { name: 'GetBucketVersioning', method: 'GET', level: 'bucket', subresource: 'versioning', run: configurationReader('versioning') },
  { name: 'ListObjects',      method: 'GET',    level: 'bucket', run: listObjects },
  { name: 'ListObjectsV2',    method: 'GET',    level: 'bucket', subresource: 'list-type', run: listObjectsV2 },
  { name: 'ListMultipartUploads', method: 'GET', level: 'bucket', subresource: 'uploads', run: listMultipartUploads },
  { name: 'DeleteMultipleObjects', method: 'POST', level: 'bucket', subresource: 'delete', run: deleteObjects },
  { name: 'PostObject',       method: 'POST',   level: 'bucket', keyInBody: true, storesBytes: true, run: postObject },
  { name: 'CopyObject',       method: 'PUT',    level: 'object', header: 'x-oss-copy-source', storesBytes: true, run: copyObject },
  { name: 'AppendObject',     method: 'POST',   level: 'object', subresource: 'append', storesBytes: true, run: appendObject },
  { name: 'PutSymlink',       method: 'PUT',    level: 'object', subresource: 'symlink', storesBytes: true, run: putSymlink },
  { name: 'GetSymlink',       method: 'GET',    level: 'object', subresource: 'symlink', run: getSymlink },
  { name: 'PutObjectACL',     method: 'PUT',    level: 'object', subresource: 'acl', run: putObjectAcl },
  { name: 'GetObjectACL',     method: 'GET',    level: 'object', subresource: 'acl', run: getObjectAcl },
  { name: 'PutObjectTagging', method: 'PUT',    level: 'object', subresource: 'tagging', run: putObjectTagging },
  { name: 'GetObjectTagging', method: 'GET',    level: 'object', subresource: 'tagging', run: getObjectTagging },
  { name: 'DeleteObjectTagging', method: 'DELETE', level: 'object', subresource: 'tagging', run: deleteObjectTagging },
  { name: 'InitiateMultipartUpload', method: 'POST', level: 'object', subresource: 'uploads', run: initiateMultipart },
  { name: 'UploadPartCopy',   method: 'PUT',    level: 'object', subresource: 'partNumber', header: 'x-oss-copy-source', storesBytes: true, run: uploadPartCopy },
  { name: 'UploadPart',       method: 'PUT',    level: 'object', subresource: 'partNumber', storesBytes: true, run: uploadPart },
  { name: 'UploadPart',       method: 'PUT',    level: 'object', subresource: 'uploadId', run: uploadPart },
  { name: 'CompleteMultipartUpload', method: 'POST', level: 'object', subresource: 'uploadId', storesBytes: true, run: completeMultipart },
  { name: 'AbortMultipartUpload', method: 'DELETE', level: 'object', subresource: 'uploadId', run: abortMultipart },
  { name: 'ListParts',        method: 'GET',    level: 'object', subresource: 'uploadId', run: listParts },
  { name: 'PutObject',        method: 'PUT',    level: 'object', storesBytes: true, run: putObject },
  { name: 'GetObject',        method: 'GET',    level: 'object', run: getObject },
  { name: 'HeadObject',       method: 'HEAD',   level: 'object', run: headObject },
  { name: 'GetObjectMeta',    method: 'HEAD',   level: 'object', subresource: 'objectMeta', run: getObjectMeta },
  { name: 'DeleteObject',     method: 'DELETE', level: 'object', run: deleteObject },
]

const PREFLIGHT: Operation = { name: 'OptionObject', method: 'OPTIONS', run: preflight }
// STS listens here too. Its parameters are in the body as often as in the query.
const ASSUME_ROLE: Operation = { name: 'AssumeRole', method: 'POST', keyInBody: true, run: assumeRole }

// Query parameters that make another operation of a request. Source: OSS Developer Reference, signed subresources,
// without those that only change an answer.
const SUBRESOURCES = new Set(
  `acl append asyncFetch bucketInfo cname comp cors delete encryption inventory inventoryId
  lifecycle link list-type live location logging metaQuery objectMeta partNumber policy qosInfo referer regionList
  replication requestPayment resourceGroup restore rtc stat style symlink tagging transferAcceleration uploadId
  uploads versions versioning vod website worm wormExtend wormId x-oss-async-process x-oss-process`.split(/\s+/),
)

/** The operation of a request. Throws OssError for one that there is not, by name. */
export function findOperation(
  request: Pick<Exchange, 'bucket' | 'key' | 'query' | 'headers'> & { method: string },
): Operation {
  const { method, bucket, key, query, headers } = request
  if (method === 'OPTIONS') return PREFLIGHT
  const level: Level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object'
  if (level === 'service' && isRpc(method, query)) return ASSUME_ROLE
  const subresources = query.flatMap(([name]) => (SUBRESOURCES.has(name) ? [name] : []))
  // A part is named by two of them, and which comes first is the client's choice.
  const subresource = subresources.find((name) => name === 'partNumber') ?? subresources[0]
  const found = OPERATIONS.find(
    (operation) =>
      operation.method === method &&
      operation.level === level &&
      operation.subresource === subresource &&
      (operation.header === undefined || headers[operation.header] !== undefined),
  )
  if (!found) throw missingOperation(method, level, subresource)
  return found
}

function isRpc(method: string, query: Exchange['query']): boolean {
  return method === 'POST' || (method === 'GET' && query.some(([name]) => name === 'Action'))
}

function missingOperation(method: string, level: Level, subresource: string | undefined): OssError {
  const name = `${method} ${level}${subresource === undefined ? '' : `?${subresource}`}`
  // `POST /name`: a form goes to the bucket, its key is a field.
  if (method === 'POST' && level === 'object' && subresource === undefined) return ossError('MethodNotAllowed')
  return ossError('NotImplemented', { message: `The local OSS does not implement ${name}.` })
}

import { type OssError, ossError } from '@oss-direct/oss'
import { deleteBucketCors, getBucketCors, preflight, putBucketCors } from './bucket-cors.ts'
import { getBucketAcl, getBucketInfo, getBucketLocation, listBuckets } from './bucket-facts.ts'
import { deleteBucket } from './delete-bucket.ts'
import { deleteObject } from './delete-object.ts'
import type { Exchange, LocalOss, Reply } from './exchange.ts'
import { getObject, getObjectMeta, headObject } from './get-object.ts'
import { postObject } from './post-object.ts'
import { putBucket, putBucketAcl } from './put-bucket.ts'
import { putObject } from './put-object.ts'

export interface Operation {
  /** As the OSS API reference calls it. */
  name: string
  method: string
  /** What the address names. @default whatever it is */
  level?: Level
  /** The query parameter that tells it from others of the same method and level. @default none */
  subresource?: string
  /** Learns its key from the body: faults are met there, and not in front of it. @default false */
  keyInBody?: boolean
  /** Ends with an object stored, so that its answer can get lost. @default false */
  storesObject?: boolean
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
  { name: 'PostObject',       method: 'POST',   level: 'bucket', keyInBody: true, storesObject: true, run: postObject },
  { name: 'PutObject',        method: 'PUT',    level: 'object', storesObject: true, run: putObject },
  { name: 'GetObject',        method: 'GET',    level: 'object', run: getObject },
  { name: 'HeadObject',       method: 'HEAD',   level: 'object', run: headObject },
  { name: 'GetObjectMeta',    method: 'HEAD',   level: 'object', subresource: 'objectMeta', run: getObjectMeta },
  { name: 'DeleteObject',     method: 'DELETE', level: 'object', run: deleteObject },
]

const PREFLIGHT: Operation = { name: 'OptionObject', method: 'OPTIONS', run: preflight }

// Query parameters that make another operation of a request. Source: OSS Developer Reference, signed subresources,
// without those that only change an answer.
const SUBRESOURCES = new Set(
  `acl append asyncFetch bucketInfo cname comp cors delete encryption inventory inventoryId
  lifecycle link list-type live location logging metaQuery objectMeta partNumber policy qosInfo referer regionList
  replication requestPayment resourceGroup restore rtc stat style symlink tagging transferAcceleration uploadId
  uploads versions versioning vod website worm wormExtend wormId x-oss-async-process x-oss-process`.split(/\s+/),
)

/** The operation of a request. Throws OssError for one that there is not, by name. */
export function findOperation(request: Pick<Exchange, 'bucket' | 'key' | 'query'> & { method: string }): Operation {
  const { method, bucket, key, query } = request
  if (method === 'OPTIONS') return PREFLIGHT
  const level: Level = bucket === '' ? 'service' : key === '' ? 'bucket' : 'object'
  const subresource = query.find(([name]) => SUBRESOURCES.has(name))?.[0]
  const found = OPERATIONS.find(
    (operation) => operation.method === method && operation.level === level && operation.subresource === subresource,
  )
  if (!found) throw missingOperation(method, level, subresource)
  return found
}

function missingOperation(method: string, level: Level, subresource: string | undefined): OssError {
  const name = `${method} ${level}${subresource === undefined ? '' : `?${subresource}`}`
  // `POST /name`: a form goes to the bucket, its key is a field.
  if (method === 'POST' && level === 'object' && subresource === undefined) return ossError('MethodNotAllowed')
  return ossError('NotImplemented', { message: `The local OSS does not implement ${name}.` })
}

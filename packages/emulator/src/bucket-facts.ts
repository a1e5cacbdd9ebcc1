import { requireSignature } from './access.ts'
import { OWNER_ID } from './account.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from './exchange.ts'
import type { Bucket } from './store.ts'
import { writeXml } from './xml-document.ts'

// What OSS tells of a bucket. Source: OSS API reference, GetBucketInfo, GetBucketLocation, GetBucketAcl, ListBuckets.

export async function getBucketInfo(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireSignature(exchange, oss)
  const bucket = requireBucket(exchange, oss)
  const Bucket = {
    ...commonFacts(bucket, exchange, oss),
    DataRedundancyType: 'LRS',
    Owner: { ID: OWNER_ID, DisplayName: OWNER_ID },
    AccessControlList: { Grant: bucket.acl },
    TransferAcceleration: 'Disabled',
    CrossRegionReplication: 'Disabled',
  }
  return xmlReply(writeXml('BucketInfo', { Bucket }))
}

/** The region in the old form, with `oss-` in front of it. */
export async function getBucketLocation(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireSignature(exchange, oss)
  requireBucket(exchange, oss)
  return xmlReply(writeXml('LocationConstraint', `oss-${oss.region}`))
}

export async function getBucketAcl(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireSignature(exchange, oss)
  const { acl } = requireBucket(exchange, oss)
  const Owner = { ID: OWNER_ID, DisplayName: OWNER_ID }
  return xmlReply(writeXml('AccessControlPolicy', { Owner, AccessControlList: { Grant: acl } }))
}

/** Every bucket there is: all keys are of one account. `prefix`, `marker` and `max-keys` narrow the list. */
export async function listBuckets(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireSignature(exchange, oss)
  const query = new Map(exchange.query)
  const prefix = query.get('prefix') ?? ''
  const marker = query.get('marker') ?? ''
  const asked = Number(query.get('max-keys') ?? 100)
  const most = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 1000) : 100
  const found = oss.store
    .buckets()
    .filter(({ name }) => name.startsWith(prefix) && name > marker)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  const page = found.slice(0, most)
  const last = page.at(-1)?.name
  const isTruncated = found.length > page.length
  return xmlReply(
    writeXml('ListAllMyBucketsResult', {
      ...(isTruncated ? { Prefix: prefix, Marker: marker, MaxKeys: most, IsTruncated: true, NextMarker: last } : {}),
      Owner: { ID: OWNER_ID, DisplayName: OWNER_ID },
      Buckets: { Bucket: page.map((bucket) => ({ ...commonFacts(bucket, exchange, oss), Region: oss.region })) },
    }),
  )
}

function commonFacts({ name, createdAt }: Bucket, { host }: Exchange, { region }: LocalOss) {
  return {
    CreationDate: createdAt,
    // Where the client found us, so that one which follows the answer finds us again.
    ExtranetEndpoint: host,
    IntranetEndpoint: host,
    Location: `oss-${region}`,
    Name: name,
    StorageClass: 'Standard',
  }
}

function xmlReply(body: string): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body }
}

import { judge, requireAccess } from '../access/access.ts'
import { OWNER_ID } from '../access/accounts.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml, xmlReply } from '../http/xml-document.ts'
import type { Bucket } from '../store/store.ts'

// What OSS tells of a bucket. Source: OSS API reference, GetBucketInfo, GetBucketLocation, GetBucketAcl, ListBuckets.

export async function getBucketInfo(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:GetBucketInfo', bucket: exchange.bucket })
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
  requireAccess(exchange, oss, { action: 'oss:GetBucketLocation', bucket: exchange.bucket })
  requireBucket(exchange, oss)
  return xmlReply(writeXml('LocationConstraint', `oss-${oss.region}`))
}

export async function getBucketAcl(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:GetBucketAcl', bucket: exchange.bucket })
  const { acl } = requireBucket(exchange, oss)
  const Owner = { ID: OWNER_ID, DisplayName: OWNER_ID }
  return xmlReply(writeXml('AccessControlPolicy', { Owner, AccessControlList: { Grant: acl } }))
}

/** How many objects there are, and how many bytes, by storage class. Source: OSS API reference, GetBucketStat. */
export async function getBucketStat(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:GetBucketStat', bucket: exchange.bucket })
  const { name } = requireBucket(exchange, oss)
  const all = { bytes: 0, objects: 0 }
  const byClass = new Map<string, typeof all>(
    STAT_NAMES.map(([storageClass]) => [storageClass, { bytes: 0, objects: 0 }]),
  )
  for (const key of await oss.store.keysAfter(name, '', '')) {
    const object = await oss.store.findObject(name, key)
    if (!object) continue
    for (const sum of [all, byClass.get(object.storageClass)]) {
      if (!sum) continue
      sum.bytes += object.size
      sum.objects += 1
    }
  }
  return xmlReply(
    writeXml('BucketStat', {
      Storage: all.bytes,
      ObjectCount: all.objects,
      MultipartUploadCount: (await oss.multipart.list(name)).length,
      LiveChannelCount: 0,
      LastModifiedTime: Math.floor(exchange.now.getTime() / 1000),
      ...Object.fromEntries(
        STAT_NAMES.flatMap(([storageClass, label]) => [
          [`${label}Storage`, byClass.get(storageClass)?.bytes],
          [`${label}ObjectCount`, byClass.get(storageClass)?.objects],
        ]),
      ),
    }),
  )
}

const STAT_NAMES = [
  ['Standard', 'Standard'],
  ['IA', 'InfrequentAccess'],
  ['Archive', 'Archive'],
  ['ColdArchive', 'ColdArchive'],
  ['DeepColdArchive', 'DeepColdArchive'],
] as const

/** The buckets that the signer may see; all are of one account. `prefix`, `marker` and `max-keys` narrow the list. */
export async function listBuckets(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const principal = requireAccess(exchange, oss, { action: 'oss:ListBuckets' })
  const query = new Map(exchange.query)
  const prefix = query.get('prefix') ?? ''
  const marker = query.get('marker') ?? ''
  const asked = Number(query.get('max-keys') ?? 100)
  const most = Number.isInteger(asked) && asked > 0 ? Math.min(asked, 1000) : 100
  const found = oss.store
    .buckets()
    .filter(({ name }) => name.startsWith(prefix) && name > marker)
    .filter((bucket) => principal && judge(principal, exchange, oss, { action: 'oss:ListBuckets', bucket }) === 'allow')
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

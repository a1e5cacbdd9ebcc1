import { type OssErrorName, ossError } from '@oss-direct/oss'
import { type Action, requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { writeXml, type XmlContent, xmlReply } from '../http/xml-document.ts'

interface Configuration {
  action: Action
  /** What OSS says of a bucket that was never configured: an error, or a document that says so. */
  unset: OssErrorName | { root: string; content: XmlContent }
}

// Nothing here can be set, so that every bucket is one that never was. Source: OSS API reference, the page of each.
const CONFIGURATIONS = {
  encryption: { action: 'oss:GetBucketEncryption', unset: 'NoSuchEncryption' },
  logging: { action: 'oss:GetBucketLogging', unset: { root: 'BucketLoggingStatus', content: '' } },
  policy: { action: 'oss:GetBucketPolicy', unset: 'NoSuchBucketPolicy' },
  referer: {
    action: 'oss:GetBucketReferer',
    unset: { root: 'RefererConfiguration', content: { AllowEmptyReferer: true, RefererList: '' } },
  },
  tagging: { action: 'oss:GetBucketTagging', unset: { root: 'Tagging', content: { TagSet: '' } } },
  versioning: { action: 'oss:GetBucketVersioning', unset: { root: 'VersioningConfiguration', content: '' } },
  website: { action: 'oss:GetBucketWebsite', unset: 'NoSuchWebsite' },
} as const satisfies Record<string, Configuration>

/** The operation that reads a configuration of a bucket. */
export function configurationReader(name: keyof typeof CONFIGURATIONS) {
  const { action, unset }: Configuration = CONFIGURATIONS[name]
  return async (exchange: Exchange, oss: LocalOss): Promise<Reply> => {
    requireAccess(exchange, oss, { action, bucket: exchange.bucket })
    const { name: BucketName } = requireBucket(exchange, oss)
    if (typeof unset === 'string') throw ossError(unset, { details: { BucketName } })
    return xmlReply(writeXml(unset.root, unset.content))
  }
}

import { createHmac } from 'node:crypto'
import { S3Client } from '@aws-sdk/client-s3'
import { createPresignedPost } from '@aws-sdk/s3-presigned-post'
import { callbackFormFields, signPostPolicy } from '@oss-direct/oss'
import OSS from 'ali-oss'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow } from '../bench-row.ts'
import { compare } from '../compare.ts'
import { versionOf } from '../rival-version.ts'

const credentials = { accessKeyId: 'benchAccessKeyId', accessKeySecret: 'benchAccessKeySecret' }
const bucket = { name: 'uploads', region: 'cn-hangzhou', url: 'https://uploads.oss-cn-hangzhou.aliyuncs.com' }
const key = 'demo/01JDBENCH0000000000000000000.jpg'
const sizeRange = [1_048_576, 1_048_576] as const
const now = new Date()
const expiresAt = new Date(now.getTime() + 15 * 60_000)
const fields = {
  'x-oss-content-type': 'image/jpeg',
  success_action_status: '200',
  'x-oss-forbid-overwrite': 'true',
  'Content-Disposition': `inline; filename="holiday.jpg"; filename*=UTF-8''%E5%81%87%E6%9C%9F.jpg`,
  ...callbackFormFields({
    url: 'https://app.example.com/uploads/callback',
    body: 'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&mimeType=${mimeType}&crc64=${crc64}&clientIp=${clientIp}&reqId=${reqId}&operation=${operation}&id=01JDBENCH0000000000000000000&ticket=1.1795000000.q1Zt0o3n0wq0cEJ3oJg3c1Zr5Y0m7t5l1oG2b4h6k8s',
    sni: true,
  }),
}

const sign = () => signPostPolicy({ bucket, key, sizeRange, fields, credentials, expiresAt, now })
const policyText = Buffer.from(sign().fields.policy ?? '', 'base64').toString()
const policy: { expiration: string; conditions: Condition[] } = JSON.parse(policyText)
type Condition = Record<string, string> | [string, string, string] | [string, number, number]

const signingKey = createHmac('sha256', 'any').update('key').digest()
const floor = () => {
  const encoded = Buffer.from(JSON.stringify(policy)).toString('base64')
  return { policy: encoded, signature: createHmac('sha256', signingKey).update(encoded).digest('hex') }
}

// The published types leave this method out.
interface PostPolicySigner {
  signPostObjectPolicyV4(policy: object, date: Date): string
}
const aliOss = new OSS({
  ...credentials,
  bucket: bucket.name,
  region: `oss-${bucket.region}`,
  authorizationV4: true,
}) as OSS & PostPolicySigner
const signLikeAliOss = () => {
  const encoded = Buffer.from(JSON.stringify(policy)).toString('base64')
  return { policy: encoded, signature: aliOss.signPostObjectPolicyV4(policy, now) }
}

const s3 = new S3Client({
  region: 'us-east-1',
  credentials: { accessKeyId: 'benchAccessKeyId', secretAccessKey: 'benchAccessKeySecret' },
})
const signLikeAws = () =>
  createPresignedPost(s3, {
    Bucket: bucket.name,
    Key: key,
    Expires: 900,
    Fields: fields,
    Conditions: [
      ['content-length-range', ...sizeRange],
      ...Object.entries(fields).map(([name, value]) => ({ [name]: value })),
    ],
  })

const OURS = 'oss-direct signPostPolicy'
const FLOOR = 'floor: JSON + Base64 + one HMAC'
const ALI_OSS = `ali-oss ${versionOf('ali-oss')} signPostObjectPolicyV4`
const AWS = `@aws-sdk/s3-presigned-post ${versionOf('@aws-sdk/s3-presigned-post')}`
const LEAST = { [FLOOR]: 0.8, [ALI_OSS]: 2, [AWS]: 3 }

export const group: BenchGroup = {
  about:
    'One V4 form grant is signed in memory, with everything that a grant binds; the rivals sign the same conditions.',
  async measure() {
    const speeds = await compare([
      { name: OURS, run: sign },
      { name: FLOOR, run: floor },
      { name: ALI_OSS, run: signLikeAliOss },
      { name: AWS, run: signLikeAws, asynchronous: true },
    ])
    const ours = speeds.get(OURS) ?? []
    return {
      rows: Object.entries(LEAST).map(([rival, target]) =>
        benchRow('sign', {
          name: 'one V4 form grant',
          rival,
          unit: 'ops/s',
          ours,
          theirs: speeds.get(rival) ?? [],
          target,
        }),
      ),
    }
  },
}

import type { BucketAddress } from './bucket-address.ts'
import type { Credentials } from './credentials.ts'
import { basicIsoTime, hmacSha1Base64, hmacSha256Hex, scopeText, signingKey } from './signing-key.ts'

export type SignatureVersion = 'V4' | 'V1'

export interface PostPolicyRequest {
  bucket: BucketAddress
  /** Exact object key, no leading slash; bound with `eq`. */
  key: string
  /** Inclusive, bytes; OSS takes at most 5 GB in one form. */
  sizeRange: readonly [min: number, max: number]
  /** Further form fields (`callback`, `x-oss-content-type` …): each is sent, and bound with `eq`. @default none */
  fields?: Readonly<Record<string, string>>
  credentials: Credentials
  expiresAt: Date
  /** The signature's own date; OSS takes it up to 15 minutes ahead of its clock and 7 days behind. */
  now: Date
  /** @default 'V4' */
  version?: SignatureVersion
}

/** A form without its file: append `file` yourself, as the last field. */
export interface PostForm {
  url: string
  fields: Record<string, string>
}

type Condition =
  | Readonly<Record<string, string>>
  | readonly [string, string, string]
  | readonly [string, number, number]

/**
 * Signs a POST policy, so that a browser can send one object straight to the bucket and nothing else.
 *
 * Conditions and fields come from the same values, so they cannot disagree. The policy does not hide anything: it is
 * Base64, and whoever holds the form can read it.
 *
 * Source: OSS API reference, PostObject; OSS Developer Reference, "POST V4 signature".
 */
export function signPostPolicy(request: PostPolicyRequest): PostForm {
  const { bucket, key, sizeRange, fields = {}, expiresAt } = request
  const { signingFields, sign } = SIGNERS[request.version ?? 'V4'](request)

  const conditions: Condition[] = [{ bucket: bucket.name }, ['eq', '$key', key], ['content-length-range', ...sizeRange]]
  for (const name in fields) conditions.push(['eq', `$${name}`, fields[name] ?? ''])
  for (const name in signingFields) conditions.push({ [name]: signingFields[name] ?? '' })

  const policy = Buffer.from(JSON.stringify({ expiration: expiresAt.toISOString(), conditions })).toString('base64')
  return { url: bucket.url, fields: { key, ...fields, policy, ...signingFields, ...sign(policy) } }
}

interface Signer {
  /** Sent with the form and, V4 demands it, covered by the policy. */
  signingFields: Record<string, string>
  sign(policy: string): Record<string, string>
}

const SIGNERS: Readonly<Record<SignatureVersion, (request: PostPolicyRequest) => Signer>> = {
  V4({ bucket, credentials, now }) {
    const date = basicIsoTime(now)
    const scope = { day: date.slice(0, 8), region: bucket.region, product: 'oss' }
    return {
      signingFields: {
        'x-oss-signature-version': 'OSS4-HMAC-SHA256',
        'x-oss-credential': `${credentials.accessKeyId}/${scopeText(scope)}`,
        'x-oss-date': date,
        ...tokenField(credentials),
      },
      sign: (policy) => ({ 'x-oss-signature': hmacSha256Hex(signingKey(credentials.accessKeySecret, scope), policy) }),
    }
  },

  V1({ credentials }) {
    return {
      signingFields: tokenField(credentials),
      sign: (policy) => ({
        OSSAccessKeyId: credentials.accessKeyId,
        Signature: hmacSha1Base64(credentials.accessKeySecret, policy),
      }),
    }
  },
}

function tokenField({ securityToken }: Credentials): Record<string, string> {
  return securityToken === undefined ? {} : { 'x-oss-security-token': securityToken }
}

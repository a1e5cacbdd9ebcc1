import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto'

/** `20250301T080000Z`, the `x-oss-date` of V4. */
export const basicIsoTime = writeOnce(1000, (date) => {
  const iso = date.toISOString()
  const day = iso.slice(0, 4) + iso.slice(5, 7) + iso.slice(8, 10)
  return `${day}T${iso.slice(11, 13)}${iso.slice(14, 16)}${iso.slice(17, 19)}Z`
})

/** `2025-03-01T08:00:00.000Z`, the `expiration` of a policy. */
export const isoTime = writeOnce(1, (date) => date.toISOString())

// Grants are signed in batches, and writing their two times takes a tenth of signing them.
function writeOnce(unitMs: number, write: (date: Date) => string): (date: Date) => string {
  let written = { unit: Number.NaN, text: '' }
  return (date) => {
    const unit = Math.floor(date.getTime() / unitMs)
    if (unit !== written.unit) written = { unit, text: write(date) }
    return written.text
  }
}

/** Reads `20250301T080000Z`; nothing for another form or a day that does not exist. */
export function parseBasicIsoTime(text: string): Date | undefined {
  const found = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text)
  if (!found) return undefined
  const [, year, month, day, hour, minute, second] = found
  const date = new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
  return Number.isNaN(date.getTime()) || basicIsoTime(date) !== text ? undefined : date
}

/** What a V4 signing key is good for: one day, one region, one product. */
export interface Scope {
  /** `20250301` */
  day: string
  region: string
  /** `oss`; cloud boxes have `oss-cloudbox`. */
  product: string
}

/** `20250301/cn-hangzhou/oss/aliyun_v4_request` */
export function scopeText({ day, region, product }: Scope): string {
  return `${day}/${region}/${product}/aliyun_v4_request`
}

// Deriving takes four HMACs, signing a policy one: a server signs thousands of forms by the same key in a day. The newest
// key of a secret is kept; with the day it changes.
const derivedKeys = new Map<string, Scope & { key: KeyObject }>()
const SECRETS_KEPT = 64

/**
 * The V4 signing key: date, region, product and a constant, each the message of an HMAC whose key is the one before.
 *
 * Source: OSS Developer Reference, "Include a V4 signature in the Authorization header".
 */
export function signingKey(accessKeySecret: string, { day, region, product }: Scope): KeyObject {
  const known = derivedKeys.get(accessKeySecret)
  if (known?.day === day && known.region === region && known.product === product) return known.key
  const bytes = [day, region, product, 'aliyun_v4_request'].reduce<Buffer>(
    (previous, step) => createHmac('sha256', previous).update(step).digest(),
    Buffer.from(`aliyun_v4${accessKeySecret}`),
  )
  // As a key object it is read once, not again by every HMAC.
  const key = createSecretKey(bytes)
  if (derivedKeys.size >= SECRETS_KEPT) derivedKeys.delete(derivedKeys.keys().next().value ?? '')
  derivedKeys.set(accessKeySecret, { day, region, product, key })
  return key
}

export function hmacSha256Hex(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex')
}

export function hmacSha1Base64(key: string, text: string): string {
  return createHmac('sha1', key).update(text).digest('base64')
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

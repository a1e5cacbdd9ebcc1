import { timingSafeEqual } from 'node:crypto'
import type { Credentials } from './credentials.ts'
import { ossError } from './oss-error.ts'

/** What whoever verifies must know: its own region and clock, and the secrets of its access keys. */
export interface AuthenticationRules<Principal extends Credentials = Credentials> {
  region: string
  now: Date
  /**
   * Nothing for a key that is unknown. The security token came with it, for those who keep no list of temporary keys; one
   * that cannot be theirs may be refused here by an OssError.
   */
  findCredentials(accessKeyId: string, securityToken: string | undefined): Principal | undefined
}

export const MAX_SKEW_MS = 15 * 60_000
export const MAX_V4_LIFETIME_MS = 7 * 24 * 3_600_000

/**
 * The credentials behind an access key id, once the security token that came with it is found to be theirs.
 * Throws OssError `InvalidAccessKeyId`, `InvalidSecurityToken` or `SecurityTokenExpired`.
 */
export function findPrincipal<Principal extends Credentials>(
  accessKeyId: string,
  securityToken: string | undefined,
  rules: Pick<AuthenticationRules<Principal>, 'now' | 'findCredentials'>,
): Principal {
  const credentials = rules.findCredentials(accessKeyId, securityToken)
  if (credentials === undefined) throw ossError('InvalidAccessKeyId', { details: { OSSAccessKeyId: accessKeyId } })
  if (credentials.securityToken === undefined) {
    if (securityToken !== undefined) throw ossError('TokenDoesNotMatchKey')
    return credentials
  }
  if (securityToken === undefined || !equalTexts(securityToken, credentials.securityToken)) {
    throw ossError('InvalidSecurityToken')
  }
  if (credentials.expiresAt !== undefined && rules.now >= credentials.expiresAt) throw ossError('SecurityTokenExpired')
  return credentials
}

/** `AKID/20250301/cn-hangzhou/oss/aliyun_v4_request`, taken apart; nothing where it has another form. */
export function parseCredential(text: string) {
  const [accessKeyId, day, region, product, terminator, ...more] = text.split('/')
  if (!accessKeyId || !day || !/^\d{8}$/.test(day) || !region || !product) return undefined
  if (terminator !== 'aliyun_v4_request' || more.length > 0) return undefined
  return { accessKeyId, scope: { day, region, product } }
}

/** Compares two signatures or tokens in a time that does not tell how far they agree. */
export function equalTexts(left: string, right: string): boolean {
  const [a, b] = [Buffer.from(left), Buffer.from(right)]
  return a.length === b.length && timingSafeEqual(a, b)
}

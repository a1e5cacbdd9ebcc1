import { assumeRole, type StsOptions } from './assume-role.ts'
import type { Credentials, CredentialsProvider } from './credentials.ts'

export interface RoleCredentialsOptions extends StsOptions {
  /** Stands in the account's audit trail: 2 to 32 letters, digits and `.@-_`. @default 'oss-direct' */
  sessionName?: string | undefined
}

/**
 * A role's credentials, for a server that has an access key with which it may do nothing but assume that role.
 *
 * They are kept, and renewed when a third of their life is left: behind the back of whoever asks, so that no upload waits for
 * STS. However many ask at once, STS is called once. While STS fails, those that are still good are given out; after their
 * end it throws what STS said (OssError).
 */
export function roleCredentials(options: RoleCredentialsOptions): CredentialsProvider {
  const { sessionName = 'oss-direct', durationSeconds = 3600, now = () => new Date() } = options
  // Both by this machine's clock, however wrong it is.
  let kept: { credentials: Required<Credentials>; renewAt: number; endsAt: number } | undefined
  let renewal: Promise<Required<Credentials>> | undefined

  const renew = (): Promise<Required<Credentials>> => {
    const askedAt = now().getTime()
    const lifetimeMs = durationSeconds * 1000
    renewal ??= assumeRole({ ...options, sessionName, durationSeconds })
      .then((credentials) => {
        kept = { credentials, renewAt: askedAt + (lifetimeMs * 2) / 3, endsAt: askedAt + lifetimeMs }
        return credentials
      })
      .catch((error: unknown) => {
        if (kept) kept.renewAt = now().getTime() + RETRY_MS
        throw error
      })
      .finally(() => {
        renewal = undefined
      })
    return renewal
  }

  return async () => {
    const time = now().getTime()
    if (kept === undefined || time >= kept.endsAt) return renew()
    // Its failure shows when those that are kept have ended.
    if (time >= kept.renewAt) renew().catch(() => {})
    return kept.credentials
  }
}

/** STS is not asked by every upload while it fails. */
const RETRY_MS = 10_000

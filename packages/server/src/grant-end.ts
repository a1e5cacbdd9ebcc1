import type { Credentials } from '@oss-direct/oss'
import { UploadError } from '@oss-direct/shared'

/** When what is signed now ends: after its lifetime, and never later than the credentials that sign it. Throws UploadError. */
export function grantEnd(now: Date, lifetimeMs: number, { expiresAt }: Credentials): Date {
  const end = Math.min(now.getTime() + lifetimeMs, expiresAt?.getTime() ?? Number.POSITIVE_INFINITY)
  if (end > now.getTime()) return new Date(end)
  throw new UploadError('oss-unavailable', `The credentials of this server ended at ${expiresAt?.toISOString()}`, {
    hint: 'Its credentials provider must renew them in time.',
  })
}

import {
  assumeRole,
  type BucketAddress,
  type Credentials,
  callbackParameters,
  OssError,
  type StsOptions,
  sdkEndpoint,
  uploadPolicy,
} from '@oss-direct/oss'
import { type Grant, UploadError } from '@oss-direct/shared'
import { type CallbackRequest, callbackOptions } from './callback-options.ts'
import { objectHeaders } from './object-headers.ts'
import type { StoredUpload } from './store.ts'

/** Temporary credentials that may upload one object. Throws UploadError `oss-unavailable` with what STS said. */
export type OpenSession = (upload: Pick<StoredUpload, 'id' | 'key'>) => Promise<Required<Credentials>>

/** Throws RangeError for a time that STS would refuse. Source: STS API reference, AssumeRole. */
export function checkSessionSeconds(seconds: number): number {
  if (Number.isInteger(seconds) && seconds >= 900 && seconds <= 43_200) return seconds
  throw new RangeError(`sessions.durationSeconds must be a whole number, 900 to 43200, not ${seconds}`)
}

/** Every session is one AssumeRole call of its own, because its policy names one key. */
export function createSessions(sts: StsOptions, { name: bucket }: BucketAddress): OpenSession {
  return async ({ id, key }) => {
    try {
      // The upload's own id in the audit trail says what the keys were for.
      return await assumeRole({ ...sts, sessionName: id, policy: uploadPolicy({ bucket, key }) })
    } catch (cause) {
      if (!(cause instanceof OssError)) throw cause
      const asked = cause.requestId === undefined ? '' : `, request ${cause.requestId}`
      throw new UploadError('oss-unavailable', `STS gave no temporary keys: ${cause.code}${asked}: ${cause.message}`, {
        hint: cause.hint,
        cause,
      })
    }
  }
}

export type SessionGrant = Omit<Extract<Grant, { transport: 'sts' }>, 'id' | 'key' | 'expiresAt'>

/** What an SDK needs for the upload: where, as whom, with which headers and which callback. */
export function sessionGrant(request: {
  upload: StoredUpload
  bucket: BucketAddress
  session: Required<Credentials>
  callback: CallbackRequest | undefined
}): SessionGrant {
  const { upload, bucket, session, callback } = request
  return {
    transport: 'sts',
    ...sdkEndpoint(bucket),
    region: bucket.region,
    bucket: bucket.name,
    credentials: { ...session, expiresAt: session.expiresAt.toISOString() },
    headers: objectHeaders(upload),
    ...(callback === undefined ? {} : { callback: callbackParameters(callbackOptions(callback)) }),
  }
}

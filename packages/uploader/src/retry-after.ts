import type { UploadError } from '@oss-direct/shared'
import type { TransportAnswer } from './transport.ts'

// How long OSS or the server asked us to wait. Kept beside the error and not in it, because only the engine needs it.
const retryAfters = new WeakMap<UploadError, number>()

/** Reads `Retry-After` in seconds, the form that OSS and our own server use. */
export function noteRetryAfter(error: UploadError, { header }: TransportAnswer): UploadError {
  const seconds = Number(header('retry-after'))
  if (seconds > 0) retryAfters.set(error, seconds * 1000)
  return error
}

export function retryAfterOf(error: UploadError): number | undefined {
  return retryAfters.get(error)
}

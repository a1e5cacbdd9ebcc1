import type { UploadError } from '@oss-direct/shared'
import type { TransportAnswer } from './transport.ts'

/** Reads `Retry-After` in seconds, the form that OSS and our own server use. */
export function noteRetryAfter(error: UploadError, { header }: TransportAnswer): UploadError {
  const seconds = Number(header('retry-after'))
  if (seconds > 0) error.retryAfterMs = seconds * 1000
  return error
}

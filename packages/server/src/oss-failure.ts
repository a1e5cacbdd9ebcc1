import { OssError } from '@oss-direct/oss'
import { UploadError } from '@oss-direct/shared'

/** A failed call to the bucket as an error of our wire; what OSS said stays whole in its cause. */
export function ossFailure(cause: unknown): UploadError {
  if (!(cause instanceof OssError)) return new UploadError('internal', 'The bucket could not be asked', { cause })
  const code = cause.status === 0 || cause.status >= 500 ? 'oss-unavailable' : 'oss-refused'
  return new UploadError(code, `OSS did not answer for the object: ${cause.message}`, { hint: cause.hint, cause })
}

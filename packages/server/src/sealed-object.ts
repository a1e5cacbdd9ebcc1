import type { OssClient } from '@oss-direct/oss'
import { UploadError } from '@oss-direct/shared'
import { isForeignKind } from './object-fault.ts'
import { ossFailure } from './oss-failure.ts'
import type { StoredUpload } from './store.ts'

/**
 * Holds back what its uploader could still exchange. Temporary keys may put another object in the place of the one that was
 * settled, and also a link to an object that they may not read but we may; only when they have ended is what stands there
 * final, and it is then compared with what was settled.
 *
 * Throws UploadError `forbidden` before, `object-mismatch` for what is another object.
 */
export async function requireSealed({ id, key, transport, expiresAt, object }: StoredUpload, oss: OssClient) {
  if (transport !== 'sts') return
  if (oss.now() < expiresAt) {
    throw new UploadError(
      'forbidden',
      `The object of the upload ${id} can be exchanged by its temporary keys until ${expiresAt.toISOString()}`,
      { hint: 'Ask again then.' },
    )
  }
  const found = await oss.head(key).catch((error: unknown) => {
    throw ossFailure(error)
  })
  if (found !== null && !isForeignKind(found) && found.etag === object?.etag) return
  throw new UploadError('object-mismatch', `The object of the upload ${id} is not the one any more that was settled`, {
    hint: 'Whoever had its temporary keys exchanged or removed it: upload it again.',
  })
}

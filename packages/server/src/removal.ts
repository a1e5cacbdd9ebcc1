import { randomUUID } from 'node:crypto'
import type { OssClient } from '@oss-direct/oss'
import { UploadError } from '@oss-direct/shared'
import type { Multipart } from './multipart.ts'
import { ossFailure } from './oss-failure.ts'
import type { Store, StoredUpload } from './store.ts'

export interface RemovalOptions {
  store: Store
  multipart: Multipart
  oss: OssClient
  leaseMs: number
  now: () => Date
}

/**
 * Forgets an upload. It takes the same claim as settling does, so that no object vanishes under a hook that works on it, and
 * object and parts go before the record: when that fails, the record is still there to try again with.
 */
export function createRemoval({ store, multipart, oss, leaseMs, now }: RemovalOptions) {
  return async (upload: StoredUpload, object: 'keep' | 'delete'): Promise<void> => {
    const { id, status } = upload
    const holder = randomUUID()
    const isOpen = status === 'granted' || status === 'expired'
    const until = new Date(now().getTime() + leaseMs)
    // As it is now that nobody else may change it: an upload in parts may have begun since it was read.
    const claimed = isOpen ? await store.claim(id, { holder, until, now: now() }) : upload
    if (claimed === undefined) throw busy(id)
    try {
      if (isOpen) await multipart.abort(claimed)
      if (object === 'delete') await oss.remove(upload.key)
    } catch (cause) {
      await store.end(id, holder, { status: 'unchanged' })
      throw ossFailure(cause)
    }
    if (!(await store.remove(id, holder, now()))) throw busy(id)
  }
}

function busy(id: string): UploadError {
  return new UploadError('settling-elsewhere', `The upload ${id} is being settled right now`, {
    hint: 'Try again in a moment.',
    retryAfterMs: 500,
  })
}

import { UploadError } from '@oss-direct/shared'
import type { Job } from './job.ts'
import type { PageWatch } from './page.ts'
import { MAX_TRIES, retryDelayMs } from './retry-delay.ts'
import type { UploadList } from './upload-list.ts'

/** Whoever is asked to wait for longer, until tomorrow perhaps, is told so and may try again then. */
const LONGEST_WAIT_MS = 10 * 60_000

export interface TriesParty {
  list: UploadList
  jobs: ReadonlyMap<string, Job>
  page: Pick<PageWatch, 'isOnline' | 'trust'>
  /** It waits for another try; its turn had come already. */
  onWait(id: string): void
}

/** What follows a try that failed. */
export interface Tries {
  /** Whether there will be another one. */
  retry(id: string, error: UploadError): boolean
  /** Puts the upload in line again after so many milliseconds. */
  requeue(id: string, error: UploadError, delayMs: number): void
}

export function createTries({ list, jobs, page, onWait }: TriesParty): Tries {
  const requeue = (id: string, error: UploadError, delayMs: number): void => {
    const job = jobs.get(id)
    const upload = list.dispatch(id, { type: 'queued', error, ...(delayMs > 0 && { retryAt: Date.now() + delayMs }) })
    if (!job || upload?.phase !== 'queued') return
    if (delayMs > 0) job.timer = setTimeout(() => onWait(id), delayMs)
    else onWait(id)
  }
  return {
    requeue,
    retry(id, error) {
      const job = jobs.get(id)
      if (!job) return false
      if (!(list.find(id)?.file instanceof File)) {
        requeue(id, error, 0) // whoever gives the file waits long enough
        return true
      }
      page.trust(false)
      // A connection that is gone is no try: the queue is held, and goes on when it is back.
      if (!page.isOnline()) {
        job.tries -= 1
        requeue(id, new UploadError('offline', 'There is no connection', { cause: error }), 0)
        return true
      }
      if (!error.retryable || job.tries >= MAX_TRIES || (error.retryAfterMs ?? 0) > LONGEST_WAIT_MS) return false
      requeue(id, error, retryDelayMs(job.tries, Math.random(), error.retryAfterMs))
      return true
    },
  }
}

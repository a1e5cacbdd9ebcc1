import { UploadError } from '@oss-direct/shared'
import type { JournalEntry } from './journal-entry.ts'

/** How an upload of an earlier life of the page goes on. */
export type ComingBack =
  /** In line, with the grant of its parts where that is still good. */
  | { phase: 'queued' }
  /** It may be in the bucket: asked first, sent again only when it is not. */
  | { phase: 'confirming'; recordId: string }
  | { phase: 'paused'; sentBytes: 0 }
  | { phase: 'failed'; error: UploadError }

const MAX_AGE_MS = 7 * 24 * 60 * 60_000

/** `now`: milliseconds since 1970. Nothing of one that nobody waits for any more. */
export function comeBack(entry: JournalEntry, now: number): ComingBack | undefined {
  const { stage, sentAs, granted, error, addedAt } = entry
  if (now - addedAt > MAX_AGE_MS) return undefined
  if (stage === 'failed') {
    const { code = 'internal', message = 'It failed', hint } = error ?? {}
    return { phase: 'failed', error: new UploadError(code, message, { hint }) }
  }
  if (stage === 'paused') return { phase: 'paused', sentBytes: 0 }
  // Of parts OSS itself says what it has; of a form it is the bucket that knows. A form may have gone all its way before the
  // journal heard that it was begun.
  const mayHaveArrived = stage === 'sent' || sentAs === 'post'
  return mayHaveArrived && granted ? { phase: 'confirming', recordId: granted.grant.id } : { phase: 'queued' }
}

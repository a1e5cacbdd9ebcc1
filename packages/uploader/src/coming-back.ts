import { UploadError } from '@oss-direct/shared'
import type { JournalEntry } from './journal-entry.ts'

/** How an upload of an earlier life of the page goes on. */
export type ComingBack =
  /** In line, with the grant of its parts where that is still good. */
  | { as: 'queued' }
  /** It may be in the bucket: asked first, sent again only when it is not. */
  | { as: 'confirming'; recordId: string }
  | { as: 'paused' }
  | { as: 'failed'; error: UploadError }
  /** Nobody waits for it any more. */
  | { as: 'forgotten' }

const MAX_AGE_MS = 7 * 24 * 60 * 60_000

/** `now`: milliseconds since 1970. */
export function comeBack(entry: JournalEntry, now: number): ComingBack {
  const { stage, sentAs, granted, error, addedAt } = entry
  if (now - addedAt > MAX_AGE_MS) return { as: 'forgotten' }
  if (stage === 'failed') {
    const { code = 'internal', message = 'It failed', hint } = error ?? {}
    return { as: 'failed', error: new UploadError(code, message, { hint }) }
  }
  if (stage === 'paused') return { as: 'paused' }
  // Of parts OSS itself says what it has; of a form it is the bucket that knows.
  const mayHaveArrived = stage === 'sent' || (stage === 'sending' && sentAs === 'post')
  return mayHaveArrived && granted ? { as: 'confirming', recordId: granted.grant.id } : { as: 'queued' }
}

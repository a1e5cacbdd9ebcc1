import { type Json, type Outcome, UploadError } from '@oss-direct/shared'
import { MAX_TRIES, retryDelayMs } from './retry-delay.ts'

/** What our server said when it was asked for a file that OSS has, or should have. */
export type Heard = { outcome: Outcome } | { error: UploadError }

export type ConfirmationStep =
  | { do: 'finish'; result: Json }
  | { do: 'ask-again'; afterMs: number }
  /** The bucket does not have it after all. */
  | { do: 'send-again'; error: UploadError }
  | { do: 'leave-unconfirmed'; error: UploadError }
  | { do: 'fail'; error: UploadError }

export interface ConfirmationCourse {
  /** Answers that were errors, this one included. */
  failures: number
  /** Since the first question. */
  waitedMs: number
  /** Why it has to be confirmed at all. */
  reason: UploadError
  /** 0 to 1. */
  random: number
}

/** An application that still works after this long is left to itself, and asked slowly. */
const MAX_WAIT_MS = 2 * 60_000

/** What to do next. A pending answer is followed as long as it lasts, up to two minutes; an error is tried a few times. */
export function judgeConfirmation(heard: Heard, course: ConfirmationCourse): ConfirmationStep {
  if ('outcome' in heard) {
    const { outcome } = heard
    if (outcome.status === 'settled') return { do: 'finish', result: outcome.result }
    if (course.waitedMs > MAX_WAIT_MS) return { do: 'leave-unconfirmed', error: course.reason }
    return { do: 'ask-again', afterMs: Math.min(Math.max(outcome.retryAfterMs, 200), 10_000) }
  }
  const { error } = heard
  if (error.code === 'object-absent') return { do: 'send-again', error }
  if (ENDINGS.has(error.code)) return { do: 'fail', error }
  if (error.retryable && course.failures < MAX_TRIES) {
    return { do: 'ask-again', afterMs: retryDelayMs(course.failures, course.random, error.retryAfterMs) }
  }
  return { do: 'leave-unconfirmed', error: becauseOf(course.reason, error) }
}

// The record is over: no later answer will be another one. Everything else (a session that ended, a server that is down) may
// still be mended while the file lies in OSS.
const ENDINGS: ReadonlySet<string> = new Set([
  'object-mismatch',
  'content-mismatch',
  'parts-mismatch',
  'checksum-mismatch',
  'upload-ended',
  'upload-not-found',
  'route-unknown',
])

/** Whether nothing can be sent or asked under this record any more. */
export function isRecordOver({ code }: UploadError): boolean {
  return code === 'grant-expired' || ENDINGS.has(code)
}

/** Keeps the sentence that matters most to people, and beneath it what the server or OSS said. */
function becauseOf(reason: UploadError, error: UploadError): UploadError {
  return new UploadError('stored-but-unconfirmed', reason.message, { hint: error.hint ?? reason.hint, cause: error })
}

import type { UploadError } from '@oss-direct/shared'
import { isRecordOver } from './confirmation.ts'
import { readOssFacts } from './oss-answer.ts'
import { noteRetryAfter } from './retry-after.ts'
import { MAX_TRIES, retryDelayMs } from './retry-delay.ts'
import { type Attempt, confirmBecause, isGrantEnded, refusal, type Verdict } from './verdict.ts'

/** What to do after one try to send a part, or to get its URL. */
export type PartStep =
  | { do: 'next' }
  | { do: 'again'; afterMs: number }
  /** The URL has ended before its time: by another one, at once. */
  | { do: 'renew' }
  /** The whole upload stops here. */
  | { do: 'end'; verdict: Verdict }

/** What became of this part so far. */
export interface PartCourse {
  /** Tries that failed, this one included. */
  failures: number
  /** Its URL was replaced once. */
  renewed: boolean
  online: boolean
  /** OSS has taken a part of this upload: the way there is open, and what is sent is worth a wait. */
  begun: boolean
  /** 0 to 1. */
  random: number
}

/** Source: OSS API reference, UploadPart; the rules of retrying are this project's. */
export function judgePart(attempt: Attempt, course: PartCourse): PartStep {
  if ('lost' in attempt) return againOrEnd(attempt.lost, course)
  const { answer } = attempt
  const { status } = answer
  if (status === 200) return { do: 'next' }
  const facts = readOssFacts(answer)
  // Completed by an earlier call, or swept away: our server can tell which.
  if (facts.code === 'NoSuchUpload') return { do: 'end', verdict: confirmBecause('OSS takes no more parts', facts) }
  if (isGrantEnded(facts) && !course.renewed) return { do: 'renew' }
  if (status === 429 || status >= 500) {
    return againOrEnd(noteRetryAfter(refusal('oss-unavailable', facts), answer), course)
  }
  return { do: 'end', verdict: { do: 'fail', error: refusal('oss-refused', facts) } }
}

/** Our server gave no URL. */
export function judgeUnsigned(error: UploadError, course: PartCourse): PartStep {
  // It may have become the object, which is asked before another grant is.
  return isRecordOver(error) ? { do: 'end', verdict: { do: 'resign', error } } : againOrEnd(error, course)
}

/** With the pauses between them some four minutes: a tunnel, or a router that starts again. */
const MAX_TRIES_WHEN_BEGUN = 20

function againOrEnd(error: UploadError, { failures, online, begun, random }: PartCourse): PartStep {
  // The queue holds it until the connection is back.
  if (!online) return { do: 'end', verdict: { do: 'retry', error } }
  // Browsers call a page online that is in a train's network, whose own way out is gone.
  const noAnswer = error.code === 'network' || error.code === 'stalled'
  const maxTries = begun && noAnswer ? MAX_TRIES_WHEN_BEGUN : MAX_TRIES
  if (!error.retryable || failures >= maxTries) return { do: 'end', verdict: { do: 'fail', error } }
  return { do: 'again', afterMs: retryDelayMs(failures, random, error.retryAfterMs) }
}

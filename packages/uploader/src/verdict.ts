import { type Json, type OssFacts, parseOutcome, UploadError } from '@oss-direct/shared'
import { readOssFacts } from './oss-answer.ts'
import { noteRetryAfter } from './retry-after.ts'
import type { TransportAnswer } from './transport.ts'

/** What became of one try to send a form. */
export type Attempt =
  | { answer: TransportAnswer }
  /** No answer. `allSent`: the last byte had left, so the object may well be there. */
  | { lost: UploadError; allSent: boolean }

/** What to do about it. */
export type Verdict =
  | { do: 'finish'; result: Json }
  /** It is in OSS, or may be: ask our server. `reason` is shown when that does not help. */
  | { do: 'confirm'; reason: UploadError }
  /** The grant has ended or its clock was wrong: get another one, once. */
  | { do: 'resign'; error: UploadError }
  | { do: 'retry'; error: UploadError }
  | { do: 'fail'; error: UploadError }

/** Source: OSS API reference, PostObject and Callback; the rules of retrying are this project's. */
export function judgeAttempt(attempt: Attempt, recordId: string): Verdict {
  if ('lost' in attempt) {
    const { lost, allSent } = attempt
    if (!allSent) return lost.retryable ? { do: 'retry', error: lost } : { do: 'fail', error: lost }
    return confirmBecause('The connection broke before OSS answered', lost)
  }
  const { answer } = attempt
  const { status } = answer
  if (status === 200) return judgeCallbackAnswer(answer, recordId)
  // Stored without a callback: the server is in its mode without one.
  if (status === 201 || status === 204) return confirmBecause('OSS stored the file without calling the application')

  const facts = readOssFacts(answer)
  // The browser's HTTP stack calls 203 a success: the object is stored, and the callback failed.
  if (status === 203) return confirmBecause(`OSS stored the file, and the callback failed: ${facts.message}`, facts)
  // Our own key, since keys are random and made for one upload: an earlier try of ours arrived.
  if (status === 409 && facts.code === 'FileAlreadyExists')
    return confirmBecause('OSS has the file of an earlier try', facts)
  if (isGrantEnded(facts)) return { do: 'resign', error: refusal('grant-expired', facts) }
  if (status === 429 || status >= 500)
    return { do: 'retry', error: noteRetryAfter(refusal('oss-unavailable', facts), answer) }
  return { do: 'fail', error: refusal('oss-refused', facts) }
}

function judgeCallbackAnswer({ body }: TransportAnswer, recordId: string): Verdict {
  try {
    const outcome = parseOutcome(JSON.parse(body))
    if (outcome.id !== recordId) return confirmBecause('OSS stored the file, and the answer is about another upload')
    if (outcome.status === 'settled') return { do: 'finish', result: outcome.result }
    return confirmBecause('The application needs longer')
  } catch (cause) {
    return confirmBecause('OSS stored the file, and the answer is not one of the uploads API', cause)
  }
}

const ENDED_CODES = ['SecurityTokenExpired', 'RequestTimeTooSkewed']

/** A grant or a URL is past its time, or some clock is wrong. */
export function isGrantEnded({ code, ec, message }: OssFacts & { message: string }): boolean {
  if (ENDED_CODES.includes(code) || ec === '0006-00000213') return true
  return code === 'AccessDenied' && /expired|x-oss-date/i.test(message) && !message.includes('Condition failed')
}

/** It is in OSS, or may be. */
export function confirmBecause(message: string, cause?: unknown): Verdict {
  return {
    do: 'confirm',
    reason: new UploadError('stored-but-unconfirmed', message, { cause, hint: 'Nothing need be sent again.' }),
  }
}

/** An error of OSS, with its own words. */
export function refusal(
  code: 'grant-expired' | 'oss-unavailable' | 'oss-refused',
  facts: OssFacts & { message: string },
): UploadError {
  return new UploadError(code, `OSS answered ${facts.code}: ${facts.message}`, {
    hint: HINTS[facts.code],
    cause: facts,
  })
}

const HINTS: Readonly<Record<string, string>> = {
  AccessDenied: "What was sent is not what was granted: send a form's fields unchanged, and the file last.",
  SignatureDoesNotMatch: "The server's access key secret or region is wrong.",
  InvalidAccessKeyId: "The server's access key is unknown or disabled.",
  EntityTooLarge: 'The file has changed since it was added: add it again.',
  EntityTooSmall: 'The file has changed since it was added: add it again.',
  NoSuchBucket: 'The server is configured for a bucket that does not exist.',
}

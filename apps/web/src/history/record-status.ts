import { errorText, type Language } from '@oss-direct/react'
import type { UploadRecord } from '@oss-direct/shared'
import type { Texts } from '../texts.ts'

/** What became of a record, in words: more than its status says. */
export interface RecordStory {
  /** One sentence, or nothing where the status says it all. */
  sentence?: string
  /** What the server itself said, in English. */
  reason?: string
  /** `waiting`: the application failed so far, and the file is safe in the bucket. */
  tone: 'done' | 'failed' | 'waiting' | 'quiet'
}

export function tellRecord(record: UploadRecord, { text, language }: { text: Texts; language: Language }): RecordStory {
  const { status, retry, error } = record
  const reason = error && [error.detail, error.hint].filter(Boolean).join('. ')
  if (status === 'settled') return { tone: 'done' }
  if (status === 'failed') {
    const title = error && errorText(language.messages, error.code).title
    return { tone: 'failed', ...(title && { sentence: title }), ...(reason && { reason }) }
  }
  if (retry !== undefined) {
    const { attempts, gaveUp, nextAttemptAt } = retry
    const next = nextAttemptAt === undefined ? undefined : language.formats.dateTime(new Date(nextAttemptAt))
    const sentence = gaveUp ? text.gaveUp(attempts) : text.triedAgain(attempts, next)
    return { tone: 'waiting', sentence, ...(reason && { reason }) }
  }
  return { tone: 'quiet', sentence: text.meaning[status], ...(reason && { reason }) }
}

/** The status of a record that is in the bucket, and that the application failed to take, is not "not confirmed" to anybody. */
export function statusOf({ status, retry }: UploadRecord, text: Texts): string {
  return retry !== undefined && (status === 'granted' || status === 'expired') ? text.unanswered : text.status[status]
}

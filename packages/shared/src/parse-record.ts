import { answerOf, some } from './answer.ts'
import { boolean, count, json, list, object, oneOf, optional, text, time } from './reader.ts'
import { refusal } from './refusal.ts'
import type { RecordPage, Retry, StoredObject, UploadRecord, UploadTrace } from './wire.ts'

const record = object<UploadRecord>({
  id: some,
  route: some,
  key: some,
  status: oneOf('granted', 'settled', 'failed', 'aborted', 'expired'),
  file: object<UploadRecord['file']>({ name: text(), size: count(), type: text(), crc64: optional(text()) }),
  createdAt: time,
  settledAt: optional(time),
  evidence: optional(oneOf('callback', 'complete', 'head')),
  object: optional(object<StoredObject>({ size: count(), mimeType: text(), etag: text(), crc64: optional(text()) })),
  result: optional(json),
  error: optional(refusal),
  retry: optional(object<Retry>({ attempts: count(1), nextAttemptAt: optional(time), gaveUp: boolean })),
})

/** `GET /uploads/:id` */
export const parseRecord = answerOf(record)

/** `GET /uploads` */
export const parseRecordPage = answerOf(object<RecordPage>({ items: list(record), nextCursor: optional(text()) }))

/** `GET /uploads/:id/trace` */
export const parseTrace = answerOf(
  object<UploadTrace>({
    id: some,
    events: list(object<UploadTrace['events'][number]>({ at: time, event: some, detail: json })),
  }),
)

import { FileName, ResultView, useLanguage } from '@oss-direct/react'
import type { UploadRecord } from '@oss-direct/shared'
import { memo } from 'react'
import { addressOf, Link } from '../navigation.tsx'
import { usePreferences } from '../preferences.tsx'
import { RecordActions } from './record-actions.tsx'
import { RecordPicture } from './record-picture.tsx'
import { statusOf, tellRecord } from './record-status.ts'

export interface HistoryItemProps {
  record: UploadRecord
  onDelete(record: UploadRecord): void
}

/** One record: what it was, what became of it, and the application's answer behind a disclosure. */
export const HistoryItem = memo(function HistoryItem({ record, onDelete }: HistoryItemProps) {
  const { text } = usePreferences()
  const language = useLanguage()
  const { formats } = language
  const { id, file, object, result } = record
  const createdAt = new Date(record.createdAt)
  const story = tellRecord(record, { text, language })
  return (
    <li className="record" data-record-id={id} data-status={record.status} data-tone={story.tone}>
      <div className="record-head">
        <RecordPicture record={record} />
        <div className="record-text">
          <Link to={addressOf({ name: 'record', id })} className="record-link">
            <FileName name={file.name} />
          </Link>
          <p className="record-facts">
            <span className="status">{statusOf(record, text)}</span>
            <span>{formats.bytes(object?.size ?? file.size)}</span>
            <time dateTime={record.createdAt} title={formats.dateTime(createdAt)}>
              {shortTime(createdAt, formats.locale)}
            </time>
          </p>
        </div>
      </div>
      {story.sentence !== undefined && <p className="record-story">{story.sentence}</p>}
      {story.reason !== undefined && (
        <p className="record-reason" lang="en" dir="ltr">
          {story.reason}
        </p>
      )}
      <div className="record-foot">
        {result !== undefined && (
          <details className="record-answer">
            <summary>{text.answer}</summary>
            <ResultView value={result} />
          </details>
        )}
        <RecordActions record={record} onDelete={onDelete} />
      </div>
    </li>
  )
})

function shortTime(date: Date, locale: string): string {
  const { today, before } = timesOf(locale)
  return (date.toDateString() === new Date().toDateString() ? today : before).format(date)
}

interface Times {
  today: Intl.DateTimeFormat
  before: Intl.DateTimeFormat
}
// To make one takes a millisecond, and a list that grows while files are sent is drawn often.
const times = new Map<string, Times>()

function timesOf(locale: string): Times {
  const clock = { hour: 'numeric', minute: '2-digit' } as const
  const known = times.get(locale) ?? {
    today: new Intl.DateTimeFormat(locale, clock),
    before: new Intl.DateTimeFormat(locale, { ...clock, month: 'short', day: 'numeric' }),
  }
  times.set(locale, known)
  return known
}

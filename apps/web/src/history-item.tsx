import { FileName, FileSign, ResultView, useLanguage } from '@oss-direct/react'
import type { UploadRecord } from '@oss-direct/shared'
import { memo, useState } from 'react'
import { usePreferences } from './preferences.tsx'
import { useConfirmRecord, useDeleteRecord } from './use-history.ts'

/** One record: what it was, what became of it, and the application's answer behind a disclosure. */
export const HistoryItem = memo(function HistoryItem({ record }: { record: UploadRecord }) {
  const { text } = usePreferences()
  const { formats } = useLanguage()
  const { id, file, status, object } = record
  const createdAt = new Date(record.createdAt)
  return (
    <li className="record" data-record-id={id} data-status={status}>
      <div className="record-head">
        <Picture record={record} />
        <div className="record-text">
          <FileName name={file.name} />
          <p className="record-facts">
            <span className="status">{text.status[status]}</span>
            <span>{formats.bytes(object?.size ?? file.size)}</span>
            <time dateTime={record.createdAt} title={formats.dateTime(createdAt)}>
              {shortTime(createdAt, formats.locale)}
            </time>
          </p>
        </div>
      </div>
      {record.error !== undefined && (
        <p className="record-error" lang="en">
          {[record.error.detail, record.error.hint].filter(Boolean).join('. ')}
        </p>
      )}
      <RecordFoot record={record} />
    </li>
  )
})

function RecordFoot({ record: { id, status, result } }: { record: UploadRecord }) {
  const { text } = usePreferences()
  const confirm = useConfirmRecord()
  const remove = useDeleteRecord()
  const [asking, setAsking] = useState(false)
  const trouble = confirm.error ?? remove.error
  return (
    <>
      <div className="record-foot">
        {result !== undefined && (
          <details className="record-answer">
            <summary>{text.answer}</summary>
            <ResultView value={result} />
          </details>
        )}
        <div className="record-actions">
          {status === 'settled' && (
            <a className="quiet-button" href={contentUrl(id)} target="_blank" rel="noopener noreferrer">
              {text.open}
            </a>
          )}
          {(status === 'granted' || status === 'expired') && (
            <Quiet disabled={confirm.isPending} onClick={() => confirm.mutate(id)}>
              {text.confirm}
            </Quiet>
          )}
          {/* Deleting is for good, so it takes a second press; the first one only asks. */}
          {asking && (
            <Quiet tone="danger" onClick={() => remove.mutate(id)}>
              {text.removeForGood}
            </Quiet>
          )}
          <Quiet onClick={() => setAsking(!asking)}>{asking ? text.keep : text.remove}</Quiet>
        </div>
      </div>
      <p className="record-news" role="status">
        {trouble !== null && <span lang="en">{trouble.message}</span>}
        {confirm.data?.status === 'pending' && text.confirmPending}
      </p>
    </>
  )
}

interface QuietProps {
  tone?: 'danger'
  disabled?: boolean
  onClick(): void
  children: string
}

function Quiet({ tone, disabled, onClick, children }: QuietProps) {
  return (
    <button type="button" className="quiet-button" data-tone={tone} disabled={disabled} onClick={onClick}>
      {children}
    </button>
  )
}

// A browser draws these and runs nothing in them. Everything else gets a sheet of paper.
const PICTURE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])

function Picture({ record: { id, file, status, object } }: { record: UploadRecord }) {
  const [broken, setBroken] = useState(false)
  const drawable = status === 'settled' && object !== undefined && PICTURE_TYPES.has(object.mimeType) && !broken
  return (
    <span className="record-picture" aria-hidden="true">
      {drawable ? (
        <img src={contentUrl(id)} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
      ) : (
        <FileSign name={file.name} />
      )}
    </span>
  )
}

function shortTime(date: Date, locale: string): string {
  const isToday = date.toDateString() === new Date().toDateString()
  const day = isToday ? {} : ({ month: 'short', day: 'numeric' } as const)
  return new Intl.DateTimeFormat(locale, { ...day, hour: 'numeric', minute: '2-digit' }).format(date)
}

function contentUrl(id: string): string {
  return `/uploads/${encodeURIComponent(id)}/content`
}

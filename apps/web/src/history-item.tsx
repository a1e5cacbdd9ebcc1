import { FileName, ResultView, useLanguage } from '@oss-direct/react'
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
            <time dateTime={record.createdAt}>{formats.dateTime(createdAt)}</time>
          </p>
        </div>
      </div>
      {record.error !== undefined && (
        <p className="record-error" lang="en">
          {record.error.detail} {record.error.hint}
        </p>
      )}
      {record.result !== undefined && (
        <details className="record-answer">
          <summary>{text.answer}</summary>
          <ResultView value={record.result} />
        </details>
      )}
      <RecordActions record={record} />
    </li>
  )
})

function RecordActions({ record: { id, status } }: { record: UploadRecord }) {
  const { text } = usePreferences()
  const confirm = useConfirmRecord()
  const remove = useDeleteRecord()
  const [asking, setAsking] = useState(false)
  const trouble = confirm.error ?? remove.error
  return (
    <>
      <div className="record-actions">
        {status === 'settled' && (
          <a className="plain-button" href={contentUrl(id)} target="_blank" rel="noopener noreferrer">
            {text.open}
          </a>
        )}
        {(status === 'granted' || status === 'expired') && (
          <button
            type="button"
            className="plain-button"
            disabled={confirm.isPending}
            onClick={() => confirm.mutate(id)}
          >
            {text.confirm}
          </button>
        )}
        {asking ? (
          <>
            <button type="button" className="plain-button" data-tone="danger" onClick={() => remove.mutate(id)}>
              {text.removeForGood}
            </button>
            <button type="button" className="plain-button" onClick={() => setAsking(false)}>
              {text.keep}
            </button>
          </>
        ) : (
          <button type="button" className="plain-button" onClick={() => setAsking(true)}>
            {text.remove}
          </button>
        )}
      </div>
      <p className="record-news" role="status">
        {trouble !== null && <span lang="en">{trouble.message}</span>}
        {confirm.data?.status === 'pending' && text.confirmPending}
      </p>
    </>
  )
}

// A browser draws these and runs nothing in them. Everything else gets a sheet of paper.
const PICTURE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])

function Picture({ record: { id, status, object } }: { record: UploadRecord }) {
  const [broken, setBroken] = useState(false)
  const drawable = status === 'settled' && object !== undefined && PICTURE_TYPES.has(object.mimeType) && !broken
  return (
    <span className="record-picture" aria-hidden="true">
      {drawable && <img src={contentUrl(id)} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />}
    </span>
  )
}

function contentUrl(id: string): string {
  return `/uploads/${encodeURIComponent(id)}/content`
}

import type { UploadRecord } from '@oss-direct/shared'
import { useCallback, useEffect, useId, useRef } from 'react'
import { usePreferences } from '../preferences.tsx'
import { Trouble } from '../trouble.tsx'
import { HistoryItem } from './history-item.tsx'
import { isUploading, type RefusedDeletion, useDeleteRecord, useDeletions, useHistory } from './use-history.ts'

/** What this visitor has uploaded, and what the application answered each time. */
export function History() {
  const { text } = usePreferences()
  const headingId = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useHistory()
  const { mutate } = useDeleteRecord()
  const { pending, refused } = useDeletions()
  const end = useReached(() => hasNextPage && !isFetchingNextPage && fetchNextPage())
  const records = shownRecords(data?.pages.flatMap((page) => page.items) ?? [], pending)
  const remove = useCallback(
    (record: UploadRecord) => {
      mutate(record)
      // The row goes, and the button that has the focus with it.
      heading.current?.focus()
    },
    [mutate],
  )
  return (
    // `od-root`: names and answers in here look like those of the dropzone.
    <section className="history od-root" aria-labelledby={headingId}>
      <h2 id={headingId} ref={heading} tabIndex={-1}>
        {text.history}
      </h2>
      {error !== null && <Trouble sentence={text.historyFailed} error={error} retry={() => void refetch()} />}
      {refused.map((deletion) => (
        <NotDeleted key={deletion.record.id} {...deletion} />
      ))}
      {isPending && <Skeleton label={text.historyLoading} />}
      {data !== undefined && records.length === 0 && <p className="empty">{text.historyEmpty}</p>}
      {records.length > 0 && (
        <ol className="records">
          {records.map((record) => (
            <HistoryItem key={record.id} record={record} onDelete={remove} />
          ))}
        </ol>
      )}
      {hasNextPage && (
        <button
          ref={end}
          type="button"
          className="plain-button"
          disabled={isFetchingNextPage}
          onClick={() => fetchNextPage()}
        >
          {text.showOlder}
        </button>
      )}
    </section>
  )
}

/** Without those that are being deleted, and those that the dropzone beside shows on their way. */
function shownRecords(items: readonly UploadRecord[], deleted: ReadonlySet<string>): UploadRecord[] {
  const uploading = isUploading()
  return items.filter(({ id, status }) => !deleted.has(id) && !(uploading && status === 'granted'))
}

function NotDeleted({ record, error, dismiss }: RefusedDeletion) {
  const { text } = usePreferences()
  return (
    <div className="trouble" role="alert">
      <p>
        {text.notDeleted(record.file.name)} <span lang="en">{error.message}</span>
      </p>
      <button type="button" className="plain-button" onClick={dismiss}>
        {text.dismiss}
      </button>
    </div>
  )
}

function Skeleton({ label }: { label: string }) {
  return (
    <div className="skeleton" role="status">
      <span className="unseen">{label}</span>
      <div />
      <div />
      <div />
    </div>
  )
}

/** Calls back when the element comes into sight, so that reading on needs no click. */
function useReached(reached: () => void) {
  const element = useRef<HTMLButtonElement>(null)
  const latest = useRef(reached)
  useEffect(() => {
    latest.current = reached
  })
  useEffect(() => {
    const watched = element.current
    if (watched === null) return
    const observer = new IntersectionObserver((entries) => {
      if (entries.some(({ isIntersecting }) => isIntersecting)) latest.current()
    })
    observer.observe(watched)
    return () => observer.disconnect()
  })
  return element
}

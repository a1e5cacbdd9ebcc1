import { useEffect, useId, useRef } from 'react'
import { HistoryItem } from './history-item.tsx'
import { usePreferences } from './preferences.tsx'
import { isUploading, useHistory } from './use-history.ts'

/** What this visitor has uploaded, and what the application answered each time. */
export function History() {
  const { text } = usePreferences()
  const headingId = useId()
  const { data, error, isPending, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useHistory()
  const end = useReached(() => hasNextPage && !isFetchingNextPage && fetchNextPage())
  const items = data?.pages.flatMap((page) => page.items) ?? []
  const records = isUploading() ? items.filter(({ status }) => status !== 'granted') : items
  return (
    // `od-root`: names and answers in here look like those of the dropzone.
    <section className="history od-root" aria-labelledby={headingId}>
      <h2 id={headingId}>{text.history}</h2>
      {error !== null && (
        <div className="trouble" role="alert">
          <p>
            {text.historyFailed} <span lang="en">{error.message}</span>
          </p>
          <button type="button" className="plain-button" onClick={() => refetch()}>
            {text.tryAgain}
          </button>
        </div>
      )}
      {isPending && <Skeleton label={text.historyLoading} />}
      {data !== undefined && records.length === 0 && <p className="empty">{text.historyEmpty}</p>}
      {records.length > 0 && (
        <ol className="records">
          {records.map((record) => (
            <HistoryItem key={record.id} record={record} />
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

function Skeleton({ label }: { label: string }) {
  return (
    <div className="skeleton" role="status">
      <span className="od-hidden">{label}</span>
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

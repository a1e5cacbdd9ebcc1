import type { Uploader } from '@oss-direct/uploader'
import { type CSSProperties, useEffect, useRef, useState } from 'react'
import { useLanguage } from './language.tsx'
import { estimate, usePace } from './pace.ts'
import type { Summary } from './summary.ts'
import { fractionSent } from './upload-status.tsx'

/** All uploads of the list in one line: how far they are, and at the end what became of them. */
export function SummaryBar({ summary, uploader, route }: { summary: Summary; uploader: Uploader; route: string }) {
  const { messages, formats } = useLanguage()
  const { total, active, paused, unfinished, askable, totalBytes, sentBytes } = summary
  const pace = usePace(active > paused ? sentBytes : undefined)
  const tookMs = useRunDuration(active > 0)
  // One upload says all of this in its own row.
  if (total < 2) return null

  const finished = total - active - unfinished
  const left = active > paused ? estimate(pace, totalBytes - sentBytes) : undefined
  const fraction = fractionSent(sentBytes, totalBytes)
  const style: CSSProperties & { '--od-sent': number } = { '--od-sent': fraction }
  const atRest = [messages.digest(summary), tookMs === undefined ? undefined : messages.took(formats.duration(tookMs))]
  const underWay = [
    messages.uploading({ finished, total }),
    // All bytes sent is not yet done, and would look like it.
    sentBytes < totalBytes ? formats.percent(fraction) : undefined,
    left === undefined ? undefined : messages.timeLeft(formats.duration(left.leftMs)),
  ]
  return (
    <div className="od-summary" data-active={active > 0 || undefined} style={style}>
      <p className="od-status">
        {(active > 0 ? underWay : atRest).map((text) => text !== undefined && <span key={text}>{text}</span>)}
      </p>
      <div className="od-actions">
        {summary.failed > 0 && (
          <button type="button" className="od-button" data-kind="quiet" onClick={() => uploader.retryAll(route)}>
            {messages.retryFailed}
          </button>
        )}
        {summary.unconfirmed > 1 && (
          <button type="button" className="od-button" data-kind="quiet" onClick={() => uploader.confirmAll(route)}>
            {messages.confirmAll}
          </button>
        )}
        {summary.pausable > 0 && (
          <button type="button" className="od-button" data-kind="quiet" onClick={() => uploader.pauseAll(route)}>
            {messages.pauseAll}
          </button>
        )}
        {paused + askable > 0 && (
          <button type="button" className="od-button" data-kind="quiet" onClick={() => uploader.resumeAll(route)}>
            {messages.resumeAll}
          </button>
        )}
        {active + unfinished > 0 && (
          <button type="button" className="od-button" data-kind="quiet" onClick={() => uploader.cancelAll(route)}>
            {messages.cancelAll}
          </button>
        )}
        {/* What is in OSS and unconfirmed stays: clearing it away would hide that somebody still has to answer. */}
        {active === 0 && summary.unconfirmed + unfinished < total && (
          <button type="button" className="od-button" data-kind="quiet" onClick={() => uploader.clear(route)}>
            {messages.clear}
          </button>
        )}
      </div>
    </div>
  )
}

/** How long the run took that has just ended. */
function useRunDuration(running: boolean): number | undefined {
  const startedAt = useRef<number>(undefined)
  const [tookMs, setTookMs] = useState<number>()
  useEffect(() => {
    if (running) startedAt.current = performance.now()
    else if (startedAt.current !== undefined) setTookMs(performance.now() - startedAt.current)
  }, [running])
  return tookMs
}

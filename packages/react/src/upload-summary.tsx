import { type CSSProperties, type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react'
import { CheckIcon, ErrorIcon, WarningIcon } from './icons.tsx'
import { useLanguage } from './language.tsx'
import { estimate, usePace } from './pace.ts'
import { usePanelUploads, usePlace } from './panel.ts'
import type { Summary } from './summary.ts'
import { useUploader } from './upload-provider.tsx'
import { fractionSent } from './upload-status.tsx'

/** A list in figures, and its pace while something is being sent. */
export interface SummaryFigures extends Summary {
  /** Milliseconds; undefined where it is not known. */
  leftMs: number | undefined
  bytesPerSecond: number | undefined
  /** Milliseconds that the last run took; undefined before the first is over. */
  tookMs: number | undefined
}

export interface UploadSummaryProps {
  /** In place of the built-in line; called whenever there is at least one upload. */
  children?: ((figures: SummaryFigures) => ReactNode) | undefined
}

/** All uploads of the list in one line: how far they are, and at the end what became of them. */
export function UploadSummary({ children }: UploadSummaryProps) {
  const { rows, summary } = usePanelUploads('UploadSummary')
  const moving = summary.active > summary.paused
  const pace = usePace(rows, moving)
  const tookMs = useRunDuration(summary.active > 0)
  const left = moving ? estimate(pace, summary.totalBytes - summary.sentBytes) : undefined
  if (summary.total === 0) return null
  const figures = { ...summary, leftMs: left?.leftMs, bytesPerSecond: left?.bytesPerSecond, tookMs }
  // A fragment, because to the types of React 18 a component gives an element.
  if (children !== undefined) return <>{children(figures)}</>
  // One upload says all of this in its own row.
  return summary.total < 2 ? null : <SummaryLine figures={figures} />
}

function SummaryLine({ figures }: { figures: SummaryFigures }) {
  const { messages, formats } = useLanguage()
  const { total, active, paused, unfinished, totalBytes, sentBytes, leftMs, tookMs } = figures
  const finished = total - active - unfinished
  const fraction = fractionSent(sentBytes, totalBytes)
  const style: CSSProperties & { '--od-sent': number } = { '--od-sent': fraction }
  const moving = active > paused
  const texts =
    active > 0
      ? [
          messages.uploading({ finished, total }),
          // All bytes sent is not yet done, and would look like it.
          sentBytes < totalBytes ? formats.percent(fraction) : undefined,
          moving && leftMs !== undefined ? messages.timeLeft(formats.duration(leftMs)) : undefined,
        ]
      : [messages.digest(figures), tookMs === undefined ? undefined : messages.took(formats.duration(tookMs))]
  return (
    <div className="od-summary" data-active={active > 0 || undefined} data-outcome={outcomeOf(figures)} style={style}>
      <Mark outcome={outcomeOf(figures)} />
      <p className="od-status">
        {texts.map(
          (text) =>
            text !== undefined && (
              <span className="od-word" key={text}>
                {text}
              </span>
            ),
        )}
      </p>
      <SummaryActions figures={figures} />
    </div>
  )
}

function SummaryActions({ figures }: { figures: SummaryFigures }) {
  const { messages } = useLanguage()
  const { route, disabled } = usePlace('UploadSummary')
  const uploader = useUploader()
  const { total, active, paused, pausable, unconfirmed, unfinished, askable, failed } = figures
  const actions = useMemo(
    () => ({
      retryFailed: () => uploader.retryAll(route),
      confirmAll: () => uploader.confirmAll(route),
      pauseAll: () => uploader.pauseAll(route),
      resumeAll: () => uploader.resumeAll(route),
      cancelAll: () => uploader.cancelAll(route),
      addMore: ({ currentTarget }: MouseEvent) => openFilesBeside(currentTarget),
      clear: () => uploader.clear(route),
    }),
    [uploader, route],
  )
  const offered: Record<keyof typeof actions, boolean> = {
    retryFailed: failed > 0,
    confirmAll: unconfirmed > 1,
    pauseAll: pausable > 0,
    resumeAll: paused + askable > 0,
    cancelAll: active + unfinished > 0,
    addMore: active === 0 && !disabled,
    // What is in OSS and unconfirmed stays: clearing it away would hide that somebody still has to answer.
    clear: active === 0 && unconfirmed + unfinished < total,
  }
  return (
    <div className="od-actions">
      {(Object.keys(actions) as (keyof typeof actions)[]).map(
        (name) =>
          offered[name] && (
            <button key={name} type="button" className="od-button" data-kind="quiet" onClick={actions[name]}>
              {messages[name]}
            </button>
          ),
      )}
    </div>
  )
}

/** The drop area may be yours: its input is the one of `getInputProps`, as its button is the one that is given the focus. */
function openFilesBeside(element: Element): void {
  element.closest('.od-root')?.querySelector<HTMLInputElement>('[data-dropzone] input[type=file]')?.click()
}

/** The worst that became of any of them, once nothing moves any more. */
function outcomeOf({ active, failed, unconfirmed, done }: Summary): 'failed' | 'unconfirmed' | 'done' | undefined {
  if (active > 0) return undefined
  if (failed > 0) return 'failed'
  if (unconfirmed > 0) return 'unconfirmed'
  return done > 0 ? 'done' : undefined
}

function Mark({ outcome }: { outcome: ReturnType<typeof outcomeOf> }) {
  if (outcome === undefined) return null
  return (
    <span className="od-mark">
      {outcome === 'done' && <CheckIcon />}
      {outcome === 'unconfirmed' && <WarningIcon />}
      {outcome === 'failed' && <ErrorIcon />}
    </span>
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

import { CopyButton, type Formats, useLanguage } from '@oss-direct/react'
import type { Evidence, Json, UploadTrace } from '@oss-direct/shared'
import { useId } from 'react'
import type { RecordTexts } from './record-texts.ts'
import { type Step, stepsOf } from './timeline-steps.ts'
import { useRecordTexts } from './use-record-texts.ts'

/** What happened when, and how long each step took. */
export function Timeline({ trace }: { trace: UploadTrace }) {
  const text = useRecordTexts()
  const { formats } = useLanguage()
  const id = useId()
  const steps = stepsOf(trace.events)
  return (
    <section className="timeline" aria-labelledby={id}>
      <h2 id={id}>{text.timeline}</h2>
      <p className="chapter-hint">{text.timelineHint}</p>
      <ol>
        {steps.map((step, index) => (
          <li key={index} data-tone={toneOf(step)}>
            <p>{tell(step, text, formats)}</p>
            <p className="step-time">
              <time dateTime={step.at}>{clockTime(step.at, formats.locale)}</time>
              {step.sinceMs !== undefined && (
                <span className="step-since">+{shortDuration(step.sinceMs, formats)}</span>
              )}
            </p>
          </li>
        ))}
      </ol>
      <CopyButton label={text.copyTrace} text={() => JSON.stringify(trace, null, 2)} />
    </section>
  )
}

function toneOf({ event, detail }: Step): 'failed' | 'done' | undefined {
  if (event === 'application failed' || (event === 'callback answered' && 'refused' in detail)) return 'failed'
  return event === 'application answered' || event === 'callback answered' ? 'done' : undefined
}

/** A step in words; one that is not known yet stands there under its own name. */
function tell({ event, detail, count }: Step, { events: text, evidence }: RecordTexts, formats: Formats): string {
  const number = (value: Json | undefined) => formats.number(Number(value ?? 0))
  switch (event) {
    case 'granted':
      return 'partCount' in detail ? text.grantedParts(number(detail.partCount)) : text.granted
    case 'callback received':
      return text.callbackReceived
    case 'bucket asked': {
      const { found } = detail
      const size = typeof found === 'object' && found !== null && !Array.isArray(found) ? found.size : undefined
      const what = size === undefined ? text.notFound : text.found(formats.bytes(Number(size)))
      return `${text.asked(shortEvidence(detail.evidence, evidence))}: ${what}`
    }
    case 'application answered':
      return text.answered
    case 'application failed':
      return text.failed(String(detail.reason))
    case 'callback answered':
      return 'refused' in detail
        ? text.callbackRefused(String(detail.refused))
        : text.callbackAnswered(String(detail.status))
    case 'parts begun':
      return text.partsBegun
    case 'parts signed':
      return text.partsSigned(formats.number(count), number(detail.held))
    case 'parts listed':
      return text.partsListed(number(detail.found))
    case 'parts completed':
      return text.partsCompleted(number(detail.parts), formats.bytes(Number(detail.bytes ?? 0)))
    case 'parts aborted':
      return text.partsAborted
    default:
      return event
  }
}

function shortEvidence(evidence: Json | undefined, names: Record<Evidence, string>): string {
  return typeof evidence === 'string' && Object.hasOwn(names, evidence) ? evidence : '?'
}

function clockTime(at: string, locale: string): string {
  const options = { hour: '2-digit', minute: '2-digit', second: '2-digit', fractionalSecondDigits: 3 } as const
  return new Intl.DateTimeFormat(locale, { ...options, hourCycle: 'h23' }).format(new Date(at))
}

function shortDuration(ms: number, formats: Formats): string {
  if (ms >= 60_000) return formats.duration(ms)
  const [value, unit] = ms < 1000 ? [ms, 'millisecond'] : [ms / 1000, 'second']
  const style = { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: 1 } as const
  return new Intl.NumberFormat(formats.locale, style).format(value)
}

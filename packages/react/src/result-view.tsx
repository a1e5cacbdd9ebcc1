import type { Json, JsonObject } from '@oss-direct/shared'
import { type ReactNode, useId } from 'react'
import { CopyButton } from './copy-button.tsx'
import type { Formats } from './formats.ts'
import { type Language, useLanguage } from './language.tsx'
import { safeLink } from './safe-link.ts'

export interface ResultViewProps {
  /** Any JSON. It is shown as text and links, never as markup. */
  value: Json
  /** What stands above it. @default messages.answer */
  title?: string
}

/** What the application answered, like a receipt: labels, values, and the JSON itself to copy. */
export function ResultView({ value, title }: ResultViewProps) {
  const language = useLanguage()
  const { messages } = language
  const titleId = useId()
  return (
    <section className="od-result" aria-labelledby={titleId}>
      <header className="od-result-head">
        <h4 id={titleId}>{title ?? messages.answer}</h4>
        <CopyButton label={messages.copyJson} text={() => JSON.stringify(value, null, 2)} />
      </header>
      <div className="od-result-body">{renderValue(value, { language, label: '', depth: 0 })}</div>
    </section>
  )
}

interface Place {
  language: Language
  /** The member's name; sizes and times are known by it. */
  label: string
  depth: number
}

const MAX_DEPTH = 4
const MAX_ITEMS = 20

function renderValue(value: Json, place: Place): ReactNode {
  const { messages, formats } = place.language
  if (value === null) return <span className="od-muted">{messages.nothing}</span>
  if (typeof value === 'boolean') return value ? messages.yes : messages.no
  if (typeof value === 'number') return renderNumber(value, place)
  if (typeof value === 'string') return renderText(value, formats)
  if (place.depth >= MAX_DEPTH) return <code className="od-code">{JSON.stringify(value)}</code>
  return Array.isArray(value) ? renderList(value, place) : renderObject(value, place)
}

function renderObject(value: JsonObject, place: Place): ReactNode {
  const members = Object.entries(value)
  if (members.length === 0) return <span className="od-muted">{place.language.messages.emptyAnswer}</span>
  return (
    <dl className="od-facts">
      {members.slice(0, MAX_ITEMS).map(([name, member]) => (
        <div key={name} data-nested={typeof member === 'object' && member !== null ? '' : undefined}>
          <dt title={name}>{labelOf(name)}</dt>
          <dd>{renderValue(member, { ...place, label: name, depth: place.depth + 1 })}</dd>
        </div>
      ))}
      {renderRest(members.length, place)}
    </dl>
  )
}

function renderList(value: Json[], place: Place): ReactNode {
  if (value.length === 0) return <span className="od-muted">{place.language.messages.nothing}</span>
  const shown = value.slice(0, MAX_ITEMS)
  return (
    <ul className="od-items">
      {shown.map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a settled answer never changes, and its items need not differ
        <li key={index}>{renderValue(item, { ...place, depth: place.depth + 1 })}</li>
      ))}
      {value.length > MAX_ITEMS && (
        <li className="od-muted">{place.language.messages.moreItems(value.length - MAX_ITEMS)}</li>
      )}
    </ul>
  )
}

function renderRest(count: number, { language }: Place): ReactNode {
  if (count <= MAX_ITEMS) return null
  return (
    <div>
      <dt className="od-muted">{language.messages.moreItems(count - MAX_ITEMS)}</dt>
      <dd />
    </div>
  )
}

function renderNumber(value: number, { label, language: { formats } }: Place): ReactNode {
  if (Number.isInteger(value) && value >= 0 && /(size|bytes)$/i.test(label)) {
    const exact = formats.number(value)
    return value < 1024 ? formats.bytes(value) : <span title={`${exact} B`}>{formats.bytes(value)}</span>
  }
  // A number is written as the application wrote it: an id is not to be grouped into thousands.
  return String(value)
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/

function renderText(text: string, formats: Formats): ReactNode {
  if (text === '') return <span className="od-muted">&ldquo;&rdquo;</span>
  if (ISO_TIME.test(text) && !Number.isNaN(Date.parse(text))) {
    return (
      <time dateTime={text} title={text}>
        {formats.dateTime(new Date(text))}
      </time>
    )
  }
  const page = typeof location === 'undefined' ? 'https://page.invalid/' : location.href
  const href = safeLink(text, page)
  if (href !== undefined) {
    return (
      <a href={href} target="_blank" rel="noopener noreferrer">
        {text}
      </a>
    )
  }
  return <bdi className={looksLikeId(text) ? 'od-code' : undefined}>{text}</bdi>
}

/** Keys, hashes and ids: no spaces, and a digit, slash or underscore somewhere. */
function looksLikeId(text: string): boolean {
  return text.length >= 12 && !/\s/.test(text) && /[\d/_]/.test(text)
}

/** `mimeType` and `mime_type` are read as "MIME type"; a name in capitals or in another script stays as it is. */
export function labelOf(name: string): string {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .replace(/[_-]+/g, ' ')
    .trim()
  if (words === '' || words === words.toUpperCase()) return words || name
  const lower = words
    .replace(/\b[A-Z][a-z]+/g, (word) => word.toLowerCase())
    .replace(/\b(id|url|uri|mime|md5|crc64|json)\b/gi, (word) => word.toUpperCase())
    .replace(/\betag\b/i, 'ETag')
  return lower.charAt(0).toUpperCase() + lower.slice(1)
}

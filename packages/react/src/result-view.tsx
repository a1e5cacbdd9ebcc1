import type { Json, JsonObject } from '@oss-direct/shared'
import { type ReactNode, useId, useState } from 'react'
import { CopyButton } from './copy-button.tsx'
import type { Formats } from './formats.ts'
import { type Language, useLanguage } from './language.tsx'
import { safeLink } from './safe-link.ts'
import { straightText } from './straight-text.ts'

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
  const place = { language, label: '', depth: 0, budget: { values: MAX_VALUES } }
  return (
    <section className="od-result" aria-labelledby={titleId}>
      <header className="od-result-head">
        <h4 className="od-result-title" id={titleId}>
          {title ?? messages.answer}
        </h4>
        <CopyButton label={messages.copyJson} text={() => writeWhole(value)} />
      </header>
      <div className="od-result-body">{renderValue(value, place)}</div>
    </section>
  )
}

interface Place {
  language: Language
  /** The member's name; sizes and times are known by it. */
  label: string
  depth: number
  /** Shared by all places of one answer. */
  budget: { values: number }
}

const MAX_DEPTH = 4
const MAX_ITEMS = 20
/** Of one answer. What is beyond stands there as it came, and all of it is in the copy. */
const MAX_VALUES = 200
const MAX_TEXT = 2000
const MAX_LABEL = 80

function renderValue(value: Json, place: Place): ReactNode {
  const { messages, formats } = place.language
  if (value === null) return <span className="od-muted">{messages.nothing}</span>
  if (typeof value === 'boolean') return value ? messages.yes : messages.no
  if (typeof value === 'number') return renderNumber(value, place)
  if (typeof value === 'string') return renderText(value, formats)
  place.budget.values -= 1
  if (place.depth >= MAX_DEPTH || place.budget.values < 0) return <code className="od-code">{writeShort(value)}</code>
  return Array.isArray(value) ? renderList(value, place) : renderObject(value, place)
}

function renderObject(value: JsonObject, place: Place): ReactNode {
  const members = Object.entries(value)
  if (members.length === 0) return <span className="od-muted">{place.language.messages.emptyAnswer}</span>
  return (
    <dl className="od-facts">
      {members.slice(0, MAX_ITEMS).map(([name, member]) => (
        <div
          className="od-fact"
          key={name}
          data-nested={typeof member === 'object' && member !== null ? '' : undefined}
        >
          <dt className="od-label" title={straightText(name, MAX_LABEL)}>
            {straightText(labelOf(name.slice(0, MAX_LABEL * 2)), MAX_LABEL)}
          </dt>
          <dd className="od-value">{renderValue(member, { ...place, label: name, depth: place.depth + 1 })}</dd>
        </div>
      ))}
      {renderRest(members.length, place)}
    </dl>
  )
}

function renderList(value: Json[], place: Place): ReactNode {
  if (value.length === 0) return <span className="od-muted">{place.language.messages.nothing}</span>
  return (
    <ul className="od-items">
      {value.slice(0, MAX_ITEMS).map((item, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a settled answer never changes, and its items need not differ
        <li className="od-list-item" key={index}>
          {renderValue(item, { ...place, depth: place.depth + 1 })}
        </li>
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
    <div className="od-fact">
      <dt className="od-label">{language.messages.moreItems(count - MAX_ITEMS)}</dt>
      <dd className="od-value" />
    </div>
  )
}

function renderNumber(value: number, { label, language: { formats } }: Place): ReactNode {
  if (Number.isInteger(value) && value >= 0 && /(size|bytes)$/i.test(label)) {
    const exact = formats.number(value)
    if (value < 1024) return formats.bytes(value)
    return (
      <span className="od-word" title={`${exact} B`}>
        {formats.bytes(value)}
      </span>
    )
  }
  // A number is written as the application wrote it: an id is not to be grouped into thousands.
  return String(value)
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/

function renderText(text: string, formats: Formats): ReactNode {
  if (text === '') return <span className="od-muted">&ldquo;&rdquo;</span>
  if (ISO_TIME.test(text) && !Number.isNaN(Date.parse(text))) {
    return (
      <time className="od-word" dateTime={text} title={text}>
        {formats.dateTime(new Date(text))}
      </time>
    )
  }
  const page = typeof location === 'undefined' ? 'https://page.invalid/' : location.href
  const href = safeLink(text, page)
  const shown = straightText(text, MAX_TEXT)
  if (href === undefined) return <bdi className={looksLikeId(text) ? 'od-code' : 'od-word'}>{shown}</bdi>
  return (
    <a className="od-link" href={href} target="_blank" rel="noopener noreferrer">
      {PICTURE.test(href) && <LinkedPicture href={href} />}
      <bdi className="od-word">{shown}</bdi>
    </a>
  )
}

const PICTURE = /^[^?#]+\.(png|jpe?g|gif|webp|avif)([?#]|$)/i

/** Asked for without telling from where, and gone if it cannot be shown. */
function LinkedPicture({ href }: { href: string }) {
  const [broken, setBroken] = useState(false)
  if (broken) return null
  return (
    <img
      className="od-linked-picture"
      src={href}
      alt=""
      loading="lazy"
      decoding="async"
      referrerPolicy="no-referrer"
      onError={() => setBroken(true)}
    />
  )
}

/** Keys, hashes and ids: no spaces, and a digit, slash or underscore somewhere. */
function looksLikeId(text: string): boolean {
  return text.length >= 12 && text.length < 500 && !/\s/.test(text) && /[\d/_]/.test(text)
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

const DEEPEST = 50
const SHORT = 300

/** As a person wants to read it; in one line where it is nested so deep that the indents would weigh more than the answer. */
function writeWhole(value: Json): string {
  return JSON.stringify(value, null, isDeeper(value, DEEPEST) ? undefined : 2)
}

function writeShort(value: Json): string {
  // The browser gives up on what is nested some thousand times.
  return isDeeper(value, DEEPEST) ? '…' : straightText(JSON.stringify(value), SHORT)
}

function isDeeper(value: Json, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false
  return levels === 0 || Object.values(value).some((member) => isDeeper(member, levels - 1))
}

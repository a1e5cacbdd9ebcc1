import { CopyButton } from '@oss-direct/react'
import type { Json } from '@oss-direct/shared'
import { type ReactNode, useId } from 'react'
import { useRecordTexts } from './use-record-texts.ts'

export interface ChapterProps {
  title: string
  hint: string
  /** What it is made of, as it came; one click away. */
  raw?: Json | undefined
  children: ReactNode
}

/** One part of the inspector: what it is, in words, and the text it was read from. */
export function Chapter({ title, hint, raw, children }: ChapterProps) {
  const id = useId()
  return (
    <section className="chapter" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <p className="chapter-hint">{hint}</p>
      {children}
      {raw !== undefined && <Raw of={title} value={raw} />}
    </section>
  )
}

function Raw({ of, value }: { of: string; value: Json }) {
  const text = useRecordTexts()
  return (
    <details className="raw">
      <summary>
        {text.raw}
        <span className="unseen">: {of}</span>
      </summary>
      <Text value={value} />
    </details>
  )
}

/** Text as it is, or JSON, to read and to copy. */
export function Text({ value }: { value: Json }) {
  const { copy } = useRecordTexts()
  const write = () => (typeof value === 'string' ? value : JSON.stringify(value, null, 2))
  return (
    <div className="raw-text">
      <pre lang="en" dir="ltr">
        {write()}
      </pre>
      <CopyButton label={copy} text={write} />
    </div>
  )
}

export interface Fact {
  name: string
  value: ReactNode
  /** What it is, in a sentence. */
  meaning?: string | undefined
  /** A name that stands like this on the wire. */
  isCode?: boolean
}

/** `table`: the meaning has a column of its own, for many short values. */
export function Facts({ facts, layout = 'list' }: { facts: readonly Fact[]; layout?: 'list' | 'table' }) {
  return (
    <dl className="facts" data-layout={layout}>
      {facts.map(({ name, value, meaning, isCode = false }) => (
        <div key={name}>
          <dt>{isCode ? <code dir="ltr">{name}</code> : name}</dt>
          <dd>
            <span className="fact-value">{value}</span>
            {meaning !== undefined && <span className="fact-meaning">{meaning}</span>}
          </dd>
        </div>
      ))}
    </dl>
  )
}

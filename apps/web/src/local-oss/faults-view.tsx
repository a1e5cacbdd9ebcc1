import { useLanguage } from '@oss-direct/react'
import { useState } from 'react'
import type { LocalOss, SetFault } from '../api.ts'
import { ViewHeading } from '../navigation.tsx'
import { usePreferences } from '../preferences.tsx'
import { Trouble } from '../trouble.tsx'
import { FAULT_KINDS } from './fault-kinds.ts'
import { FaultSwitch } from './fault-switch.tsx'
import { type FaultTexts, faultTexts } from './fault-texts.ts'
import { useClearFaults, useLocalOss } from './use-local-oss.ts'
import './faults.css'

/** Switches for what may go wrong in the local OSS, each with what to expect to see. */
export default function FaultsView() {
  const { locale } = usePreferences()
  const text = faultTexts[locale]
  const { data, error, refetch } = useLocalOss({ followMs: 2000 })
  return (
    <>
      <ViewHeading title={text.title} />
      {error !== null && <Trouble sentence={text.unreachable} error={error} retry={() => void refetch()} />}
      {data?.isLocal === false && (
        <div className="calm">
          <h2>{text.notLocal}</h2>
          <p>{text.notLocalHint}</p>
        </div>
      )}
      {data?.isLocal === true && <Panel localOss={data} text={text} />}
    </>
  )
}

function Panel({ localOss, text }: { localOss: LocalOss; text: FaultTexts }) {
  const [news, setNews] = useState('')
  const clear = useClearFaults()
  const { faults } = localOss
  return (
    <>
      <p className="lead">{text.intro}</p>
      <section className="in-force" aria-labelledby="in-force">
        <h2 id="in-force">{text.inForce}</h2>
        {faults.length === 0 ? (
          <p className="muted">{text.none}</p>
        ) : (
          <ul>
            {faults.map((fault) => (
              <InForce key={fault.id} fault={fault} text={text} />
            ))}
          </ul>
        )}
        <button
          type="button"
          className="plain-button"
          // Not disabled: the button that was just pressed would lose the focus.
          aria-disabled={faults.length === 0}
          onClick={() => faults.length > 0 && clear.mutate('all', { onSuccess: () => setNews(text.allAreOff) })}
        >
          {text.allOff}
        </button>
        {clear.error !== null && (
          <p className="failure" role="alert">
            {text.failed} <span lang="en">{clear.error.message}</span>
          </p>
        )}
      </section>
      <ul className="fault-switches">
        {FAULT_KINDS.map((kind) => (
          <FaultSwitch
            key={kind.name}
            kind={kind}
            set={faults.filter(({ name }) => name === kind.name)}
            text={text}
            announce={setNews}
          />
        ))}
      </ul>
      {localOss.console !== undefined && (
        <p className="muted">
          {text.consoleBefore}
          <a href={localOss.console} target="_blank" rel="noopener noreferrer">
            {text.console}
          </a>
          {text === faultTexts['zh-CN'] ? '。' : '.'}
        </p>
      )}
      <p className="unseen" role="status">
        {news}
      </p>
    </>
  )
}

/** Also those that this page has no switch for: the console can set them. */
function InForce({ fault, text }: { fault: SetFault; text: FaultTexts }) {
  const { formats } = useLanguage()
  const { id: _, name, count, ...rest } = fault
  const kind = FAULT_KINDS.find((known) => known.name === name)
  const facts = Object.entries(rest).map(([member, value]) => {
    const parameter = kind?.parameters.find((known) => known.name === member)
    if (parameter === undefined) return `${member}: ${String(value)}`
    const factor = 'factor' in parameter ? parameter.factor : 1
    return `${text.parameters[parameter.name]}: ${typeof value === 'number' ? formats.number(value / factor) : String(value)}`
  })
  return (
    <li>
      <strong>{kind === undefined ? name : text.names[kind.name]}</strong>{' '}
      <span className="muted">
        {[...facts, count === undefined ? text.untilOff : text.onceMore(count)].join(' · ')}
      </span>
    </li>
  )
}

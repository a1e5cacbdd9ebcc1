import { useLanguage } from '@oss-direct/react'
import { Chapter, type Fact, Facts } from './chapter.tsx'
import { type PolicyLine, readPolicy } from './policy-lines.ts'
import { readBody, readCallbackParameter, type TraceStory } from './trace-reading.ts'
import { useRecordTexts } from './use-record-texts.ts'

type Form = NonNullable<TraceStory['form']>

/** The POST policy, line by line: what each binds, and what it stops. */
export function PolicyChapter({ policy }: Pick<Form, 'policy'>) {
  const text = useRecordTexts()
  const lines = readPolicy(policy)
  return (
    <Chapter title={text.policy} hint={text.policyHint} raw={policy}>
      <ol className="policy">
        {lines.map((line) => (
          <PolicyRow key={line.condition} line={line} />
        ))}
      </ol>
    </Chapter>
  )
}

function PolicyRow({ line: { topic, condition, values } }: { line: PolicyLine }) {
  const text = useRecordTexts()
  const { formats } = useLanguage()
  const { binds, stops } = text.lines[topic]
  const [first = '', second = ''] = values.map((value) => {
    if (topic === 'size' || topic === 'sizeRange') return formats.bytes(Number(value))
    return topic === 'expiration' ? formats.dateTime(new Date(value)) : value
  })
  return (
    <li>
      <code className="condition" dir="ltr">
        {shorten(condition)}
      </code>
      <p>{binds(first, second)}</p>
      <p className="stops">
        <b>{text.stops}</b> {stops}
      </p>
    </li>
  )
}

// A callback is a line of many hundred characters, and is taken apart further down; the raw text has it whole.
function shorten(condition: string): string {
  return condition.length > 160 ? `${condition.slice(0, 60)} … ${condition.slice(-12)}` : condition
}

export function SignatureChapter({ fields }: Pick<Form, 'fields'>) {
  const text = useRecordTexts()
  const facts = Object.keys(text.fields).flatMap((name): Fact[] => {
    const value = fields[name]
    if (value === undefined) return []
    return [{ name, value: <Value text={value} />, meaning: text.fields[name], isCode: true }]
  })
  return (
    <Chapter title={text.signature} hint={text.signatureHint} raw={fields}>
      <Facts facts={facts} />
    </Chapter>
  )
}

export function PlanChapter({ plan }: { plan: NonNullable<TraceStory['plan']> }) {
  const text = useRecordTexts()
  const { formats } = useLanguage()
  return (
    <Chapter title={text.plan} hint={text.planHint} raw={{ ...plan }}>
      <p>{text.planFacts(formats.number(plan.partCount), formats.bytes(plan.partSize))}</p>
    </Chapter>
  )
}

/** The callback parameter, taken out of its Base64. */
export function CallbackChapter({ callback }: { callback: string | undefined }) {
  const text = useRecordTexts()
  const parameter = callback === undefined ? undefined : readCallbackParameter(callback)
  if (callback === undefined || parameter === undefined) {
    return (
      <Chapter title={text.callback} hint={text.callbackHint} raw={callback}>
        <p>{text.noCallback}</p>
      </Chapter>
    )
  }
  const { url, host, sni, bodyType, body } = parameter
  const facts: Fact[] = [
    { name: text.parameter.url, value: <Value text={url} /> },
    ...(host === undefined ? [] : [{ name: text.parameter.host, value: <Value text={host} /> }]),
    { name: text.parameter.sni, value: text.sni(sni) },
    { name: text.parameter.bodyType, value: <Value text={bodyType} /> },
  ]
  const template = readBody(body, bodyType).map(([name, value]) => ({
    name,
    value: <Value text={value} />,
    meaning: text.templateFrom[sourceOf(value)],
    isCode: true,
  }))
  return (
    <Chapter title={text.callback} hint={text.callbackHint} raw={callback}>
      <Facts facts={facts} />
      <h3>{text.template}</h3>
      <Facts facts={template} layout="table" />
    </Chapter>
  )
}

/** What stands on the wire, to be read as it is. */
export function Value({ text }: { text: string }) {
  const { hidden } = useRecordTexts()
  if (HIDDEN.has(text)) return <em title={hidden}>{text}</em>
  return <code dir="ltr">{text}</code>
}

const HIDDEN = new Set(['[hidden]', '[ticket]'])

function sourceOf(value: string): 'oss' | 'variable' | 'literal' | 'ticket' {
  if (value === '[ticket]') return 'ticket'
  if (value.startsWith('${x:')) return 'variable'
  return value.startsWith('${') ? 'oss' : 'literal'
}

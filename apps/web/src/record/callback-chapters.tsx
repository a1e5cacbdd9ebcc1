import { Chapter, type Fact, Facts, Text } from './chapter.tsx'
import { Value } from './grant-chapters.tsx'
import { type CallbackStory, readBody, type TraceStory } from './trace-reading.ts'
import { useRecordTexts } from './use-record-texts.ts'

/** A callback as it arrived: `number` of several. */
export function SentChapter({ callback, number }: { callback: CallbackStory; number?: number | undefined }) {
  const text = useRecordTexts()
  const { request, keyUrl } = callback
  const title = number === undefined ? text.sent : text.sentNth(number)
  if (request === undefined) return null
  const { method, path, headers, body } = request
  const headerFacts = Object.entries(headers).map(([name, value]): Fact => {
    return { name, value: <Value text={value} />, meaning: text.headerMeanings[name], isCode: true }
  })
  const bodyFacts = readBody(body, headers['content-type'] ?? '').map(
    ([name, value]): Fact => ({ name, value: <Value text={value} />, isCode: true }),
  )
  return (
    <Chapter title={title} hint={text.sentHint} raw={rawRequest(request)}>
      <p>
        <code className="request-line" dir="ltr">
          {method} {path}
        </code>
      </p>
      {keyUrl !== undefined && <p className="verified">{text.verifiedBy(keyUrl)}</p>}
      <h3>{text.headers}</h3>
      <Facts facts={headerFacts} layout="table" />
      <h3>{text.body}</h3>
      <Facts facts={bodyFacts} />
    </Chapter>
  )
}

/** What OSS heard; where it was not asked, what the application said to whoever did. */
export function AnsweredChapter({ story: { callbacks, application } }: { story: TraceStory }) {
  const text = useRecordTexts()
  const answered = callbacks.findLast((callback) => callback.answered !== undefined)?.answered
  const body = answered !== undefined && 'body' in answered ? answered.body : application?.result
  return (
    <Chapter title={text.answered} hint={answered === undefined ? text.answeredElsewhere : text.answeredHint}>
      {answered === undefined && application === undefined && <p>{text.notAnswered}</p>}
      {application?.reason !== undefined && (
        <p className="failure">
          {text.applicationFailed} <span lang="en">{application.reason}</span>
        </p>
      )}
      {answered !== undefined && 'refused' in answered && (
        <p>
          {text.refusedWith(answered.refused)}. {text.refusedMeans}
        </p>
      )}
      {body !== undefined && <Text value={body} />}
    </Chapter>
  )
}

/** As it stood on the wire, but for what is left out. */
function rawRequest({ method, path, headers, body }: NonNullable<CallbackStory['request']>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}`)
  return [`${method} ${path} HTTP/1.1`, ...lines, '', body].join('\n')
}

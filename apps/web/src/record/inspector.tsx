import { UploadError } from '@oss-direct/shared'
import { useQuery } from '@tanstack/react-query'
import { findTrace } from '../api.ts'
import { Trouble } from '../trouble.tsx'
import { AnsweredChapter, SentChapter } from './callback-chapters.tsx'
import { CallbackChapter, PlanChapter, PolicyChapter, SignatureChapter } from './grant-chapters.tsx'
import { Timeline } from './timeline.tsx'
import { readTrace, type TraceStory } from './trace-reading.ts'
import { useRecordTexts } from './use-record-texts.ts'

export interface InspectorProps {
  id: string
  /** How often to look again, while something may still happen. */
  followMs: number | false
}

/** What was signed, what OSS sent and what was answered, each in words and as it stood on the wire. */
export function Inspector({ id, followMs }: InspectorProps) {
  const text = useRecordTexts()
  const trace = useQuery({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => findTrace(id, signal),
    refetchInterval: followMs,
    retry: (failures, error) => failures < 1 && !isTraceOff(error),
  })
  if (trace.isPending) return <p role="status">{text.traceLoading}</p>
  if (trace.isError && isTraceOff(trace.error)) return <Calm title={text.traceOff} hint={text.traceOffHint} />
  if (trace.isError) {
    return <Trouble sentence={text.traceFailed} error={trace.error} retry={() => void trace.refetch()} />
  }
  if (trace.data.events.length === 0) return <Calm title={text.traceEmpty} hint={text.traceEmptyHint} />
  return (
    <div className="inspector">
      <Timeline trace={trace.data} />
      <div className="chapters">
        <Chapters story={readTrace(trace.data)} />
      </div>
    </div>
  )
}

function Chapters({ story }: { story: TraceStory }) {
  const { form, plan, callbacks } = story
  return (
    <>
      {form !== undefined && (
        <>
          <PolicyChapter policy={form.policy} />
          <SignatureChapter fields={form.fields} />
          <CallbackChapter callback={form.fields.callback} />
        </>
      )}
      {plan !== undefined && <PlanChapter plan={plan} />}
      {callbacks.map((callback, index) => (
        <SentChapter key={callback.at} callback={callback} number={callbacks.length > 1 ? index + 1 : undefined} />
      ))}
      <AnsweredChapter story={story} />
    </>
  )
}

function Calm({ title, hint }: { title: string; hint: string }) {
  return (
    <div className="calm">
      <h2>{title}</h2>
      <p>{hint}</p>
    </div>
  )
}

function isTraceOff(error: Error): boolean {
  return error instanceof UploadError && error.code === 'trace-off'
}

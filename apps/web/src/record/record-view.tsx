import { CopyButton, FileName, ResultView, useLanguage } from '@oss-direct/react'
import { UploadError, type UploadRecord } from '@oss-direct/shared'
import { useQuery } from '@tanstack/react-query'
import { findRecord } from '../api.ts'
import { RecordActions } from '../history/record-actions.tsx'
import { RecordPicture } from '../history/record-picture.tsx'
import { statusOf, tellRecord } from '../history/record-status.ts'
import { useDeleteRecord } from '../history/use-history.ts'
import { goTo, Link, ViewHeading } from '../navigation.tsx'
import { usePreferences } from '../preferences.tsx'
import { Trouble } from '../trouble.tsx'
import { type Fact, Facts } from './chapter.tsx'
import { Inspector } from './inspector.tsx'
import { useRecordTexts } from './use-record-texts.ts'
import './record.css'

/** One upload: what it is, what became of it, and how. */
export default function RecordView({ id }: { id: string }) {
  const text = useRecordTexts()
  const { data, error, refetch } = useQuery({
    queryKey: ['record', id],
    queryFn: ({ signal }) => findRecord(id, signal),
    refetchInterval: ({ state }) => followMs(state.data),
    retry: (failures, cause) => failures < 1 && !isNotFound(cause),
  })
  const isGone = error !== null && isNotFound(error)
  return (
    <div className="record-view od-root">
      <Link to="/" className="back">
        <span aria-hidden="true">←</span> {text.back}
      </Link>
      {isGone && (
        <div className="calm">
          <ViewHeading title={text.notFound} />
          <p>{text.notFoundHint}</p>
        </div>
      )}
      {data === undefined && error !== null && !isGone && (
        <>
          <ViewHeading title={text.failed} className="unseen" />
          <Trouble sentence={text.failed} error={error} retry={() => void refetch()} />
        </>
      )}
      {data === undefined && error === null && <p role="status">{text.loading}</p>}
      {data !== undefined && !isGone && <Whole record={data} />}
    </div>
  )
}

function Whole({ record }: { record: UploadRecord }) {
  const { text: shell } = usePreferences()
  const language = useLanguage()
  const { formats } = language
  const text = useRecordTexts()
  const { mutate } = useDeleteRecord()
  const { file, object, result } = record
  const story = tellRecord(record, { text: shell, language })
  const remove = (gone: UploadRecord) => {
    mutate(gone)
    goTo('/', { replace: true })
  }
  return (
    <>
      <header className="record-title" data-tone={story.tone}>
        <RecordPicture record={record} />
        <div className="record-text">
          <ViewHeading title={file.name}>
            <FileName name={file.name} />
          </ViewHeading>
          <p className="record-facts">
            <span className="status">{statusOf(record, shell)}</span>
            <span>{formats.bytes(object?.size ?? file.size)}</span>
            <time dateTime={record.createdAt}>{formats.dateTime(new Date(record.createdAt))}</time>
          </p>
        </div>
        <RecordActions record={record} onDelete={remove} />
      </header>
      {story.sentence !== undefined && <p className="record-story">{story.sentence}</p>}
      {story.reason !== undefined && (
        <p className="record-reason" lang="en" dir="ltr">
          {story.reason}
        </p>
      )}
      <div className="record-overview">
        {result !== undefined && <ResultView value={result} />}
        <section className="record-sheet" aria-label={text.factsTitle}>
          <Facts facts={factsOf(record, text, formats)} />
          <CopyButton label={text.copyRecord} text={() => JSON.stringify(record, null, 2)} />
        </section>
      </div>
      <Inspector id={record.id} followMs={followMs(record)} />
    </>
  )
}

function factsOf(
  { id, route, key, file, object, createdAt, settledAt, evidence }: UploadRecord,
  { facts: names, evidence: sources }: ReturnType<typeof useRecordTexts>,
  formats: ReturnType<typeof useLanguage>['formats'],
): Fact[] {
  const size = object?.size ?? file.size
  const code = (value: string) => <code dir="ltr">{value}</code>
  const time = (value: string) => <time dateTime={value}>{formats.dateTime(new Date(value))}</time>
  return [
    { name: names.id, value: code(id) },
    { name: names.key, value: code(key) },
    { name: names.route, value: route },
    { name: names.type, value: object?.mimeType ?? (file.type || 'application/octet-stream') },
    {
      name: names.size,
      value: size < 1024 ? formats.bytes(size) : `${formats.bytes(size)} (${formats.number(size)} B)`,
    },
    ...(object === undefined ? [] : [{ name: names.etag, value: code(object.etag) }]),
    ...(object?.crc64 === undefined ? [] : [{ name: names.crc64, value: code(object.crc64) }]),
    { name: names.created, value: time(createdAt) },
    ...(settledAt === undefined ? [] : [{ name: names.settled, value: time(settledAt) }]),
    ...(evidence === undefined ? [] : [{ name: names.evidence, value: sources[evidence] }]),
  ]
}

/** Something may still happen to a record that has not ended. */
const FOLLOW_MS = 4000

function followMs(record: UploadRecord | undefined): number | false {
  return record?.status === 'granted' ? FOLLOW_MS : false
}

function isNotFound(error: Error): boolean {
  return error instanceof UploadError && error.code === 'upload-not-found'
}

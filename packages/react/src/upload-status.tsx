import type { Upload } from '@oss-direct/uploader'
import { useEffect, useMemo, useState } from 'react'
import { reasonOf } from './error-facts.ts'
import { type Language, useLanguage } from './language.tsx'
import { errorText } from './messages.ts'
import { estimate, usePace } from './pace.ts'

/** The line under a file's name: where the upload stands, in words. `place` is its place in line while it waits. */
export function UploadStatus({ upload, place }: { upload: Upload; place: number }) {
  const language = useLanguage()
  const uploads = useMemo(() => [upload], [upload])
  const pace = usePace(uploads, upload.phase === 'sending')
  const nextTryMs = useCountdown(nextTryAtOf(upload))
  const left = upload.phase === 'sending' ? estimate(pace, upload.file.size - upload.sentBytes) : undefined
  return (
    <p className="od-status">
      {statusTexts(upload, { place, left, nextTryMs }, language).map((text) => (
        <span className="od-word" key={text}>
          {text}
        </span>
      ))}
    </p>
  )
}

/** From 0 to 1; an empty file is all sent at once. */
export function fractionSent(sentBytes: number, totalBytes: number): number {
  return totalBytes === 0 ? 1 : Math.min(sentBytes / totalBytes, 1)
}

interface Moment {
  place: number
  left: ReturnType<typeof estimate>
  nextTryMs: number | undefined
}

function statusTexts(upload: Upload, { place, left, nextTryMs }: Moment, { messages, formats }: Language): string[] {
  const size = formats.bytes(upload.file.size)
  switch (upload.phase) {
    case 'queued':
      return nextTryMs === undefined || upload.error === undefined
        ? [size, messages.queued(place)]
        : [errorText(messages, reasonOf(upload.error).code).title, messages.retryingIn(formats.duration(nextTryMs))]
    case 'signing':
      return [size, messages.signing]
    case 'sending': {
      const texts = [
        formats.percent(fractionSent(upload.sentBytes, upload.file.size)),
        messages.sending({ sent: formats.bytes(upload.sentBytes), total: size }),
      ]
      if (left !== undefined) {
        texts.push(messages.speed(formats.bytes(Math.round(left.bytesPerSecond))))
        texts.push(messages.timeLeft(formats.duration(left.leftMs)))
      }
      return texts
    }
    case 'paused': {
      const { sentBytes, file } = upload
      const paused = messages.paused(sentBytes === 0)
      return sentBytes === 0 ? [paused, size] : [paused, formats.percent(fractionSent(sentBytes, file.size)), size]
    }
    case 'needs-file': {
      const text = upload.error ? errorText(messages, upload.error.code).title : messages.needsFile(upload.access)
      return [text, size]
    }
    case 'confirming':
      return [messages.confirming]
    case 'done':
      return [messages.done, size]
    case 'unconfirmed':
      return nextTryMs === undefined
        ? [messages.unconfirmed]
        : [messages.unconfirmed, messages.nextTry(formats.duration(nextTryMs))]
    case 'failed':
      return [messages.failed, errorText(messages, reasonOf(upload.error).code).title]
    case 'cancelled':
      return [messages.cancelled, size]
    case 'rejected':
      return [errorText(messages, upload.error.code).title]
  }
}

function nextTryAtOf(upload: Upload): number | undefined {
  if (upload.phase === 'queued') return upload.retryAt
  return upload.phase === 'unconfirmed' ? upload.nextTryAt : undefined
}

/** Milliseconds until a time, looked at once a second; undefined where there is none or it has passed. */
function useCountdown(until: number | undefined): number | undefined {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (until === undefined) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 1000)
    return () => clearInterval(timer)
  }, [until])
  return until === undefined || until <= now ? undefined : until - now
}

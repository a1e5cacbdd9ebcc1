import { UploadError } from '@oss-direct/shared'
import type { OssRequest, Transport } from './transport.ts'
import type { Attempt } from './verdict.ts'

/** What every way of sending a file needs. */
export interface SendingOptions {
  file: File
  /** Carries bytes to OSS. */
  transport: Transport
  signal: AbortSignal
  /** How long a connection may move no byte while some remain. */
  stallMs: number
  onProgress(sentBytes: number): void
}

export interface AttemptOptions extends SendingOptions, Pick<OssRequest, 'method' | 'url' | 'body'> {
  /** The last byte has left; nothing is known of it yet. */
  onBytesSent?(): void
}

/** One try: sends the request, and tells what came of it. Rejects only with UploadError `cancelled`. */
export async function attempt(options: AttemptOptions): Promise<Attempt> {
  const { method, url, body, transport, signal, stallMs, onProgress, onBytesSent } = options
  const stop = new AbortController()
  const forwardCancel = () => stop.abort()
  if (signal.aborted) forwardCancel()
  signal.addEventListener('abort', forwardCancel)
  let sentBytes = 0
  let allSent = false
  let timedOut: UploadError | undefined
  let movedAt = performance.now()
  // Looked at when it may be over, and not wound up anew by every byte: of a small file that would cost as much as its state.
  const look = () => {
    const [most, message] = allSent ? [ANSWER_MS, 'OSS gave no answer'] : [stallMs, 'No byte moved']
    const leftMs = movedAt + most - performance.now()
    if (leftMs > 0) return watch(leftMs)
    timedOut = new UploadError('stalled', `${message} for ${Math.round(most / 1000)} s`)
    stop.abort()
  }
  let timer: ReturnType<typeof setTimeout> | undefined
  const watch = (ms: number) => {
    timer = setTimeout(look, Math.min(ms, ANSWER_MS))
  }
  watch(stallMs)

  try {
    const answer = await transport({
      method,
      url,
      body,
      signal: stop.signal,
      onProgress(sent, total) {
        if (allSent) return
        sentBytes = sent
        movedAt = performance.now()
        allSent = sent >= total
        if (allSent && onBytesSent) onBytesSent()
        else onProgress(sent)
      },
    })
    return { answer }
  } catch (error) {
    if (signal.aborted) throw error
    return { lost: timedOut ?? (await explain(error, options, sentBytes)), allSent }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', forwardCancel)
  }
}

/**
 * From the last byte to OSS's answer. OSS gives an application 5 s; the rest is for what the browser calls sent and the
 * system has not sent yet: a few megabytes, on a slow line a minute's worth.
 */
const ANSWER_MS = 120_000

/** A browser says no more than that it failed; what lies behind can be found out. */
async function explain(error: unknown, { file, method }: AttemptOptions, sentBytes: number): Promise<UploadError> {
  const lost = error instanceof UploadError ? error : new UploadError('network', String(error), { cause: error })
  // Older versions of Node have no navigator.
  if (sentBytes > 0 || globalThis.navigator?.onLine === false) return lost
  const first = file.slice(0, 1)
  const unreadable = await first.arrayBuffer().then(
    // Of a file that was deleted Chromium may give nothing at all instead of an error.
    ({ byteLength }) => byteLength < first.size,
    (cause: unknown) => cause ?? error,
  )
  if (unreadable) {
    return new UploadError('file-unreadable', `${file.name} can no longer be read`, {
      hint: 'It was changed, moved or deleted since it was added: add it again.',
      cause: unreadable,
    })
  }
  // A refused preflight looks like a network that is down. Online and without one byte moved, it is far the likelier.
  return new UploadError('network', lost.message, {
    cause: lost.cause,
    hint: `If this happens with every file, the bucket's CORS rule lacks this page: allow ${method} for the origin ${location.origin}, with all headers.`,
  })
}

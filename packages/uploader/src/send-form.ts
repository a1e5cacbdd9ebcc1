import { UploadError } from '@oss-direct/shared'
import type { FormGrant } from './grant-desk.ts'
import type { Transport } from './transport.ts'
import type { Attempt } from './verdict.ts'

export interface FormSending {
  grant: FormGrant
  file: File
  transport: Transport
  signal: AbortSignal
  /** How long a connection may move no byte while some remain. */
  stallMs: number
  onProgress(sentBytes: number): void
  /** The last byte has left; nothing is known of it yet. */
  onBytesSent(): void
}

/** One try: sends the form, and tells what came of it. Rejects only with UploadError `cancelled`. */
export async function sendForm(sending: FormSending): Promise<Attempt> {
  const { grant, file, transport, signal, stallMs, onProgress, onBytesSent } = sending
  const stop = new AbortController()
  const forwardCancel = () => stop.abort()
  signal.addEventListener('abort', forwardCancel)
  let allSent = false
  let stalled = false
  const stall = () => {
    stalled = true
    stop.abort()
  }
  let timer = setTimeout(stall, stallMs)

  try {
    const answer = await transport({
      url: grant.url,
      form: formOf(grant, file),
      signal: stop.signal,
      onProgress(sentBytes, totalBytes) {
        clearTimeout(timer)
        onProgress(sentBytes)
        if (sentBytes < totalBytes) {
          timer = setTimeout(stall, stallMs)
        } else if (!allSent) {
          allSent = true
          onBytesSent()
        }
      },
    })
    return { answer }
  } catch (error) {
    if (stalled)
      return { lost: new UploadError('stalled', `No byte moved for ${Math.round(stallMs / 1000)} s`), allSent }
    if (signal.aborted) throw error
    return {
      lost:
        error instanceof UploadError
          ? withCorsHint(error, allSent)
          : new UploadError('network', String(error), { cause: error }),
      allSent,
    }
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', forwardCancel)
  }
}

function formOf({ fields }: FormGrant, file: File): FormData {
  const form = new FormData()
  for (const name in fields) form.append(name, fields[name] ?? '')
  // Last: OSS takes what stands behind it for no part of the form.
  form.append('file', file)
  return form
}

// A browser tells a page nothing of a refused preflight: it looks like a network that is down. Online and without one byte
// moved, the rule is by far the likelier reason.
function withCorsHint(error: UploadError, allSent: boolean): UploadError {
  if (error.code !== 'network' || allSent || !navigator.onLine) return error
  return new UploadError('network', error.message, {
    cause: error.cause,
    hint: `If this happens with every file, the bucket's CORS rule lacks this page: allow POST for the origin ${location.origin}, with all headers.`,
  })
}

import { type Pending, type Settled, UploadError } from '@oss-direct/shared'
import { type CallbackFacts, parseCallbackBody } from './callback-body.ts'
import type { CallbackKeys } from './callback-keys.ts'
import type { CallbackTarget } from './callback-target.ts'
import type { Logger } from './logger.ts'
import { saneId } from './request-id.ts'
import type { Settling } from './settle.ts'
import type { Store, StoredUpload } from './store.ts'
import { hideTickets, type Tickets } from './ticket.ts'
import { describeCallback, type Tracer } from './tracer.ts'
import { type Observe, stopwatch } from './uploads-event.ts'

export interface CallbackOffice {
  target: CallbackTarget
  keys: CallbackKeys
  tickets: Tickets
  store: Store
  settling: Settling
  observe: Observe
  tracer: Tracer
  /** By OSS's clock, as tickets are. */
  now: () => Date
  logger: Logger
}

export interface ReceivedCallback {
  headers: Readonly<Record<string, string | string[] | undefined>>
  /** Reads the raw body; throws UploadError where it is too large or already gone. */
  readBody: () => Promise<Uint8Array>
  /** Our own id of this request, for the log. */
  requestId: string
}

/**
 * Believes a callback step by step, each step with its own code: size, key URL, signature, ticket, bucket and
 * key. What passes all of them is still only a reason to ask the bucket, since OSS signs for all its customers alike.
 *
 * Anything but an answer of 200 makes OSS tell the browser 203, and the browser then asks us itself.
 */
export function createCallbackReceiver(office: CallbackOffice): (callback: ReceivedCallback) => Promise<Settled> {
  const { observe, logger, settling, tracer } = office

  return async (callback) => {
    const { requestId } = callback
    const elapsed = stopwatch()
    const seen: { uploadId?: string } = {}
    try {
      const { upload, facts, body } = await authenticate(office, callback)
      seen.uploadId = upload.id
      await traceCallback(office, callback, { facts, body })
      const { outcome } = await settling.settle(upload, { evidence: 'callback', facts })
      if (outcome.status === 'pending') throw outcome.reason === 'slow' ? tooSlow(outcome) : elsewhere(outcome)
      observe({ type: 'callback', outcome: 'accepted', tookMs: elapsed() })
      logger.info({ requestId, uploadId: upload.id, ossRequestId: saneId(facts.requestId) }, 'callback accepted')
      await tracer.add(upload.id, 'callback answered', { status: 200, body: { ...outcome } })
      return outcome
    } catch (error) {
      const code = error instanceof UploadError ? error.code : 'internal'
      observe({ type: 'callback', outcome: 'refused', code, tookMs: elapsed() })
      const ossRequestId = saneId(callback.headers['x-oss-request-id'])
      const detail = error instanceof UploadError ? hideTickets(error.message) : undefined
      logger.warn({ requestId, ...seen, ossRequestId, code, detail }, 'callback refused')
      if (seen.uploadId) await tracer.add(seen.uploadId, 'callback answered', { refused: code })
      throw error
    }
  }
}

/** A callback that passed every step, as it came and as it was read. */
interface Understood {
  facts: CallbackFacts
  body: Uint8Array
}

async function traceCallback(
  { tracer, target }: CallbackOffice,
  { headers }: ReceivedCallback,
  { facts, body }: Understood,
): Promise<void> {
  if (!tracer.isOn) return
  const { id, ticket, imageInfo, variables, ...shown } = facts
  await tracer.add(id, 'callback received', {
    request: describeCallback({ path: target.requestUri, headers, body }, ticket),
    // It passed, so it names the key by which the signature was verified.
    keyUrl: Buffer.from(single(headers['x-oss-pub-key-url']) ?? '', 'base64').toString(),
    facts: { ...shown, ...(imageInfo && { imageInfo: { ...imageInfo } }), variables: { ...variables } },
  })
}

async function authenticate(
  { target, keys, tickets, store, now }: CallbackOffice,
  { headers, readBody }: ReceivedCallback,
): Promise<{ upload: StoredUpload } & Understood> {
  const body = await readBody()
  await keys.verify({
    keyUrl: single(headers['x-oss-pub-key-url']),
    authorization: single(headers.authorization),
    requestUri: target.requestUri,
    body,
  })
  const facts = parseCallbackBody(body, single(headers['content-type']))
  const upload = await store.find(facts.id)
  if (upload === undefined) {
    throw new UploadError('upload-not-found', `There is no upload ${facts.id.slice(0, 64)}`, {
      hint: 'It may have been removed.',
    })
  }
  tickets.verify(facts.ticket, upload, now())
  if (facts.bucket !== upload.bucket || facts.key !== upload.key) {
    throw new UploadError(
      'callback-object-foreign',
      `The callback is about ${`${facts.bucket}/${facts.key}`.slice(0, 200)}, the upload ${upload.id} was granted for ${upload.bucket}/${upload.key}`,
      { hint: 'One grant is good for one object in one bucket.' },
    )
  }
  return { upload, facts, body }
}

function single(header: string | string[] | undefined): string | undefined {
  return Array.isArray(header) ? header[0] : header
}

function tooSlow({ id, retryAfterMs }: Pending): UploadError {
  return new UploadError('application-slow', `The application still works on the upload ${id}`, {
    hint: 'It goes on, and its answer is kept: confirm the upload in a moment.',
    retryAfterMs,
  })
}

function elsewhere({ id, retryAfterMs }: Pending): UploadError {
  return new UploadError('settling-elsewhere', `The upload ${id} is being settled by another request`, {
    hint: 'Confirm it in a moment.',
    retryAfterMs,
  })
}

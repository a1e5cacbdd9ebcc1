import { randomUUID } from 'node:crypto'
import type { ObjectHead, OssClient } from '@oss-direct/oss'
import { type Evidence, type Pending, type Settled, type StoredObject, UploadError } from '@oss-direct/shared'
import type { Application, Arrival } from './application.ts'
import type { CallbackFacts } from './callback-body.ts'
import { contentFault, HEAD_BYTES } from './content-type.ts'
import type { Logger } from './logger.ts'
import type { Multipart } from './multipart.ts'
import { isOtherFile, objectFault, otherFile } from './object-fault.ts'
import { ossFailure } from './oss-failure.ts'
import { refusalOf } from './problem.ts'
import { raceAgainst } from './race.ts'
import type { Ending, Store, StoredUpload } from './store.ts'
import type { SweepSchedule } from './sweep-schedule.ts'
import type { Tracer } from './tracer.ts'
import type { Observe } from './uploads-event.ts'

export interface SettlingOptions {
  application: Application
  multipart: Multipart
  store: Store
  oss: OssClient
  verify: 'head' | 'signature'
  /** How long an answer waits for the application. */
  answerWithinMs: number
  /** How long a claim outlives the process that took it; it is renewed while the application works. */
  leaseMs: number
  schedule: SweepSchedule
  now: () => Date
  observe: Observe
  logger: Logger
  tracer: Tracer
}

export interface Settling {
  settle(upload: StoredUpload, arrival: Arrival): Promise<Settlement>
  /** The sweeper's way in: takes the record that is due for longest and settles it. Nothing where none was due by then. */
  settleDue(dueBy: Date): Promise<DueUpload | undefined>
  /** Waits for the hooks that still run, but not longer; the claims of those that outlast it end with their leases. */
  drain(withinMs: number): Promise<void>
}

export interface Settlement {
  outcome: Settled | Waiting
  /** Of OSS's word on the object, where it was asked for. */
  ossRequestId?: string | undefined
}

/** `slow`: our own hook still runs. `elsewhere`: somebody else holds the record. */
interface Waiting extends Pending {
  reason: 'slow' | 'elsewhere'
}

export interface DueUpload {
  upload: StoredUpload
  /** Resolves when the hook has ended, however long it takes. Rejects only for what nobody foresaw, and a lost claim. */
  verdict: Promise<Verdict>
}

/** What was written, and, unless it is settled, why. */
export type Verdict =
  | { ending: Extract<Ending, { status: 'settled' }>; ossRequestId: string | undefined; error?: undefined }
  | { ending: Exclude<Ending, { status: 'settled' }>; error: UploadError }

type Occasion = 'asked' | 'due'

/**
 * The only way in: claims the record, asks the bucket, runs the application, keeps its answer.
 *
 * However often and from wherever it is called, one caller at a time gets past the claim; the others are told to wait. The
 * claim is a lease in the store, so that a process that dies gives it back by itself.
 */
export function createSettling(options: SettlingOptions): Settling {
  const { application, multipart, store, oss, verify, answerWithinMs, leaseMs, schedule, now } = options
  const { observe, logger, tracer } = options
  const running = new Set<Promise<unknown>>()
  const renewals = new Set<NodeJS.Timeout>()
  const newLease = () => ({ holder: randomUUID(), until: leaseEnd(), now: now() })
  const leaseEnd = () => new Date(now().getTime() + leaseMs)

  const settle = async (upload: StoredUpload, arrival: Arrival): Promise<Settlement> => {
    const before = outcomeOf(upload, arrival)
    if (before !== undefined) return { outcome: before }
    const { id } = upload
    const { crc64 } = arrival
    const lease = newLease()
    const claimed = await store.claim(id, { ...lease, crc64 })
    if (claimed === undefined) {
      const current = await store.find(id)
      return { outcome: (current && outcomeOf(current, arrival)) ?? waiting(id, 'elsewhere') }
    }
    if (isOtherFile(claimed, crc64)) {
      await store.end(id, lease.holder, { status: 'unchanged' })
      throw otherFile(claimed, crc64)
    }
    const verdict = await raceAgainst(begin(claimed, arrival, lease.holder, 'asked'), answerWithinMs, undefined)
    if (verdict === undefined) return { outcome: waiting(id, 'slow') }
    if (verdict.error) throw verdict.error
    return {
      outcome: { id, status: 'settled', result: verdict.ending.result },
      ossRequestId: verdict.ossRequestId,
    }
  }

  const settleDue = async (dueBy: Date): Promise<DueUpload | undefined> => {
    const lease = newLease()
    const upload = await store.claimDue({ ...lease, dueBy })
    return upload && { upload, verdict: begin(upload, { evidence: 'head' }, lease.holder, 'due') }
  }

  /** With the claim taken. Keeps the lease until it has ended, and tells the log of what went wrong. */
  const begin = (upload: StoredUpload, arrival: Arrival, holder: string, occasion: Occasion): Promise<Verdict> => {
    const { id, route } = upload
    const work = keepLease(id, holder, async () => {
      const verdict = await decide(upload, arrival, occasion)
      if (!(await store.end(id, holder, verdict.ending))) throw lostClaim(id)
      tell(upload, arrival, verdict)
      // After it is written, so that it runs for one of many, and once.
      if (verdict.error && verdict.ending.status === 'failed') await application.tellFailure(upload, verdict.error)
      return verdict
    })
    const warn = (error: unknown) => logger.warn({ uploadId: id, route, err: error }, 'an upload could not be settled')
    running.add(work)
    work
      // That nothing has come yet is no failure; browsers ask early.
      .then(({ error }) => error && error.code !== 'object-absent' && warn(error), warn)
      .finally(() => running.delete(work))
    return work
  }

  const tell = (upload: StoredUpload, { evidence }: Arrival, { ending }: Verdict): void => {
    const { route, transport } = upload
    // Servers whose clocks differ a little may each have written one of the two.
    const sinceGrantMs = Math.max(0, oss.now().getTime() - upload.createdAt.getTime())
    const end = { route, transport, sinceGrantMs }
    if (ending.status === 'settled') observe({ type: 'settled', ...end, evidence })
    else if (ending.status === 'failed') observe({ type: 'failed', ...end, evidence, code: ending.error.code })
    else if (ending.status === 'unsettled') observe({ type: 'unsettled', route, evidence, code: ending.error.code })
    else if (ending.status === 'expired' && upload.status !== 'expired') observe({ type: 'expired', ...end })
  }

  const keepLease = async <T>(id: string, holder: string, work: () => Promise<T>): Promise<T> => {
    const renewal = setInterval(() => {
      store.renew(id, { holder, until: leaseEnd() }).catch((error: unknown) => {
        logger.error({ uploadId: id, err: error }, 'a claim could not be renewed')
      })
    }, leaseMs / 3)
    renewals.add(renewal)
    try {
      return await work()
    } finally {
      clearInterval(renewal)
      renewals.delete(renewal)
    }
  }

  const decide = async (upload: StoredUpload, arrival: Arrival, occasion: Occasion): Promise<Verdict> => {
    const { evidence } = arrival
    let object: StoredObject
    let ossRequestId: string | undefined
    try {
      const fault = evidence === 'complete' ? await multipart.assemble(upload) : undefined
      if (fault?.kind === 'missing') return await absent(upload, occasion, fault.error)
      if (fault?.kind === 'wrong') {
        await multipart.abort(upload)
        return refused(fault.error, { evidence })
      }
      const found = await findObject(upload, arrival)
      if (found === null) return await absent(upload, occasion)
      object = objectOf(found)
      ossRequestId = found.requestId
      const mismatch = objectFault(upload, found) ?? (await disguiseOf(upload, object))
      if (mismatch !== undefined) {
        await oss.remove(upload.key)
        return refused(mismatch, { evidence, object })
      }
    } catch (error) {
      return unreached(upload, ossFailure(error), occasion)
    }
    try {
      const result = await application.take(upload, arrival, object)
      return { ending: { status: 'settled', at: oss.now(), evidence, object, result }, ossRequestId }
    } catch (error) {
      if (error instanceof UploadError) return untaken(upload, error, occasion)
      throw error
    }
  }

  const findObject = async (
    upload: StoredUpload,
    { evidence, facts }: Arrival,
  ): Promise<ObjectHead | CallbackFacts | null> => {
    if (verify === 'signature' && facts !== undefined) return facts
    const head = await oss.head(upload.key)
    await tracer.add(upload.id, 'bucket asked', { evidence, found: head && { ...objectOf(head) } })
    return head
  }

  const disguiseOf = async (upload: StoredUpload, { size, etag }: StoredObject): Promise<UploadError | undefined> => {
    if (!application.acceptsByContent(upload)) return undefined
    // Of this object, and not of one that has taken its place since.
    const head = size === 0 ? new Uint8Array() : await oss.read(upload.key, { start: 0, end: HEAD_BYTES - 1, etag })
    const fault = await contentFault(head, upload.mimeType)
    if (fault === undefined) return undefined
    return new UploadError('content-mismatch', `What arrived is another kind of file: ${fault}. It was deleted`, {
      hint: 'Send a file that is what its name and type say.',
    })
  }

  const absent = async (upload: StoredUpload, occasion: Occasion, fault?: UploadError): Promise<Verdict> => {
    const time = oss.now()
    // By the clock that the deadline was written by.
    const isOver = time >= upload.expiresAt
    // Its parts cost storage for as long as nobody drops them.
    if (isOver) await multipart.abort(upload)
    const error = isOver || fault === undefined ? nothingThere(upload, isOver) : fault
    const next = occasion === 'due' ? { dueAt: schedule.afterAbsence(upload, time) } : {}
    return { ending: { status: isOver ? 'expired' : 'unchanged', ...next }, error }
  }

  const refused = (error: UploadError, facts: { evidence: Evidence; object?: StoredObject }): Verdict => ({
    ending: { status: 'failed', at: oss.now(), error: refusalOf(error), ...facts },
    error,
  })

  const unreached = (upload: StoredUpload, error: UploadError, occasion: Occasion): Verdict => {
    const next = occasion === 'due' ? { dueAt: schedule.afterOutage(upload, oss.now()) } : {}
    return { ending: { status: 'unsettled', error: refusalOf(error), ...next }, error }
  }

  const untaken = (upload: StoredUpload, error: UploadError, occasion: Occasion): Verdict => {
    // What a browser asks for in between is tried, but neither counts nor moves the schedule: asking often would end it.
    const isItsTurn = occasion === 'due' || upload.attempts === 0
    const attempts = upload.attempts + 1
    const next = isItsTurn ? { attempts, dueAt: schedule.afterFailure(attempts, oss.now()) } : {}
    return { ending: { status: 'unsettled', error: refusalOf(error), ...next }, error }
  }

  return {
    settle,
    settleDue,
    async drain(withinMs) {
      await raceAgainst(Promise.allSettled([...running]), withinMs, undefined)
      for (const renewal of renewals) clearInterval(renewal)
    },
  }
}

/** What is already decided: the stored answer, or UploadError where it ended otherwise, or with another file. */
function outcomeOf(upload: StoredUpload, { crc64 }: Arrival): Settled | undefined {
  const { id, status, result = null, error } = upload
  if (status === 'settled') {
    if (isOtherFile(upload, crc64)) throw otherFile(upload, crc64)
    return { id, status, result }
  }
  if (status === 'failed' && error) throw new UploadError(error.code, error.detail, { hint: error.hint })
  if (status === 'aborted')
    throw new UploadError('upload-ended', `The upload ${id} was aborted`, { hint: 'Upload again.' })
  return undefined
}

function nothingThere({ id }: StoredUpload, isOver: boolean): UploadError {
  return new UploadError('object-absent', `The bucket holds no object of the upload ${id}`, {
    hint: isOver ? 'The grant has ended: upload again.' : 'It has not arrived yet: send it, or send it again.',
  })
}

function objectOf({ size, mimeType, etag, crc64 }: ObjectHead | CallbackFacts): StoredObject {
  return { size, mimeType, etag, ...(crc64 === undefined ? {} : { crc64 }) }
}

function waiting(id: string, reason: Waiting['reason']): Waiting {
  return { id, status: 'pending', retryAfterMs: reason === 'slow' ? 1000 : 500, reason }
}

function lostClaim(id: string): UploadError {
  return new UploadError('settling-elsewhere', `The upload ${id} was taken over by another process, or removed`, {
    hint: 'Confirm it again.',
  })
}

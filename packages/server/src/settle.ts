import { randomUUID } from 'node:crypto'
import type { ObjectHead, OssClient } from '@oss-direct/oss'
import {
  type Evidence,
  type Json,
  type Pending,
  type Settled,
  type StoredObject,
  UploadError,
} from '@oss-direct/shared'
import type { CallbackFacts } from './callback-body.ts'
import type { Logger } from './logger.ts'
import { ossFailure } from './oss-failure.ts'
import { refusalOf } from './problem.ts'
import type { Ending, Store, StoredUpload } from './store.ts'
import type { Tracer } from './tracer.ts'
import type { Caller, Routes, UploadedEvent } from './upload-route.ts'

export interface SettlingOptions<C extends Caller> {
  routes: Routes<C>
  store: Store
  oss: OssClient
  verify: 'head' | 'signature'
  /** How long an answer waits for the application. */
  answerWithinMs: number
  /** How long a claim outlives the process that took it; it is renewed while the application works. */
  leaseMs: number
  now: () => Date
  logger: Logger
  tracer: Tracer
}

/** How we learned of an object, and what was said of it. */
interface Arrival {
  evidence: Evidence
  facts?: CallbackFacts
}

export interface Settling {
  settle(upload: StoredUpload, arrival: Arrival): Promise<Settled | Waiting>
  /** Waits for the hooks that still run, but not longer. */
  drain(withinMs: number): Promise<void>
}

/** `slow`: our own hook still runs. `elsewhere`: somebody else holds the record. */
interface Waiting extends Pending {
  reason: 'slow' | 'elsewhere'
}

/**
 * The only way in: claims the record, asks the bucket, runs the application, keeps its answer.
 *
 * However often and from wherever it is called, one caller at a time gets past the claim; the others are told to wait. The
 * claim is a lease in the store, so that a process that dies gives it back by itself.
 */
export function createSettling<C extends Caller>(options: SettlingOptions<C>): Settling {
  const { routes, store, oss, verify, answerWithinMs, leaseMs, now, logger, tracer } = options
  const running = new Set<Promise<unknown>>()
  const leaseEnd = () => new Date(now().getTime() + leaseMs)

  const settle = async (upload: StoredUpload, arrival: Arrival): Promise<Settled | Waiting> => {
    const before = outcomeOf(upload)
    if (before !== undefined) return before
    const holder = randomUUID()
    if (!(await store.claim(upload.id, { holder, until: leaseEnd(), now: now() }))) {
      const current = await store.find(upload.id)
      return (current && outcomeOf(current)) ?? waiting(upload.id, 'elsewhere')
    }
    const work = keepLease(upload.id, holder, () => settleClaimed(upload, arrival, holder))
    running.add(work)
    work
      .catch((error: unknown) => {
        // That nothing has come yet is no failure; browsers ask early.
        if (error instanceof UploadError && error.code === 'object-absent') return
        logger.warn({ uploadId: upload.id, route: upload.route, err: error }, 'an upload could not be settled')
      })
      .finally(() => running.delete(work))
    return raceAgainst(work, answerWithinMs, waiting(upload.id, 'slow'))
  }

  const keepLease = async <T>(id: string, holder: string, work: () => Promise<T>): Promise<T> => {
    const renewal = setInterval(() => {
      store.renew(id, { holder, until: leaseEnd() }).catch((error: unknown) => {
        logger.error({ uploadId: id, err: error }, 'a claim could not be renewed')
      })
    }, leaseMs / 3)
    try {
      return await work()
    } finally {
      clearInterval(renewal)
    }
  }

  const settleClaimed = async (upload: StoredUpload, arrival: Arrival, holder: string): Promise<Settled> => {
    const { id } = upload
    const end = async (ending: Ending) => {
      if (!(await store.end(id, holder, ending))) throw lostClaim(id)
    }
    const object = await findObject(upload, arrival).catch(async (error: unknown) => {
      await end(endingWithoutObject(upload, error))
      throw error
    })
    const mismatch = mismatchOf(upload, object)
    if (mismatch !== undefined) {
      await removeObject(upload.key).catch(async (error: unknown) => {
        await end({ status: 'unsettled', error: refusalOf(error) })
        throw error
      })
      await end({ status: 'failed', at: oss.now(), evidence: arrival.evidence, object, error: refusalOf(mismatch) })
      await runFailedHook(upload, mismatch)
      throw mismatch
    }
    const result = await runHook(upload, arrival, object).catch(async (error: unknown) => {
      await end({ status: 'unsettled', error: refusalOf(error) })
      throw error
    })
    await end({ status: 'settled', at: oss.now(), evidence: arrival.evidence, object, result })
    return { id, status: 'settled', result }
  }

  const findObject = async (upload: StoredUpload, { evidence, facts }: Arrival): Promise<StoredObject> => {
    if (verify === 'signature' && facts !== undefined) return objectOf(facts)
    const head = await oss.head(upload.key).catch((cause: unknown) => {
      throw ossFailure(cause)
    })
    await tracer.add(upload.id, 'bucket asked', { evidence, found: head && { ...objectOf(head) } })
    if (head !== null) return objectOf(head)
    throw new UploadError('object-absent', `The bucket holds no object of the upload ${upload.id}`, {
      hint: isOver(upload)
        ? 'The grant has ended: upload again.'
        : 'It has not arrived yet: send it, or send it again.',
    })
  }

  const removeObject = (key: string) =>
    oss.remove(key).catch((cause: unknown) => {
      throw ossFailure(cause)
    })

  const runHook = async (upload: StoredUpload, arrival: Arrival, object: StoredObject): Promise<Json> => {
    const route = routeOf(upload)
    if (route === undefined) {
      throw new UploadError('route-unknown', `The route "${upload.route}" of the upload ${upload.id} is gone`, {
        hint: 'Bring the route back until its uploads are settled.',
      })
    }
    try {
      return toJson(await route.onUploaded(uploadedEvent<C>(upload, arrival, object)))
    } catch (cause) {
      await tracer.add(upload.id, 'application failed', {
        reason: cause instanceof Error ? cause.message : String(cause),
      })
      if (cause instanceof UploadError) throw cause
      throw new UploadError('application-failed', `The application could not take the upload ${upload.id}`, {
        hint: 'The file is in the bucket and need not be sent again: confirm once the application is mended. Its log has the reason.',
        cause,
      })
    }
  }

  const runFailedHook = async (upload: StoredUpload, error: UploadError): Promise<void> => {
    try {
      await routeOf(upload)?.onFailed({ ...commonFacts<C>(upload), error })
    } catch (cause) {
      logger.error({ uploadId: upload.id, route: upload.route, err: cause }, 'onFailed threw')
    }
  }

  const endingWithoutObject = (upload: StoredUpload, error: unknown): Ending => {
    if (!(error instanceof UploadError) || error.code !== 'object-absent') {
      return { status: 'unsettled', error: refusalOf(error) }
    }
    return { status: isOver(upload) ? 'expired' : 'unchanged' }
  }

  const routeOf = ({ route }: StoredUpload) => (Object.hasOwn(routes, route) ? routes[route] : undefined)
  // By the clock that the deadline was written by.
  const isOver = ({ acceptedUntil }: StoredUpload) => oss.now() > acceptedUntil

  return {
    settle,
    async drain(withinMs) {
      await raceAgainst(Promise.allSettled([...running]), withinMs, undefined)
    },
  }
}

/** What is already decided: the stored answer, or UploadError where it ended otherwise. */
function outcomeOf(upload: StoredUpload): Settled | undefined {
  const { id, status, result = null, error } = upload
  if (status === 'settled') return { id, status, result }
  if (status === 'failed' && error) throw new UploadError(error.code, error.detail, { hint: error.hint })
  if (status === 'aborted')
    throw new UploadError('upload-ended', `The upload ${id} was aborted`, { hint: 'Upload again.' })
  return undefined
}

function mismatchOf({ file, mimeType }: StoredUpload, object: StoredObject): UploadError | undefined {
  const wrong = [
    ...(object.size === file.size ? [] : [`${object.size} bytes instead of ${file.size}`]),
    ...(sameType(object.mimeType, mimeType) ? [] : [`${object.mimeType} instead of ${mimeType}`]),
  ]
  if (wrong.length === 0) return undefined
  return new UploadError(
    'object-mismatch',
    `What arrived is not what was granted: ${wrong.join(', ')}. It was deleted`,
    {
      hint: 'Send the form unchanged, with the very file that the grant was asked for.',
    },
  )
}

function sameType(a: string, b: string): boolean {
  const plain = (type: string) => type.toLowerCase().replaceAll(' ', '')
  return plain(a) === plain(b)
}

function objectOf({ size, mimeType, etag, crc64 }: ObjectHead | CallbackFacts): StoredObject {
  return { size, mimeType, etag, ...(crc64 === undefined ? {} : { crc64 }) }
}

function uploadedEvent<C extends Caller>(
  upload: StoredUpload,
  { evidence, facts }: Arrival,
  object: StoredObject,
): UploadedEvent<C, never> {
  return {
    ...commonFacts<C>(upload),
    ...object,
    evidence,
    variables: facts?.variables ?? {},
    ...(facts?.imageInfo === undefined ? {} : { imageInfo: facts.imageInfo }),
    ...(facts?.clientIp === undefined ? {} : { clientIp: facts.clientIp }),
    ...(facts?.requestId === undefined ? {} : { requestId: facts.requestId }),
  }
}

function commonFacts<C extends Caller>({ id, route, bucket, key, file, caller, input }: StoredUpload) {
  // Both were written by this route's own grant: `identify` made the caller, the route's schema the input.
  return { id, route, bucket, key, file, caller: caller as C, input: input as never }
}

/** What JSON leaves of it; `undefined` becomes null, so that there is always an answer. */
function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value) ?? 'null') as Json
}

function waiting(id: string, reason: Waiting['reason']): Waiting {
  return { id, status: 'pending', retryAfterMs: reason === 'slow' ? 1000 : 500, reason }
}

function lostClaim(id: string): UploadError {
  return new UploadError('settling-elsewhere', `The upload ${id} was taken over by another process, or removed`, {
    hint: 'Confirm it again.',
  })
}

function raceAgainst<T, U>(work: Promise<T>, ms: number, otherwise: U): Promise<T | U> {
  let timer: NodeJS.Timeout
  const late = new Promise<U>((resolve) => {
    timer = setTimeout(() => resolve(otherwise), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

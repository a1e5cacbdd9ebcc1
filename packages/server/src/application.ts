import { type Evidence, type Json, type StoredObject, UploadError } from '@oss-direct/shared'
import type { CallbackFacts } from './callback-body.ts'
import type { Logger } from './logger.ts'
import type { StoredUpload } from './store.ts'
import type { Tracer } from './tracer.ts'
import type { Caller, Routes, UploadedEvent } from './upload-route.ts'
import { type HookEvent, type Observe, stopwatch } from './uploads-event.ts'

/** How we learned of an object, and what was said of it. */
export interface Arrival {
  evidence: Evidence
  facts?: CallbackFacts
  /** Of the file, as the browser worked it out. */
  crc64?: string | undefined
}

export interface ApplicationOptions<C extends Caller> {
  routes: Routes<C>
  tracer: Tracer
  observe: Observe
  logger: Logger
}

/** The hooks of the routes, as settling calls them. */
export interface Application {
  /** Whether the route wants the first bytes of the object looked at. */
  acceptsByContent(upload: StoredUpload): boolean
  /** Runs `onUploaded`. Throws UploadError: the application's own, else `application-failed` or `route-unknown`. */
  take(upload: StoredUpload, arrival: Arrival, object: StoredObject): Promise<Json>
  /** Runs `onFailed`; what it throws is logged. */
  tellFailure(upload: StoredUpload, error: UploadError): Promise<void>
}

export function createApplication<C extends Caller>(options: ApplicationOptions<C>): Application {
  const { routes, tracer, observe, logger } = options
  const routeOf = ({ route }: StoredUpload) => (Object.hasOwn(routes, route) ? routes[route] : undefined)

  /** Tells how long it took, whatever comes of it. */
  const watch = async <T>({ route }: StoredUpload, hook: HookEvent['hook'], run: () => T | Promise<T>): Promise<T> => {
    const elapsed = stopwatch()
    try {
      const answer = await run()
      observe({ type: 'hook', route, hook, outcome: 'answered', tookMs: elapsed() })
      return answer
    } catch (error) {
      observe({ type: 'hook', route, hook, outcome: 'threw', tookMs: elapsed() })
      throw error
    }
  }

  return {
    acceptsByContent: (upload) => routeOf(upload)?.acceptBy === 'content',

    async take(upload, arrival, object) {
      const route = routeOf(upload)
      if (route === undefined) {
        throw new UploadError('route-unknown', `The route "${upload.route}" of the upload ${upload.id} is gone`, {
          hint: 'Bring the route back until its uploads are settled.',
        })
      }
      try {
        const event = uploadedEvent<C>(upload, arrival, object)
        const result = toJson(await watch(upload, 'onUploaded', () => route.onUploaded(event)))
        await tracer.add(upload.id, 'application answered', { result })
        return result
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
    },

    async tellFailure(upload, error) {
      const route = routeOf(upload)
      if (route === undefined) return
      try {
        await watch(upload, 'onFailed', () => route.onFailed({ ...commonFacts<C>(upload), error }))
      } catch (cause) {
        logger.error({ uploadId: upload.id, route: upload.route, err: cause }, 'onFailed threw')
      }
    },
  }
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

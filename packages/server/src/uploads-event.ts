import type { Evidence, Transport, UploadErrorCode } from '@oss-direct/shared'
import type { Logger } from './logger.ts'
import type { SweepReport } from './sweeper.ts'

/**
 * What happened, told when it is over. Every text in it is one of a few and may be a label of a metric: ids, keys, names and
 * addresses are in the log alone. `route` is always one that the application has, or had when it granted. Times are
 * milliseconds; `tookMs` is measured by a clock that nobody sets.
 */
export type UploadsEvent =
  | GrantsEvent
  | CallbackEvent
  | HookEvent
  | SettledEvent
  | FailedEvent
  | ExpiredEvent
  | UnsettledEvent
  | SweptEvent

/** A request for grants was answered. */
export interface GrantsEvent {
  type: 'grants'
  /** Left out where it asked for a route that there is none of. */
  route?: string
  /** One for each file that was granted. */
  granted: readonly Transport[]
  /** One for each file that was refused; of a request that was refused as a whole, all of them. */
  refused: readonly UploadErrorCode[]
  tookMs: number
}

/** OSS called. `code` says why it was refused; `internal` stands for what nobody foresaw. */
export type CallbackEvent =
  | { type: 'callback'; outcome: 'accepted'; tookMs: number }
  | { type: 'callback'; outcome: 'refused'; code: UploadErrorCode; tookMs: number }

/** A hook of the application has ended, however long it took and whoever still waited. */
export interface HookEvent {
  type: 'hook'
  route: string
  hook: 'onUploaded' | 'onFailed'
  outcome: 'answered' | 'threw'
  tookMs: number
}

interface EndOfUpload {
  route: string
  transport: Transport
  /** From the grant until the record had its end, the browser's transfer included. By OSS's clock. */
  sinceGrantMs: number
}

/** The application has the object, and the record says so. With `head`, nobody called: a browser asked, or the sweeper looked. */
export interface SettledEvent extends EndOfUpload {
  type: 'settled'
  evidence: Evidence
}

/** Something else arrived than was granted; it was deleted. */
export interface FailedEvent extends EndOfUpload {
  type: 'failed'
  evidence: Evidence
  code: UploadErrorCode
}

/** Nothing had come when the grant ended. Later evidence still settles it, and is told of then. */
export interface ExpiredEvent extends EndOfUpload {
  type: 'expired'
}

/** A try to settle came to nothing: the application threw, or OSS gave no answer. It is tried again. */
export interface UnsettledEvent {
  type: 'unsettled'
  route: string
  evidence: Evidence
  code: UploadErrorCode
}

export interface SweptEvent {
  type: 'swept'
  report: SweepReport
  tookMs: number
}

export type Observe = (event: UploadsEvent) => void

/** The observer of the application, which costs nobody an upload: what it throws, now or in a promise, is logged. */
export function guardObserver(observe: Observe, logger: Logger): Observe {
  const tell = async (event: UploadsEvent) => observe(event)
  return (event) => {
    tell(event).catch((error: unknown) => logger.error({ event: event.type, err: error }, 'the observer threw'))
  }
}

/** Starts to measure; gives the milliseconds since. */
export function stopwatch(): () => number {
  const startedAt = performance.now()
  return () => performance.now() - startedAt
}

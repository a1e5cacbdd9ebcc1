import type { RouteRules } from '@oss-direct/shared'
import { type ApiTransport, createApi, fetchApi } from './api.ts'
import type { Checksum } from './checksum.ts'
import { createEngine } from './engine.ts'
import type { Journal } from './journal.ts'
import type { AnyRoutes, RouteInput, RouteName, UploadOf } from './route-types.ts'
import type { Transport } from './transport.ts'

export interface UploaderOptions {
  /** Where the uploads API is mounted. @default '/uploads' */
  endpoint?: string
  /** Carries bytes to OSS. @default xhrTransport() */
  transport?: Transport
  /** Makes the calls of our own API. @default fetchApi() */
  api?: ApiTransport
  /** Connections to OSS at the same time, 1 and up, which forms and parts share; browsers open six to one host. @default 5 */
  concurrency?: number
  /** A file of more bytes is sent in parts, where its route allows that. @default 64 MiB */
  multipartAbove?: number
  /** Parts of one file that are sent at the same time, 1 and up. @default 4 */
  partsAtOnce?: number
  /**
   * Works out the CRC-64 of every file, which the server compares with that of the object: `crc64Worker()` from
   * `@oss-direct/uploader/crc64`. A form waits for it. @default nothing is compared
   */
  checksum?: Checksum
  /** How long a connection may move no byte while some remain. @default 30_000 */
  stallMs?: number
  /**
   * Keeps unfinished uploads over a reload or a crash: the name of a database in this browser, another for each person where
   * several use it, or a journal of your own. `false` forgets them with the page. @default 'oss-direct:' + endpoint
   */
  journal?: string | Journal | false
  /** Whether the browser asks before it leaves the page while something is under way. @default 'ask' */
  leaving?: 'ask' | 'silent'
}

/** `{ input }`, which may be left out where the route takes none. */
type AddOptions<Input> = undefined extends Input
  ? [options?: { input?: Input | undefined }]
  : [options: { input: Input }]

/** A store with verbs: subscribe to it, read its snapshot, tell it what to do. */
export interface Uploader<Routes = AnyRoutes> {
  /**
   * Gives the ids of the uploads, in the order of the files. A file that the route refuses becomes `rejected`; one that an
   * unfinished upload waits for goes on with that.
   */
  add<Name extends RouteName<Routes>>(
    route: Name,
    files: Iterable<File>,
    ...options: AddOptions<RouteInput<Routes, Name>>
  ): readonly string[]
  /**
   * Stops one that waits or is being sent, until it is resumed. An upload in parts goes on from the parts that OSS has; a form
   * starts again, as `pauseRestarts` says beforehand.
   */
  pause(id: string): void
  /**
   * Puts a paused one in line again, behind those that wait. Of one that `needs-file` it has the browser ask for the file, where
   * `access` says that it can: call it when a person clicks.
   */
  resume(id: string): void
  /** Gives one that `needs-file` its file again. Another file than before is refused, as its `error` then says. */
  reattach(id: string, file: File): void
  /** Stops one that is on its way. What it may already have stored is taken back. */
  cancel(id: string): void
  /** Sends a failed or cancelled one again: a failed one in parts from where it was, any other from the start. */
  retry(id: string): void
  /** Asks the server about an unconfirmed one, now; sends nothing again. */
  confirm(id: string): void
  /** Takes it off the list; one on its way is cancelled first. What is in OSS stays there. */
  remove(id: string): void
  pauseAll(route?: RouteName<Routes>): void
  resumeAll(route?: RouteName<Routes>): void
  /** All failed ones, of one route or of all. */
  retryAll(route?: RouteName<Routes>): void
  /** All unconfirmed ones, of one route or of all. */
  confirmAll(route?: RouteName<Routes>): void
  cancelAll(route?: RouteName<Routes>): void
  /**
   * Sends what is held for want of a connection, or waits for its next try, whatever the browser believes of the connection:
   * it may be wrong. If that fails it is held again.
   */
  tryNow(): void
  /** Takes everything off the list to which nothing more happens. */
  clear(route?: RouteName<Routes>): void
  /** What the server allows. Asked once; a failed question is asked again by the next caller. */
  rules(route: RouteName<Routes>): Promise<RouteRules>
  subscribe(listener: () => void): () => void
  /** Immutable; an upload that has not changed is the same object. */
  getSnapshot(): readonly UploadOf<Routes>[]
  /** Stops everything. What the journal keeps, the next uploader goes on with; without one, what was begun is taken back. */
  dispose(): void
}

export function createUploader<Routes = AnyRoutes>(options: UploaderOptions = {}): Uploader<Routes> {
  const { endpoint = '/uploads', concurrency = 5, stallMs = 30_000, transport, checksum } = options
  const { multipartAbove = 64 * 1024 ** 2, partsAtOnce = 4 } = options
  for (const [name, count] of Object.entries({ concurrency, partsAtOnce })) {
    if (!Number.isInteger(count) || count < 1) throw new RangeError(`${name} must be 1 or more, not ${count}`)
  }
  const api = createApi(endpoint, options.api ?? fetchApi())
  const { journal = `oss-direct:${endpoint}`, leaving = 'ask' } = options
  const engine = createEngine({
    api,
    transport,
    concurrency,
    stallMs,
    multipartAbove,
    partsAtOnce,
    checksum,
    journal,
    leaving,
  })
  // Inside, routes are names; only the outside knows what belongs to which.
  return engine as Uploader<Routes>
}

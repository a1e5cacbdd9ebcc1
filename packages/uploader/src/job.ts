import type { Json } from '@oss-direct/shared'
import { type Api, forgetRecord } from './api.ts'
import type { SentAs } from './choose-transport.ts'
import type { Granted } from './grant-desk.ts'
import type { FileHandle } from './journal.ts'

/** What the engine keeps of an upload besides what people see. */
export interface Job {
  input: Json | undefined
  /** Begun ones, the running one included. */
  tries: number
  /** A grant that had ended was replaced; a second time is a failure. */
  resigned: boolean
  /** Chosen when its grant is first asked for. */
  sentAs?: SentAs | undefined
  /** Asked ahead, or in use; of a failed upload, whose parts OSS still has. */
  granted?: Promise<Granted> | undefined
  /** What OSS has of it: parts, under that grant. */
  storedBytes: number
  /** The browser's way back to the file after a reload. */
  handle?: FileHandle | undefined
  /** Of the file, once OSS may have parts of it. */
  fingerprint?: string | undefined
  /** Of the file, where the server is to compare it: known before a form is granted, and before parts are put together. */
  crc64?: Promise<string> | undefined
  /** Aborted when a person cancels or pauses, never for another reason. */
  readonly abort: AbortController
  /** The next try or the next question. */
  timer?: ReturnType<typeof setTimeout>
}

/** `known`: of an earlier job, or an earlier life of the page. */
export function newJob(input: Json | undefined, known: Partial<Job> = {}): Job {
  let abort: AbortController | undefined
  return {
    input,
    tries: 0,
    resigned: false,
    storedBytes: 0,
    // Made when it is first asked for: of ten thousand files that come at once nearly all wait for long.
    get abort() {
      abort ??= new AbortController()
      return abort
    },
    ...known,
  }
}

/** Goes on with the grant of the last one, and with what OSS has under it. */
export function renewJob({ input, sentAs, granted, storedBytes, handle, fingerprint }: Job): Job {
  return newJob(input, { handle, fingerprint, ...(granted && { sentAs, granted, storedBytes }) })
}

/** A record that comes to nothing leaves no row in anybody's history, and no parts in OSS. */
export function forgetGrant(job: Job, api: Api): void {
  job.granted?.then(
    ({ grant }) => forgetRecord(api, grant.id),
    () => {},
  )
  delete job.granted
}

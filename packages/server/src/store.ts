import type { Evidence, Json, RecordStatus, Refusal, StoredObject, Transport } from '@oss-direct/shared'
import type { ApiKeyStore } from './api-key.ts'
import type { Caller } from './upload-route.ts'

/** A record as it is kept: what was granted, and what became of it. */
export interface StoredUpload {
  id: string
  /** `id` of the caller. */
  owner: string
  /** Whose limits it counts against. */
  account: string
  caller: Caller
  route: string
  bucket: string
  key: string
  transport: Transport
  /** As the browser said when it asked; `crc64` also when it completed. */
  file: { name: string; size: number; type: string; crc64?: string }
  /** The content type that was granted; the object must have it. */
  mimeType: string
  /** As the route's schema parsed it; nothing where the route takes none. */
  input?: Json
  createdAt: Date
  /** When what was signed ends, or the temporary keys. */
  expiresAt: Date
  /** When the ticket ends: a transfer that began in time may take until then. */
  acceptedUntil: Date
  status: RecordStatus
  settledAt?: Date
  evidence?: Evidence
  object?: StoredObject
  result?: Json
  /** Why it failed, or why the last try did. */
  error?: Refusal
  /** How often `onUploaded` failed when its turn had come; what a browser asked for in between is not counted. */
  attempts: number
  /** For files that are sent in parts; `uploadId` is OSS's, once somebody has asked for an address. */
  multipart?: { partSize: number; uploadId?: string }
  /** When the sweeper looks at it next, by OSS's clock; nothing where it need not, or has given up. */
  dueAt?: Date
}

/** How settling ended; it also gives the claim back. */
export type Ending =
  | { status: 'settled'; at: Date; evidence: Evidence; object: StoredObject; result: Json }
  | { status: 'failed'; at: Date; evidence: Evidence; object?: StoredObject; error: Refusal }
  | { status: 'unsettled'; error: Refusal; attempts?: number; dueAt?: NextLook }
  /** Nothing came while the grant was good. Not final: later evidence still settles it. */
  | { status: 'expired'; dueAt?: NextLook }
  /** Nothing was learned. */
  | { status: 'unchanged'; dueAt?: NextLook }

/** When the sweeper looks again; left out, as it was. */
export type NextLook = Date | 'never'

export interface TraceEntry {
  at: Date
  event: string
  detail: Json
}

export interface UploadsQuery {
  owner: string
  /** Of one of these routes; of any where it is left out. */
  routes?: readonly string[]
  /** Records older than this one. */
  before?: { createdAt: Date; id: string }
  limit: number
}

/**
 * Where records live. Every method that changes something has made it durable when its promise resolves; a new store is done
 * when the contract suites (`test/*-contract.ts`) pass on it.
 */
export interface Store {
  /**
   * Keeps the uploads that the quota has room for, in their order, and says by index why it did not keep one. All of those or
   * none. However many calls come at once, by however many servers, they do not exceed it together.
   *
   * - `uploads`  all of the quota's account
   * - `quota`    left out, all are kept
   */
  insert(
    uploads: readonly StoredUpload[],
    trace: readonly (TraceEntry & { id: string })[],
    quota?: Quota,
  ): Promise<(Excess | undefined)[]>
  find(id: string): Promise<StoredUpload | undefined>
  /** Newest first. */
  list(query: UploadsQuery): Promise<StoredUpload[]>
  /**
   * Takes the record for settling, unless it has ended or somebody holds it: one of many callers gets it, as it is now. Where
   * it has no checksum of the file yet, it then has this one.
   */
  claim(id: string, lease: Lease & { now: Date; crc64?: string | undefined }): Promise<StoredUpload | undefined>
  /** Takes the record that is due for longest, among those that nobody holds; each is given to one of many callers. */
  claimDue(lease: Lease & { now: Date; dueBy: Date }): Promise<StoredUpload | undefined>
  /**
   * Writes the upload id, unless another one than `replaced` stands there by now, and gives the one that stands. Nothing for
   * a record that has ended, or is not there.
   */
  keepUploadId(id: string, uploadId: string, replaced: string | undefined): Promise<string | undefined>
  /** False when the lease is no longer the holder's own. */
  renew(id: string, lease: Lease): Promise<boolean>
  /** Writes how it ended and gives the claim back, in one step. False when the lease is no longer the holder's own. */
  end(id: string, holder: string, ending: Ending): Promise<boolean>
  /**
   * Forgets the record and its trace, but not what it counts for in a quota: what was granted can still be used, and what was sent
   * was sent. False when somebody other than the holder has claimed it, or it is not there.
   */
  remove(id: string, holder: string, now: Date): Promise<boolean>
  trace(id: string): Promise<TraceEntry[]>
  addTrace(id: string, entry: TraceEntry): Promise<void>
  /** Counts one request of the key in its minute: 0, or milliseconds to wait where there were more than `perMinute`. */
  countRequest(key: string, perMinute: number): Promise<number>
  /** The keys of partners and scripts. */
  readonly keys: ApiKeyStore
  close(): Promise<void>
}

/** What an account may have granted, `Infinity` for as much as there is. Times are by OSS's clock. */
export interface Quota {
  account: string
  now: Date
  /** Grants that are neither used nor ended. */
  openGrants: number
  /** Of what was granted within 24 hours, without what failed, or expired and never came. */
  bytesPerDay: number
}

/** Why an upload was not kept. */
export interface Excess {
  limit: 'openGrants' | 'bytesPerDay'
  most: number
  used: number
  /** When the first of what is used stops to count, if not sooner. */
  freeAt: Date
}

export interface Lease {
  holder: string
  until: Date
}

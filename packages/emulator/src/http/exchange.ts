import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { OssError, ossError } from '@oss-direct/oss'
import type { Logger } from 'pino'
import type { Accounts } from '../access/accounts.ts'
import type { Nonces } from '../access/nonces.ts'
import type { CallbackKey } from '../callback/callback-key.ts'
import type { FaultKind, FaultsInForce } from '../faults.ts'
import type { MultipartStore } from '../multipart/multipart-store.ts'
import type { Bucket, Store } from '../store/store.ts'
import type { RequestBody } from './request-body.ts'
import type { LoggedRequest, WritableRequestLog } from './request-log.ts'

/** The local OSS, as an operation sees it. */
export interface LocalOss {
  readonly store: Store
  readonly multipart: MultipartStore
  readonly faults: FaultsInForce
  readonly requests: WritableRequestLog
  readonly callbackKey: CallbackKey
  readonly callbackKeyUrl: string
  readonly callbackTimeoutMs: number
  readonly privateHosts: 'allowed' | 'forbidden'
  readonly region: string
  readonly accounts: Accounts
  readonly nonces: Nonces
  readonly domains: Readonly<Record<string, string>>
  readonly logger: Logger
}

/** One request on its way through the local OSS. */
export interface Exchange {
  readonly request: IncomingMessage
  readonly response: ServerResponse
  readonly body: RequestBody
  readonly requestId: string
  /** When the request began, by the clock of the local OSS; policies and signatures are judged by it. */
  readonly now: Date
  readonly host: string
  readonly bucket: string
  /** Empty for a request to the bucket; PostObject learns it from its form. */
  readonly key: string
  readonly query: readonly (readonly [name: string, value: string])[]
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** What the request log will say. */
  readonly entry: LoggedRequest
}

/** What an operation answers. The headers of every answer come on top. */
export interface Reply {
  status: number
  headers?: Readonly<Record<string, string>>
  /** @default empty */
  body?: string | Buffer
  /** In place of `body`, where it is too large to hold: an object's bytes. */
  content?: Content
}

/** `size` in bytes. An answer to HEAD has nothing but a size. */
interface Content {
  size: number
  stream?: Readable
}

/** The bucket of the request. Throws OssError `NoSuchBucket`. */
export function requireBucket(exchange: Exchange, oss: LocalOss): Bucket {
  const bucket = oss.store.findBucket(exchange.bucket)
  if (!bucket) throw ossError('NoSuchBucket', { details: { BucketName: exchange.bucket } })
  return bucket
}

/** The answer that the fault `error` asks for. */
export class FaultError extends OssError {
  readonly headers: Readonly<Record<string, string>>

  constructor({ status, code, retryAfterSeconds }: Extract<FaultKind, { name: 'error' }>) {
    super({ status, code, message: `The fault "error" of the local OSS answers ${code}.` })
    this.headers = retryAfterSeconds === undefined ? {} : { 'Retry-After': String(retryAfterSeconds) }
  }
}

/** Lets the faults that concern a request body come true, once the key is known. Throws FaultError for the fault `error`. */
export async function meetFaults(exchange: Exchange, oss: LocalOss, key: string): Promise<void> {
  const { body, bucket, entry } = exchange
  const request = { bucket, key, operation: entry.operation }
  const slow = oss.faults.take('slow', request)
  if (slow) body.slowDown(slow.bytesPerSecond)
  const drop = oss.faults.take('drop', request)
  if (drop) body.dropAfter(drop.afterBytes)
  const stall = oss.faults.take('stall', request)
  if (stall) await body.stallAfter(stall.afterBytes, (listener) => oss.faults.onCleared(stall.id, listener))
  const error = oss.faults.take('error', request)
  if (error) throw new FaultError(error)
}

import type { IncomingHttpHeaders } from 'node:http'
import type { BucketAddress, CredentialsProvider, SignatureVersion } from '@oss-direct/oss'
import type { Identify } from './identity.ts'
import type { LimitsOption } from './limits.ts'
import type { Logger } from './logger.ts'
import type { Store } from './store.ts'
import type { SweepOptions } from './sweeper.ts'
import type { Caller, Routes } from './upload-route.ts'
import type { Observe } from './uploads-event.ts'

export interface UploadsOptions<C extends Caller> {
  /**
   * Who makes this request; null refuses it. Called for every request but OSS's own and the one for the routes' rules. Ready-made:
   * `identifyBySession`, `identifyByApiKey`, `identifyByJwt` of `@oss-direct/server/jwt`, and `identifyBy` for several of them.
   */
  identify: Identify<C>
  /** How much one caller may use, all the same or each his own. @default finite, see `Limits` */
  limits?: LimitsOption<C>
  /** What may be uploaded, by name. */
  routes: Routes<C>
  oss: OssOptions
  /**
   * Where OSS reaches `POST …/callback` of the mounted router, from the internet. `'none'` for a server that OSS cannot reach:
   * uploads are then settled by the browser's confirmation alone.
   */
  callbackUrl: string | 'none'
  /** `Host` of callback requests. @default the host of `callbackUrl` */
  callbackHost?: string
  /** Send the server name in the TLS handshake of callbacks. @default true for https */
  callbackSni?: boolean
  /** Signs tickets, at least 16 bytes. Of several the first signs and all are accepted: put a new one in front. */
  secret: string | readonly string[] | undefined
  store: Store
  /** `'signature'` believes a callback without asking the bucket: see the README for who can then forge a record. @default 'head' */
  verify?: 'head' | 'signature'
  /** Keep what was signed, sent and answered for `GET …/trace`; one more write a step. @default false */
  keepTrace?: boolean
  /** How long a grant can be used to begin. @default 15 minutes */
  policyLifetimeMs?: number
  /** How long a transfer may then take. @default 24 hours */
  maxTransferMs?: number
  /** How long OSS is kept waiting for `onUploaded`; OSS itself gives up after 5 s. @default 4000 */
  answerWithinMs?: number
  /** How long a record stays claimed by a process that died. @default 15_000 */
  leaseMs?: number
  /** Finds what nobody told us of; runs by itself, in any number of servers on one store. @default every minute */
  sweep?: SweepOptions
  /** A pino logger, or anything with `info`, `warn` and `error`. @default silent */
  logger?: Logger
  /**
   * Told of what happened, for metrics and spans, in the middle of the work: it should only take note. What it throws is logged
   * and changes nothing. @default nobody
   */
  observe?: Observe
  /** @default () => new Date() */
  now?: () => Date
  /** For calls to OSS and for its callback key. @default the global one */
  fetch?: typeof fetch
}

export interface OssOptions {
  /** The bucket as browsers reach it. */
  publicAddress: BucketAddress
  /** The same bucket as this server reaches it. @default publicAddress */
  internalAddress?: BucketAddress
  credentials: CredentialsProvider
  /** @default 'V4' */
  signatureVersion?: SignatureVersion
  /** Who gives out temporary keys; needed where a route has the transport `sts`. @default nobody */
  sessions?: SessionOptions
  /** The only addresses a callback may name its key by. For a local OSS: its own. @default OSS's own */
  callbackKeyUrls?: readonly string[]
}

/** Temporary keys are made by AssumeRole of STS, one call a grant; Alibaba Cloud takes some 100 calls a second of an account. */
export interface SessionOptions {
  /** `acs:ram::1234567890123456:role/uploader`; it may do nothing but upload, since the keys may do no more than it. */
  roleArn: string
  /** Of a user who may assume that role: temporary ones may not. @default `credentials` of the bucket */
  credentials?: CredentialsProvider
  /** Of STS; one in your region answers sooner: `sts.cn-hangzhou.aliyuncs.com`. @default 'sts.aliyuncs.com' */
  endpoint?: string
  /** How long keys live: 900, which is the least that STS gives, to what the role allows. @default 900 */
  durationSeconds?: number
}

/** What is known of whoever makes a request. */
export interface CallerContext {
  /** In capitals. */
  method: string
  headers: Readonly<IncomingHttpHeaders>
  /** As far as it can be believed: behind a proxy only what that proxy says of it. */
  ip?: string
  requestId: string
}

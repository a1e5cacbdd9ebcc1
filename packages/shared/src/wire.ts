import type { Json } from './json.ts'
import type { UploadErrorCode } from './upload-error.ts'

// What travels between the uploader and our server. Times are ISO 8601 strings, sizes are bytes.

export type Transport = 'post' | 'put' | 'multipart' | 'sts'

/** What a route takes. The browser checks with the server's own rules, so that the two never disagree. */
export interface RouteRules {
  /** MIME types (`image/png`, `image/*`) and extensions (`.pdf`); empty takes everything. */
  accept: string[]
  /** Inclusive. */
  minBytes: number
  /** Inclusive. */
  maxBytes: number
  /** In one request or one drop. */
  maxFiles: number
  /** In order of the server's preference. */
  transports: Transport[]
}

/** `GET /uploads/routes` */
export interface RoutesAnswer {
  routes: Record<string, RouteRules>
}

export interface RequestedFile {
  /** The file's own name, any text up to 1,024 characters. It is shown and kept, never used as a key. */
  name: string
  size: number
  /** MIME type as the browser knows it; may be empty. */
  type: string
  /** Milliseconds since 1970. */
  lastModified?: number
  /**
   * CRC-64 of its bytes as OSS computes it (ECMA-182, reflected: CRC-64/XZ), unsigned, in decimal. Said, it is compared with
   * the object's before the application hears of it.
   */
  crc64?: string
}

/** `POST /uploads` */
export interface GrantRequest {
  route: string
  input?: Json
  transport?: Transport
  /** 1 to 50. */
  files: RequestedFile[]
}

export interface TemporaryCredentials {
  accessKeyId: string
  accessKeySecret: string
  securityToken: string
  expiresAt: string
}

/** The callback as an SDK wants it, for PutObject or CompleteMultipartUpload. */
export interface CallbackParameter {
  /** Base64, as the header `x-oss-callback` has it. */
  callback: string
  /** The same of `x-oss-callback-var`; of an empty object where there are no variables. */
  callbackVar: string
  /** For SDKs that encode themselves: by the names that OSS has for them, the variables with their `x:`. */
  plain: {
    callback: {
      callbackUrl: string
      callbackBody: string
      callbackBodyType: 'application/x-www-form-urlencoded' | 'application/json'
      callbackHost?: string
      callbackSNI?: boolean
    }
    callbackVar: Record<string, string>
  }
}

/** Where the bucket's name stands: in front of the endpoint's host, behind it as a local OSS has it, or in neither. */
export type Addressing = 'virtual-host' | 'path' | 'cname'

/** Our server's answer that permits one upload. */
export type Grant = { id: string; key: string; expiresAt: string } & (
  | { transport: 'post'; url: string; fields: Record<string, string> }
  /** Every one of the headers is sent as it is, the callback among them: they are signed. */
  | { transport: 'put'; url: string; method: 'PUT'; headers: Record<string, string> }
  | { transport: 'multipart'; partSize: number; partCount: number }
  | {
      transport: 'sts'
      /** Of the service: `https://oss-cn-hangzhou.aliyuncs.com`; with `cname` the bucket's own domain. */
      endpoint: string
      addressing: Addressing
      region: string
      bucket: string
      credentials: TemporaryCredentials
      /** What the object must have, and be kept from: an object of another content type is deleted. */
      headers: Record<string, string>
      /** Left out where OSS does not call: then the upload is confirmed. */
      callback?: CallbackParameter
    }
)

/** What OSS said, never flattened to a sentence. */
export interface OssFacts {
  code: string
  ec?: string
  requestId?: string
}

export interface Refusal {
  code: UploadErrorCode
  detail: string
  hint?: string
  /** Of one file among others, in place of the header `Retry-After`. */
  retryAfterMs?: number
}

/** By index: one refusal never refuses its siblings. */
export type GrantOutcome = { ok: true; grant: Grant } | { ok: false; error: Refusal }

/** The answer to `POST /uploads`, 201. */
export interface GrantAnswer {
  /** The server's clock, so that a browser with a wrong one still knows when a grant ends. */
  serverTime: string
  grants: GrantOutcome[]
}

/** `POST /uploads/:id/parts` */
export interface PartsRequest {
  /** 1 to 100 numbers, each 1 to 10,000. */
  partNumbers: number[]
}

/** The answer to `POST /uploads/:id/parts`. */
export interface PartsAnswer {
  /** `PUT` the bytes of the part there, without a content type; in the order in which they were asked for. */
  urls: { partNumber: number; url: string }[]
  /** When the addresses end. */
  expiresAt: string
  /** What OSS holds already, by number. */
  have: { partNumber: number; size: number }[]
}

/** `POST /uploads/:id/complete`; the body may be left out. */
export interface CompleteRequest {
  /** As in `RequestedFile`, for a file whose bytes were still being read when the grant was asked for. */
  crc64?: string
}

/** The application has answered: `result` is what `onUploaded` returned. OSS hands this very JSON to the browser. */
export interface Settled {
  id: string
  status: 'settled'
  result: Json
}

/** Somebody else is settling, or the application needs longer. */
export interface Pending {
  id: string
  status: 'pending'
  retryAfterMs: number
}

export type Outcome = Settled | Pending

/** `granted` ends as one of the others. `expired` is not final: later evidence still settles it. */
export type RecordStatus = 'granted' | 'settled' | 'failed' | 'aborted' | 'expired'

/** How we learned that the object is there. */
export type Evidence = 'callback' | 'complete' | 'head'

/** From the bucket itself, never from the caller. */
export interface StoredObject {
  size: number
  mimeType: string
  etag: string
  crc64?: string
}

export interface UploadRecord {
  id: string
  route: string
  key: string
  status: RecordStatus
  /** As the browser described it. */
  file: { name: string; size: number; type: string; crc64?: string }
  createdAt: string
  settledAt?: string
  evidence?: Evidence
  object?: StoredObject
  /** What `onUploaded` returned. */
  result?: Json
  /** Why it failed, or why the last try to settle it did. */
  error?: Refusal
  /** The object is there, and the application failed to take it; gone when it is settled. */
  retry?: Retry
}

/** How a server goes on with an application that fails. `error` of the record has the reason of the last time. */
export interface Retry {
  /** How often it failed, without the tries that somebody asked for in between. */
  attempts: number
  nextAttemptAt?: string
  /** It is not tried again by itself; a confirmation still does. */
  gaveUp: boolean
}

/** `GET /uploads`: newest first, the caller's own only. */
export interface RecordPage {
  items: UploadRecord[]
  nextCursor?: string
}

/** `GET /uploads/:id/trace`: what was signed, what OSS sent, what was answered; oldest first, without secrets. */
export interface UploadTrace {
  id: string
  events: { at: string; event: string; detail: Json }[]
}

/** RFC 9457, `application/problem+json`: every error of our API. */
export interface Problem extends Refusal {
  title: string
  status: number
  oss?: OssFacts
  requestId?: string
}

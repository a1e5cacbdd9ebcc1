/** Every code our API answers with or the uploader ends in. `status` is the HTTP status of our API. */
const KINDS = {
  // what a caller asks for
  'request-invalid': { status: 400, retryable: false },
  'request-too-large': { status: 413, retryable: false },
  'not-signed-in': { status: 401, retryable: false },
  forbidden: { status: 403, retryable: false },
  'route-unknown': { status: 404, retryable: false },
  'transport-unsupported': { status: 400, retryable: false },
  'input-invalid': { status: 400, retryable: false },
  'file-too-large': { status: 413, retryable: false },
  'file-too-small': { status: 400, retryable: false },
  'file-type-refused': { status: 415, retryable: false },
  'too-many-files': { status: 400, retryable: false },
  'rate-limited': { status: 429, retryable: true },
  'identity-unavailable': { status: 503, retryable: true },
  // a record
  'upload-not-found': { status: 404, retryable: false },
  'upload-ended': { status: 409, retryable: false },
  'object-absent': { status: 404, retryable: true },
  'object-mismatch': { status: 422, retryable: false },
  'parts-mismatch': { status: 422, retryable: false },
  'checksum-mismatch': { status: 422, retryable: false },
  'content-mismatch': { status: 422, retryable: false },
  'trace-off': { status: 404, retryable: false },
  // a callback; a 4xx tells OSS "CallbackFailed", and the uploader then asks us with `confirm`
  'callback-body-too-large': { status: 413, retryable: false },
  'callback-body-consumed': { status: 500, retryable: false },
  'callback-body-invalid': { status: 400, retryable: false },
  'callback-key-url-refused': { status: 403, retryable: false },
  'callback-key-unavailable': { status: 503, retryable: true },
  'callback-signature-invalid': { status: 403, retryable: false },
  'callback-ticket-invalid': { status: 403, retryable: false },
  'callback-ticket-expired': { status: 403, retryable: false },
  'callback-object-foreign': { status: 403, retryable: false },
  // the application and the bucket behind us
  'application-failed': { status: 502, retryable: true },
  'application-slow': { status: 503, retryable: true },
  'settling-elsewhere': { status: 503, retryable: true },
  'oss-refused': { status: 502, retryable: false },
  'oss-unavailable': { status: 503, retryable: true },
  'not-found': { status: 404, retryable: false },
  internal: { status: 500, retryable: true },
  // the browser's side
  network: { status: 0, retryable: true },
  offline: { status: 0, retryable: true },
  stalled: { status: 0, retryable: true },
  cancelled: { status: 0, retryable: false },
  'file-unreadable': { status: 0, retryable: false },
  'file-changed': { status: 0, retryable: false },
  'checksum-unavailable': { status: 0, retryable: true },
  'answer-invalid': { status: 502, retryable: false },
  'grant-expired': { status: 410, retryable: true },
  'stored-but-unconfirmed': { status: 502, retryable: true },
} as const satisfies Record<string, { status: number; retryable: boolean }>

export type UploadErrorCode = keyof typeof KINDS

export interface UploadErrorOptions {
  /** What a person can do about it, one sentence or two. */
  hint?: string | undefined
  /** What we were told, untouched: an `OssError`, a network error. */
  cause?: unknown
  /** When it may work, for `Retry-After`: the server knows it better than whoever asks. */
  retryAfterMs?: number | undefined
}

/**
 * The one error of both sides of the wire.
 *
 * The message says what happened, with the values; `hint` says what to do. There is no subclass a kind: a `switch` over
 * `code` is exhaustive, five `instanceof` branches are not.
 */
export class UploadError extends Error {
  override readonly name = 'UploadError'
  readonly code: UploadErrorCode
  /** HTTP status of our API; 0 for what never reached a server. */
  readonly status: number
  /** Whether the same request may succeed later, unchanged. */
  readonly retryable: boolean
  readonly hint: string | undefined
  readonly retryAfterMs: number | undefined

  constructor(code: UploadErrorCode, message: string, options: UploadErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = KINDS[code].status
    this.retryable = KINDS[code].retryable
    this.hint = options.hint
    this.retryAfterMs = options.retryAfterMs
  }
}

export function isUploadErrorCode(code: unknown): code is UploadErrorCode {
  return typeof code === 'string' && Object.hasOwn(KINDS, code)
}

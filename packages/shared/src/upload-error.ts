/** Every code our API answers with or the uploader ends in, with the HTTP status of our API; 0 is the browser's own. */
const STATUSES = {
  // what a caller asks for
  'request-invalid': 400,
  'request-too-large': 413,
  'not-signed-in': 401,
  forbidden: 403,
  'route-unknown': 404,
  'transport-unsupported': 400,
  'input-invalid': 400,
  'file-too-large': 413,
  'file-too-small': 400,
  'file-type-refused': 415,
  'too-many-files': 400,
  'rate-limited': 429,
  'identity-unavailable': 503,
  // a record
  'upload-not-found': 404,
  'upload-ended': 409,
  'object-absent': 404,
  'object-mismatch': 422,
  'parts-mismatch': 422,
  'checksum-mismatch': 422,
  'content-mismatch': 422,
  'trace-off': 404,
  // a callback; a 4xx tells OSS "CallbackFailed", and the uploader then asks us with `confirm`
  'callback-body-too-large': 413,
  'callback-body-consumed': 500,
  'callback-body-invalid': 400,
  'callback-key-url-refused': 403,
  'callback-key-unavailable': 503,
  'callback-signature-invalid': 403,
  'callback-ticket-invalid': 403,
  'callback-ticket-expired': 403,
  'callback-object-foreign': 403,
  // the application and the bucket behind us
  'application-failed': 502,
  'application-slow': 503,
  'settling-elsewhere': 503,
  'oss-refused': 502,
  'oss-unavailable': 503,
  'not-found': 404,
  internal: 500,
  // the browser's side
  network: 0,
  offline: 0,
  stalled: 0,
  cancelled: 0,
  'file-unreadable': 0,
  'file-changed': 0,
  'checksum-unavailable': 0,
  'module-unavailable': 0,
  'answer-invalid': 502,
  'grant-expired': 410,
  'stored-but-unconfirmed': 502,
} as const

export type UploadErrorCode = keyof typeof STATUSES

const RETRYABLE: ReadonlySet<UploadErrorCode> = new Set([
  'rate-limited',
  'identity-unavailable',
  'object-absent',
  'callback-key-unavailable',
  'application-failed',
  'application-slow',
  'settling-elsewhere',
  'oss-unavailable',
  'internal',
  'network',
  'offline',
  'stalled',
  'checksum-unavailable',
  'module-unavailable',
  'grant-expired',
  'stored-but-unconfirmed',
])

export interface UploadErrorOptions {
  /** What a person can do about it, one sentence or two. */
  hint?: string | undefined
  /** What we were told, untouched: an `OssError`, a network error. */
  cause?: unknown
  /** After how long it may work: the server knows it better than whoever asks. */
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
  /** How long whoever refused asks to wait. Whoever reads it in a header sets it. */
  retryAfterMs: number | undefined

  constructor(code: UploadErrorCode, message: string, options: UploadErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.status = STATUSES[code]
    this.retryable = RETRYABLE.has(code)
    this.hint = options.hint
    this.retryAfterMs = options.retryAfterMs
  }
}

export function isUploadErrorCode(code: unknown): code is UploadErrorCode {
  return typeof code === 'string' && Object.hasOwn(STATUSES, code)
}

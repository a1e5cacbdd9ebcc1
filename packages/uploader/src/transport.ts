/** One form on its way to OSS. */
export interface FormUpload {
  url: string
  /** Fields first, `file` last, as OSS wants it. */
  form: FormData
  /** Bytes of the request body, the form's own included. */
  onProgress(sentBytes: number, totalBytes: number): void
  signal: AbortSignal
}

/** What came back, whatever its status. */
export interface TransportAnswer {
  status: number
  body: string
  /** Undefined too where the bucket's CORS rule does not expose the header. */
  header(name: string): string | undefined
}

/**
 * Carries bytes to OSS. It resolves with every answer, 4xx and 5xx too, and rejects with the UploadError `network` where
 * there was none, or `cancelled` where the signal said so. It sends no credentials and no headers of its own.
 */
export type Transport = (upload: FormUpload) => Promise<TransportAnswer>

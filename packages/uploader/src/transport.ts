/** One request on its way to OSS: a form, or a part by its presigned URL. */
export interface OssRequest {
  method: 'POST' | 'PUT'
  url: string
  /** A form: fields first, `file` last, as OSS wants it. A part: a Blob, sent without a content type, which is not signed. */
  body: FormData | Blob
  /** Bytes of the request body, a form's own included. */
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
export type Transport = (request: OssRequest) => Promise<TransportAnswer>

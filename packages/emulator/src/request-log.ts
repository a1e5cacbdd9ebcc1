/** One request, as the local OSS saw it. No header values and no signatures. */
export interface LoggedRequest {
  requestId: string
  /** ISO 8601, by the machine's own clock. */
  startedAt: string
  method: string
  bucket: string
  key: string
  /** `PostObject`, `PutBucketCors`; empty where there is none for the request. */
  operation: string
  /** What was answered; 0 while the request runs and where its connection ended without an answer. */
  status: number
  /** OSS's error code and EC, where the request was refused or its callback failed. */
  code?: string
  ec?: string
  message?: string
  /** Bytes of the request's body. */
  bytesReceived: number
  durationMs: number
  callbacks: CallbackDelivery[]
}

/** One attempt to call the application. */
export interface CallbackDelivery {
  url: string
  /** The body that was sent. */
  body: string
  /** What the application answered; -1 where it could not be reached or did not answer in time. */
  status: number
  durationMs: number
  /** Why OSS does not count it as a success. */
  failure?: string
}

export interface RequestLog {
  /** Oldest first; the newest 1000 are kept. */
  list(): readonly LoggedRequest[]
  clear(): void
}

export interface WritableRequestLog extends RequestLog {
  add(request: LoggedRequest): void
}

const KEPT = 1000

export function createRequestLog(): WritableRequestLog {
  let requests: LoggedRequest[] = []
  return {
    list: () => requests.slice(-KEPT),
    clear: () => {
      requests = []
    },
    add(request) {
      requests.push(request)
      // Cut rarely, so that a full log does not move its whole array for every request.
      if (requests.length >= KEPT * 2) requests = requests.slice(-KEPT)
    },
  }
}

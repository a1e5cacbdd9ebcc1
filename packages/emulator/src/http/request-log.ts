/** One request, as the local OSS saw it. No signatures, no tokens, and only headers that carry no secret. */
export interface LoggedRequest {
  requestId: string
  /** ISO 8601, by the machine's own clock. */
  startedAt: string
  method: string
  bucket: string
  key: string
  /** Names of the query in order, with the values that carry no secret; `…` stands for the others. */
  query: string
  /** Lower-case names; see `shownHeaders`. */
  headers: Readonly<Record<string, string>>
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

/** One attempt to call the application: what was sent and what came back. */
export interface CallbackDelivery {
  id: string
  /** ISO 8601, by the machine's own clock. */
  sentAt: string
  url: string
  /** All of them, in the order and spelling in which they were sent. */
  headers: Readonly<Record<string, string>>
  /** The body that was sent. */
  body: string
  /** What the signature is over: decoded path, query, line feed, body. */
  stringToSign: string
  /** Base64; the `Authorization` of the callback. */
  signature: string
  /** The name in the TLS handshake, empty for none. */
  serverName: string
  /** What the application answered; -1 where it could not be reached or did not answer in time. */
  status: number
  /** As far as it came. @default none came */
  answer?: CallbackAnswerHeard
  durationMs: number
  /** Why OSS does not count it as a success. */
  failure?: string
  /** The delivery that this one repeats, for one that was sent again by hand. */
  repeats?: string
}

export interface CallbackAnswerHeard {
  /** Lower-case names; cookies are left out. */
  headers: Readonly<Record<string, string>>
  /** Its first 64 KB, as text. */
  body: string
  /** Whether more came than is kept here. */
  isCut: boolean
}

export interface RequestLog {
  /** Oldest first; the newest 1000 are kept, fewer where their callbacks are long. */
  list(): readonly LoggedRequest[]
  clear(): void
}

/** Hears of a request that is new or has changed; of nothing where the log was cleared. */
export type LogWatcher = (request: LoggedRequest | undefined) => void

export interface WritableRequestLog extends RequestLog {
  add(request: LoggedRequest): void
  /** Says that a request is over, or that something was added to it. */
  settle(request: LoggedRequest): void
  /** Gives what ends the watch. */
  watch(watcher: LogWatcher): () => void
}

const KEPT = 1000
const KEPT_CALLBACK_CHARACTERS = 32 * 1024 * 1024
// The longest key there is. A form may name one of 2 MB, and is refused for it.
const LONGEST_KEY = 1023

export function createRequestLog(): WritableRequestLog {
  let requests: LoggedRequest[] = []
  const watchers = new Set<LogWatcher>()
  const tell: LogWatcher = (request) => {
    for (const watcher of watchers) watcher(request)
  }
  return {
    list: () => requests.slice(-KEPT),
    clear() {
      requests = []
      tell(undefined)
    },
    add(request) {
      requests.push(request)
      // Cut rarely, so that a full log does not move its whole array for every request.
      if (requests.length >= KEPT * 2) requests = requests.slice(-KEPT)
      tell(request)
    },
    settle(request) {
      request.key = request.key.slice(0, LONGEST_KEY)
      if (request.callbacks.length > 0) requests = withoutOldest(requests)
      tell(request)
    },
    watch(watcher) {
      watchers.add(watcher)
      return () => watchers.delete(watcher)
    },
  }
}

/** Drops what is older than the newest requests whose callbacks fit in; the newest one stays in any case. */
function withoutOldest(requests: LoggedRequest[]): LoggedRequest[] {
  let characters = 0
  const tooOld = requests.findLastIndex(({ callbacks }) => {
    for (const { body, stringToSign, answer } of callbacks) {
      characters += body.length + stringToSign.length + (answer?.body.length ?? 0)
    }
    return characters > KEPT_CALLBACK_CHARACTERS
  })
  return tooOld === -1 ? requests : requests.slice(Math.min(tooOld + 1, requests.length - 1))
}

import {
  boolean,
  count,
  json,
  list,
  mapOf,
  object,
  oneOf,
  oneOfObjects,
  optional,
  parserOf,
  type Reader,
  text,
  time,
} from './reader.ts'
import { isUploadErrorCode, type UploadErrorCode } from './upload-error.ts'
import type {
  CallbackParameter,
  Grant,
  GrantAnswer,
  GrantOutcome,
  OssFacts,
  Outcome,
  PartsAnswer,
  Pending,
  Problem,
  RecordPage,
  Refusal,
  Retry,
  RouteRules,
  RoutesAnswer,
  Settled,
  StoredObject,
  UploadRecord,
  UploadTrace,
} from './wire.ts'

// What the browser reads. Each throws UploadError `answer-invalid` that names the member at fault: a proxy's login page
// or an older server is then a clear sentence and not a TypeError ten calls later.

const answered = {
  code: 'answer-invalid',
  whole: 'the answer',
  hint: 'The address of the uploads API answered something else: check `endpoint`, proxies and login redirects.',
} as const

const some = text(1)
const transport = oneOf('post', 'put', 'multipart', 'sts')

const routes = object<RoutesAnswer>({
  routes: mapOf(
    object<RouteRules>({
      accept: list(text(), 0, 1000),
      minBytes: count(),
      maxBytes: count(),
      maxFiles: count(1),
      transports: list(transport, 1, 4),
    }),
  ),
})

/** `GET /uploads/routes` */
export const parseRouteRules = (body: unknown): Record<string, RouteRules> => parseRoutes(body).routes
const parseRoutes = parserOf(routes, answered)

// A newer server may know a code that this build does not; the sentence is still worth showing.
const knownCode: Reader<UploadErrorCode> = (value) => (isUploadErrorCode(value) ? value : 'internal')
const textIfAny: Reader<string | undefined> = (value) => (typeof value === 'string' ? value : undefined)
const refusal = object<Refusal>({ code: knownCode, detail: text(), hint: textIfAny })

type GrantOf<T extends Grant['transport']> = Extract<Grant, { transport: T }>
const callbackParameter = object<CallbackParameter>({
  callback: some,
  callbackVar: some,
  plain: object<CallbackParameter['plain']>({
    callback: object<CallbackParameter['plain']['callback']>({
      callbackUrl: some,
      callbackBody: some,
      callbackBodyType: oneOf('application/x-www-form-urlencoded', 'application/json'),
      callbackHost: optional(text()),
      callbackSNI: optional(boolean),
    }),
    callbackVar: mapOf(text()),
  }),
})
const granted = { id: some, key: some, expiresAt: time }
const grant = oneOfObjects<Grant>('transport', {
  post: object<GrantOf<'post'>>({ ...granted, transport: oneOf('post'), url: some, fields: mapOf(text()) }),
  put: object<GrantOf<'put'>>({
    ...granted,
    transport: oneOf('put'),
    url: some,
    method: oneOf('PUT'),
    headers: mapOf(text()),
  }),
  multipart: object<GrantOf<'multipart'>>({
    ...granted,
    transport: oneOf('multipart'),
    partSize: count(1),
    partCount: count(1, 10_000),
  }),
  sts: object<GrantOf<'sts'>>({
    ...granted,
    transport: oneOf('sts'),
    endpoint: some,
    addressing: oneOf('virtual-host', 'path', 'cname'),
    region: some,
    bucket: some,
    credentials: object({ accessKeyId: text(), accessKeySecret: text(), securityToken: text(), expiresAt: time }),
    headers: mapOf(text()),
    callback: optional(callbackParameter),
  }),
})

const grantOutcome: Reader<GrantOutcome> = (value, path, refuse) =>
  object<{ ok: boolean }>({ ok: boolean })(value, path, refuse).ok
    ? { ok: true, grant: object<{ grant: Grant }>({ grant })(value, path, refuse).grant }
    : { ok: false, error: object<{ error: Refusal }>({ error: refusal })(value, path, refuse).error }

/** `POST /uploads` */
export const parseGrantAnswer = parserOf(
  object<GrantAnswer>({ serverTime: time, grants: list(grantOutcome, 1, 50) }),
  answered,
)

const partNumber = count(1, 10_000)

/** `POST /uploads/:id/parts` */
export const parsePartsAnswer = parserOf(
  object<PartsAnswer>({
    urls: list(object({ partNumber, url: some }), 1, 100),
    expiresAt: time,
    have: list(object({ partNumber, size: count() }), 0, 10_000),
  }),
  answered,
)

/** The answer of OSS's callback, of `confirm` and of `complete`. */
export const parseOutcome = parserOf(
  oneOfObjects<Outcome>('status', {
    settled: object<Settled>({ id: some, status: oneOf('settled'), result: json }),
    pending: object<Pending>({ id: some, status: oneOf('pending'), retryAfterMs: count() }),
  }),
  answered,
)

const record = object<UploadRecord>({
  id: some,
  route: some,
  key: some,
  status: oneOf('granted', 'settled', 'failed', 'aborted', 'expired'),
  file: object<UploadRecord['file']>({ name: text(), size: count(), type: text(), crc64: optional(text()) }),
  createdAt: time,
  settledAt: optional(time),
  evidence: optional(oneOf('callback', 'complete', 'head')),
  object: optional(object<StoredObject>({ size: count(), mimeType: text(), etag: text(), crc64: optional(text()) })),
  result: optional(json),
  error: optional(refusal),
  retry: optional(object<Retry>({ attempts: count(1), nextAttemptAt: optional(time), gaveUp: boolean })),
})

/** `GET /uploads/:id` */
export const parseRecord = parserOf(record, answered)

/** `GET /uploads` */
export const parseRecordPage = parserOf(
  object<RecordPage>({ items: list(record), nextCursor: optional(text()) }),
  answered,
)

/** `GET /uploads/:id/trace` */
export const parseTrace = parserOf(
  object<UploadTrace>({
    id: some,
    events: list(object<UploadTrace['events'][number]>({ at: time, event: some, detail: json })),
  }),
  answered,
)

/** `application/problem+json`. Gives nothing where the body is not one of ours: a gateway's page, an empty body. */
export function parseProblem(body: unknown): Problem | undefined {
  if (typeof body !== 'object' || body === null) return undefined
  const { code, detail, hint, title, status, oss, requestId } = body as Record<string, unknown>
  if (!isUploadErrorCode(code) || typeof detail !== 'string') return undefined
  const facts = parseOssFacts(oss)
  return {
    code,
    detail,
    title: typeof title === 'string' ? title : code,
    status: typeof status === 'number' ? status : 0,
    ...(typeof hint === 'string' ? { hint } : {}),
    ...(facts === undefined ? {} : { oss: facts }),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  }
}

function parseOssFacts(value: unknown): OssFacts | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const { code, ec, requestId } = value as Record<string, unknown>
  if (typeof code !== 'string') return undefined
  return {
    code,
    ...(typeof ec === 'string' ? { ec } : {}),
    ...(typeof requestId === 'string' ? { requestId } : {}),
  }
}

import type {
  CallbackParameter,
  CompleteRequest,
  Grant,
  GrantAnswer,
  GrantOutcome,
  GrantRequest,
  Json,
  JsonObject,
  OssFacts,
  PartsAnswer,
  PartsRequest,
  Pending,
  Problem,
  RecordPage,
  Refusal,
  RequestedFile,
  Retry,
  RouteRules,
  RoutesAnswer,
  Settled,
  StoredObject,
  TemporaryCredentials,
  Transport,
  UploadErrorCode,
  UploadRecord,
  UploadTrace,
} from '@oss-direct/shared'
import {
  always,
  boolean,
  count,
  described,
  list,
  mapOf,
  object,
  oneOf,
  optional,
  pattern,
  type Schema,
  text,
  time,
  uri,
} from './json-schema.ts'

// What travels between callers and this server, as JSON schemas; wire.ts of @oss-direct/shared is the same as types.

/** By name, as `#/components/schemas` has them. */
export const WIRE_SCHEMAS: Record<string, JsonObject> = {}

function define<T>(name: string, schema: Schema<T>): Schema<T> {
  WIRE_SCHEMAS[name] = schema.json
  return { json: { $ref: `#/components/schemas/${name}` } }
}

const some = text(1)
const anything: Schema<Json> = { json: {} }
const code: Schema<UploadErrorCode> = {
  json: { type: 'string', minLength: 1, description: 'One of x-codes of the answer; pass over those you do not know.' },
}
const transport: Schema<Transport> = define('Transport', oneOf({ post: true, put: true, multipart: true, sts: true }))
// 0 to 18446744073709551615, without leading zeros; the server looks at the last digits of the longest.
const crc64 = described(
  pattern(/^(0|[1-9]\d{0,19})$/),
  'CRC-64/XZ of the bytes, unsigned, in decimal, as OSS computes it.',
)
const milliseconds = described(count(), 'Milliseconds.')
const partNumber = count(1, 10_000)

const rules = define(
  'RouteRules',
  object<RouteRules>({
    accept: described(list(text()), 'MIME types and extensions; empty takes everything.'),
    minBytes: count(),
    maxBytes: count(),
    maxFiles: count(1),
    transports: described(list(transport, 1, 4), "In order of the server's preference."),
  }),
)
export const routesAnswer = define('RoutesAnswer', object<RoutesAnswer>({ routes: mapOf(rules) }))

const requestedFile = define(
  'RequestedFile',
  object<RequestedFile>({
    name: text(1, 1024),
    size: count(),
    type: described(text(0, 255), 'MIME type; may be empty.'),
    lastModified: optional(described(count(-Number.MAX_SAFE_INTEGER), 'Milliseconds since 1970.')),
    crc64: optional(crc64),
  }),
)
export const grantRequest = define(
  'GrantRequest',
  object<GrantRequest>({
    route: text(1, 100),
    input: optional(described(anything, 'What the route wants to know.')),
    transport: optional(transport),
    files: list(requestedFile, 1, 50),
  }),
)

type GrantBy<T extends Transport> = Extract<Grant, { transport: T }>
const ofEvery = { id: some, key: some, expiresAt: time }
const postGrant = define(
  'PostGrant',
  object<GrantBy<'post'>>({ ...ofEvery, transport: always('post'), url: uri, fields: mapOf(text()) }),
)
const putGrant = define(
  'PutGrant',
  object<GrantBy<'put'>>({
    ...ofEvery,
    transport: always('put'),
    url: uri,
    method: always('PUT'),
    headers: mapOf(text()),
  }),
)
const partsGrant = define(
  'MultipartGrant',
  object<GrantBy<'multipart'>>({
    ...ofEvery,
    transport: always('multipart'),
    partSize: count(1),
    partCount: partNumber,
  }),
)
const credentials = define(
  'TemporaryCredentials',
  object<TemporaryCredentials>({
    accessKeyId: some,
    accessKeySecret: some,
    securityToken: some,
    expiresAt: time,
  }),
)
const callbackParameter = define(
  'CallbackParameter',
  object<CallbackParameter>({
    callback: described(some, 'Base64, as the header x-oss-callback has it.'),
    callbackVar: described(some, 'Base64, as the header x-oss-callback-var has it.'),
    plain: object<CallbackParameter['plain']>({
      callback: object<CallbackParameter['plain']['callback']>({
        callbackUrl: uri,
        callbackBody: some,
        callbackBodyType: oneOf({ 'application/x-www-form-urlencoded': true, 'application/json': true }),
        callbackHost: optional(some),
        callbackSNI: optional(boolean),
      }),
      callbackVar: mapOf(text()),
    }),
  }),
)
const sessionGrant = define(
  'SessionGrant',
  object<GrantBy<'sts'>>({
    ...ofEvery,
    transport: always('sts'),
    endpoint: uri,
    addressing: oneOf({ 'virtual-host': true, path: true, cname: true }),
    region: some,
    bucket: some,
    credentials,
    headers: mapOf(text()),
    callback: optional(callbackParameter),
  }),
)
const grant: Schema<Grant> = define('Grant', {
  json: {
    oneOf: [postGrant.json, putGrant.json, partsGrant.json, sessionGrant.json],
    discriminator: {
      propertyName: 'transport',
      mapping: {
        post: '#/components/schemas/PostGrant',
        put: '#/components/schemas/PutGrant',
        multipart: '#/components/schemas/MultipartGrant',
        sts: '#/components/schemas/SessionGrant',
      },
    },
  },
})
const refusal = define(
  'Refusal',
  object<Refusal>({ code, detail: some, hint: optional(some), retryAfterMs: optional(milliseconds) }),
)
const outcomeOfFile: Schema<GrantOutcome> = define('GrantOutcome', {
  json: {
    oneOf: [
      object<Extract<GrantOutcome, { ok: true }>>({ ok: always(true), grant }).json,
      object<Extract<GrantOutcome, { ok: false }>>({ ok: always(false), error: refusal }).json,
    ],
  },
})
export const grantAnswer = define(
  'GrantAnswer',
  object<GrantAnswer>({ serverTime: time, grants: list(outcomeOfFile, 1, 50) }),
)

export const partsRequest = define('PartsRequest', object<PartsRequest>({ partNumbers: list(partNumber, 1, 100) }))
export const partsAnswer = define(
  'PartsAnswer',
  object<PartsAnswer>({
    urls: list(object<PartsAnswer['urls'][number]>({ partNumber, url: uri }), 1, 100),
    expiresAt: time,
    have: list(object<PartsAnswer['have'][number]>({ partNumber, size: count() }), 0, 10_000),
  }),
)
export const completeRequest = define('CompleteRequest', object<CompleteRequest>({ crc64: optional(crc64) }))

export const settled = define(
  'Settled',
  object<Settled>({
    id: some,
    status: always('settled'),
    result: described(anything, 'What the application answered.'),
  }),
)
export const pending = define(
  'Pending',
  object<Pending>({ id: some, status: always('pending'), retryAfterMs: milliseconds }),
)

const storedObject = define(
  'StoredObject',
  object<StoredObject>({ size: count(), mimeType: text(), etag: some, crc64: optional(crc64) }),
)
const retry = define('Retry', object<Retry>({ attempts: count(1), nextAttemptAt: optional(time), gaveUp: boolean }))
export const record = define(
  'UploadRecord',
  object<UploadRecord>({
    id: some,
    route: some,
    key: some,
    status: oneOf({ granted: true, settled: true, failed: true, aborted: true, expired: true }),
    file: object<UploadRecord['file']>({ name: some, size: count(), type: text(), crc64: optional(crc64) }),
    createdAt: time,
    settledAt: optional(time),
    evidence: optional(oneOf({ callback: true, complete: true, head: true })),
    object: optional(storedObject),
    result: optional(anything),
    error: optional(refusal),
    retry: optional(retry),
  }),
)
export const recordPage = define('RecordPage', object<RecordPage>({ items: list(record), nextCursor: optional(some) }))
export const trace = define(
  'UploadTrace',
  object<UploadTrace>({
    id: some,
    events: list(object<UploadTrace['events'][number]>({ at: time, event: some, detail: anything })),
  }),
)

const ossFacts = define('OssFacts', object<OssFacts>({ code: some, ec: optional(some), requestId: optional(some) }))
export const problem = define(
  'Problem',
  object<Problem>({
    code,
    title: some,
    status: count(400, 599),
    detail: some,
    hint: optional(some),
    retryAfterMs: optional(milliseconds),
    oss: optional(ossFacts),
    requestId: optional(some),
  }),
)

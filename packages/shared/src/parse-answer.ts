import type { Json } from './json.ts'
import { TRANSPORTS } from './parse-request.ts'
import { shapeReader } from './shape.ts'
import { isUploadErrorCode } from './upload-error.ts'
import type {
  Grant,
  GrantAnswer,
  GrantOutcome,
  OssFacts,
  Outcome,
  PartsAnswer,
  Problem,
  RecordPage,
  Refusal,
  Retry,
  RouteRules,
  StoredObject,
  UploadRecord,
} from './wire.ts'

// What the browser reads. Each throws UploadError `answer-invalid` that names the member at fault: a proxy's login page
// or an older server is then a clear sentence and not a TypeError ten calls later.

const shape = shapeReader(
  'answer-invalid',
  'The address of the uploads API answered something else: check `endpoint`, proxies and login redirects.',
)
const MANY = Number.MAX_SAFE_INTEGER

/** `GET /uploads/routes` */
export function parseRouteRules(body: unknown): Record<string, RouteRules> {
  const routes = shape.object(shape.object(body, 'the answer').routes, 'routes')
  return Object.fromEntries(
    Object.entries(routes).map(([name, value]) => {
      const path = `routes.${name}`
      const rules = shape.object(value, path)
      const transports = shape.array(rules.transports, `${path}.transports`, { min: 1, max: TRANSPORTS.length })
      return [
        name,
        {
          accept: shape
            .array(rules.accept, `${path}.accept`, { min: 0, max: 1000 })
            .map((entry) => shape.text(entry, `${path}.accept`)),
          minBytes: shape.count(rules.minBytes, `${path}.minBytes`),
          maxBytes: shape.count(rules.maxBytes, `${path}.maxBytes`),
          maxFiles: shape.count(rules.maxFiles, `${path}.maxFiles`, { min: 1 }),
          transports: transports.map((transport) => shape.oneOf(transport, `${path}.transports`, TRANSPORTS)),
        },
      ]
    }),
  )
}

/** `POST /uploads` */
export function parseGrantAnswer(body: unknown): GrantAnswer {
  const answer = shape.object(body, 'the answer')
  return {
    serverTime: parseTime(answer.serverTime, 'serverTime'),
    grants: shape.array(answer.grants, 'grants', { min: 1, max: 50 }).map((outcome, index) => {
      return parseGrantOutcome(outcome, `grants[${index}]`)
    }),
  }
}

/** `POST /uploads/:id/parts` */
export function parsePartsAnswer(body: unknown): PartsAnswer {
  const answer = shape.object(body, 'the answer')
  const part = (value: unknown, path: string) => {
    const members = shape.object(value, path)
    const partNumber = shape.count(members.partNumber, `${path}.partNumber`, { min: 1, max: 10_000 })
    return { members, partNumber }
  }
  return {
    urls: shape.array(answer.urls, 'urls', { min: 1, max: 100 }).map((value, index) => {
      const { members, partNumber } = part(value, `urls[${index}]`)
      return { partNumber, url: shape.text(members.url, `urls[${index}].url`, { min: 1 }) }
    }),
    expiresAt: parseTime(answer.expiresAt, 'expiresAt'),
    have: shape.array(answer.have, 'have', { min: 0, max: 10_000 }).map((value, index) => {
      const { members, partNumber } = part(value, `have[${index}]`)
      return { partNumber, size: shape.count(members.size, `have[${index}].size`) }
    }),
  }
}

/** The answer of OSS's callback, of `confirm` and of `complete`. */
export function parseOutcome(body: unknown): Outcome {
  const outcome = shape.object(body, 'the answer')
  const id = shape.text(outcome.id, 'id', { min: 1 })
  const status = shape.oneOf(outcome.status, 'status', ['settled', 'pending'])
  if (status === 'pending') {
    return { id, status, retryAfterMs: shape.count(outcome.retryAfterMs, 'retryAfterMs') }
  }
  if (outcome.result === undefined) shape.refuse('result', 'present')
  return { id, status, result: outcome.result as Json }
}

/** `GET /uploads/:id` */
export function parseRecord(body: unknown): UploadRecord {
  return parseRecordAt(body, 'the answer')
}

/** `GET /uploads` */
export function parseRecordPage(body: unknown): RecordPage {
  const page = shape.object(body, 'the answer')
  const items = shape.array(page.items, 'items', { min: 0, max: MANY })
  return {
    items: items.map((item, index) => parseRecordAt(item, `items[${index}]`)),
    ...(page.nextCursor === undefined ? {} : { nextCursor: shape.text(page.nextCursor, 'nextCursor') }),
  }
}

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

function parseGrantOutcome(value: unknown, path: string): GrantOutcome {
  const outcome = shape.object(value, path)
  if (outcome.ok === true) return { ok: true, grant: parseGrant(outcome.grant, `${path}.grant`) }
  if (outcome.ok === false) return { ok: false, error: parseRefusal(outcome.error, `${path}.error`) }
  return shape.refuse(`${path}.ok`, 'true or false')
}

function parseGrant(value: unknown, path: string): Grant {
  const grant = shape.object(value, path)
  const text = (name: string) => shape.text(grant[name], `${path}.${name}`, { min: 1 })
  const common = { id: text('id'), key: text('key'), expiresAt: parseTime(grant.expiresAt, `${path}.expiresAt`) }
  const transport = shape.oneOf(grant.transport, `${path}.transport`, TRANSPORTS)
  switch (transport) {
    case 'post':
      return { ...common, transport, url: text('url'), fields: parseTexts(grant.fields, `${path}.fields`) }
    case 'put':
      return {
        ...common,
        transport,
        url: text('url'),
        method: 'PUT',
        headers: parseTexts(grant.headers, `${path}.headers`),
      }
    case 'multipart':
      return {
        ...common,
        transport,
        partSize: shape.count(grant.partSize, `${path}.partSize`, { min: 1 }),
        partCount: shape.count(grant.partCount, `${path}.partCount`, { min: 1, max: 10_000 }),
      }
    case 'sts': {
      const credentials = parseTexts(grant.credentials, `${path}.credentials`)
      const callback = shape.object(grant.callback, `${path}.callback`)
      const plain = parseTexts(callback.plain, `${path}.callback.plain`)
      const read = (texts: Record<string, unknown>, name: string) => shape.text(texts[name], `${path}.${name}`)
      return {
        ...common,
        transport,
        endpoint: text('endpoint'),
        region: text('region'),
        bucket: text('bucket'),
        credentials: {
          accessKeyId: read(credentials, 'accessKeyId'),
          accessKeySecret: read(credentials, 'accessKeySecret'),
          securityToken: read(credentials, 'securityToken'),
          expiresAt: parseTime(credentials.expiresAt, `${path}.credentials.expiresAt`),
        },
        callback: {
          callback: read(callback, 'callback'),
          callbackVar: read(callback, 'callbackVar'),
          plain: { callback: read(plain, 'callback'), callbackVar: read(plain, 'callbackVar') },
        },
      }
    }
  }
}

const STATUSES = ['granted', 'settled', 'failed', 'aborted', 'expired'] as const

function parseRecordAt(value: unknown, path: string): UploadRecord {
  const record = shape.object(value, path)
  const text = (name: string) => shape.text(record[name], `${path}.${name}`, { min: 1 })
  const file = shape.object(record.file, `${path}.file`)
  return {
    id: text('id'),
    route: text('route'),
    key: text('key'),
    status: shape.oneOf(record.status, `${path}.status`, STATUSES),
    file: {
      name: shape.text(file.name, `${path}.file.name`),
      size: shape.count(file.size, `${path}.file.size`),
      type: shape.text(file.type, `${path}.file.type`),
      ...(file.crc64 === undefined ? {} : { crc64: shape.text(file.crc64, `${path}.file.crc64`) }),
    },
    createdAt: parseTime(record.createdAt, `${path}.createdAt`),
    ...(record.settledAt === undefined ? {} : { settledAt: parseTime(record.settledAt, `${path}.settledAt`) }),
    ...(record.evidence === undefined
      ? {}
      : { evidence: shape.oneOf(record.evidence, `${path}.evidence`, ['callback', 'complete', 'head']) }),
    ...(record.object === undefined ? {} : { object: parseStoredObject(record.object, `${path}.object`) }),
    ...(record.result === undefined ? {} : { result: record.result as Json }),
    ...(record.error === undefined ? {} : { error: parseRefusal(record.error, `${path}.error`) }),
    ...(record.retry === undefined ? {} : { retry: parseRetry(record.retry, `${path}.retry`) }),
  }
}

function parseRetry(value: unknown, path: string): Retry {
  const { attempts, nextAttemptAt, gaveUp } = shape.object(value, path)
  return {
    attempts: shape.count(attempts, `${path}.attempts`, { min: 1 }),
    ...(nextAttemptAt === undefined ? {} : { nextAttemptAt: parseTime(nextAttemptAt, `${path}.nextAttemptAt`) }),
    gaveUp: typeof gaveUp === 'boolean' ? gaveUp : shape.refuse(`${path}.gaveUp`, 'true or false'),
  }
}

function parseStoredObject(value: unknown, path: string): StoredObject {
  const object = shape.object(value, path)
  return {
    size: shape.count(object.size, `${path}.size`),
    mimeType: shape.text(object.mimeType, `${path}.mimeType`),
    etag: shape.text(object.etag, `${path}.etag`),
    ...(object.crc64 === undefined ? {} : { crc64: shape.text(object.crc64, `${path}.crc64`) }),
  }
}

function parseRefusal(value: unknown, path: string): Refusal {
  const refusal = shape.object(value, path)
  // A newer server may know a code that this build does not; the sentence is still worth showing.
  const code = isUploadErrorCode(refusal.code) ? refusal.code : 'internal'
  return {
    code,
    detail: shape.text(refusal.detail, `${path}.detail`),
    ...(typeof refusal.hint === 'string' ? { hint: refusal.hint } : {}),
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

function parseTexts(value: unknown, path: string): Record<string, string> {
  const texts = shape.object(value, path)
  return Object.fromEntries(Object.entries(texts).map(([name, text]) => [name, shape.text(text, `${path}.${name}`)]))
}

function parseTime(value: unknown, path: string): string {
  const time = shape.text(value, path)
  return Number.isNaN(Date.parse(time)) ? shape.refuse(path, 'an ISO 8601 time') : time
}

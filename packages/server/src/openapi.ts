import { type JsonObject, UploadError, type UploadErrorCode } from '@oss-direct/shared'
import type { Schema } from './json-schema.ts'
import {
  completeRequest,
  grantAnswer,
  grantRequest,
  partsAnswer,
  partsRequest,
  pending,
  problem,
  record,
  recordPage,
  routesAnswer,
  settled,
  trace,
  WIRE_SCHEMAS,
} from './wire-schema.ts'

interface Operation {
  operationId: string
  summary: string
  parameters?: JsonObject[]
  body?: { schema: { json: JsonObject }; required: boolean }
  /** By status. */
  answers: Readonly<Record<number, JsonObject>>
  /** Of refusals that this server itself thinks of. */
  codes: readonly UploadErrorCode[]
  /** Hooks of the application run, and may refuse with any other code. */
  runsHooks?: boolean
}

/** The uploads API in OpenAPI 3.1, as this version of the server speaks it. Which routes there are says `GET /routes`. */
export function openApi(): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const [path, operations] of Object.entries(OPERATIONS)) {
    paths[path] = Object.fromEntries(
      Object.entries(operations).map(([method, operation]) => [method, describeOperation(path, operation)]),
    )
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'oss-direct uploads',
      version: '1',
      description:
        'Uploads straight to a bucket: this API grants them and says what became of them. Who a caller is, by cookie, key or token, is up to the application that it is part of.',
    },
    // Wherever the application has mounted it: the folder of this document.
    servers: [{ url: '.' }],
    paths,
    components: {
      schemas: WIRE_SCHEMAS,
      headers: {
        RequestId: { description: 'The id of this request in the log.', schema: { type: 'string' } },
        RetryAfter: { description: 'Seconds to wait.', schema: { type: 'integer', minimum: 0 } },
      },
      parameters: {
        Id: {
          name: 'id',
          in: 'path',
          required: true,
          description: 'Of a record of the caller.',
          schema: { type: 'string' },
        },
      },
    },
  }
}

function describeOperation(path: string, operation: Operation): JsonObject {
  const { operationId, summary, body, answers, codes, runsHooks } = operation
  const id = path.includes('{id}') ? [{ $ref: '#/components/parameters/Id' }] : []
  const parameters = [...id, ...(operation.parameters ?? [])]
  const content = { 'application/json': { schema: body?.schema.json ?? {} } }
  const refusals = Object.entries(byStatus(codes)).map(([status, some]) => [status, describeRefusals(some)])
  const other = { ...describeRefusals([]), description: 'What the application itself refuses with.' }
  return {
    operationId,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: body.required, content } }),
    responses: { ...answers, ...Object.fromEntries(refusals), ...(runsHooks ? { default: other } : {}) },
  }
}

function byStatus(codes: readonly UploadErrorCode[]): Record<number, UploadErrorCode[]> {
  const found: Record<number, UploadErrorCode[]> = {}
  for (const code of codes) {
    const { status } = new UploadError(code, '')
    found[status] = [...(found[status] ?? []), code]
  }
  return found
}

function describeRefusals(codes: readonly UploadErrorCode[]): JsonObject {
  return {
    description: codes.join(', '),
    headers: { ...REQUEST_ID, 'Retry-After': { $ref: '#/components/headers/RetryAfter' } },
    content: { 'application/problem+json': { schema: problem.json } },
    ...(codes.length === 0 ? {} : { 'x-codes': [...codes] }),
  }
}

const REQUEST_ID = { 'X-Request-Id': { $ref: '#/components/headers/RequestId' } }

const answer = <T>(description: string, schema: Schema<T>): JsonObject => ({
  description,
  headers: REQUEST_ID,
  content: { 'application/json': { schema: schema.json } },
})

const CALLER: UploadErrorCode[] = ['not-signed-in', 'forbidden', 'rate-limited', 'identity-unavailable', 'internal']
const OWN: UploadErrorCode[] = [...CALLER, 'request-invalid', 'upload-not-found']
const OSS: UploadErrorCode[] = ['oss-refused', 'oss-unavailable']
/** Of what arrived, or of the application that did not take it. */
const UNSETTLED: UploadErrorCode[] = [
  ...OSS,
  ...(['object-absent', 'upload-ended', 'object-mismatch', 'content-mismatch', 'checksum-mismatch'] as const),
  ...(['parts-mismatch', 'route-unknown', 'application-failed', 'settling-elsewhere'] as const),
]
const OUTCOME = {
  200: answer('The application has answered.', settled),
  202: answer('Not settled yet: ask again in `retryAfterMs`.', pending),
}
const query = (name: string, description: string, schema: JsonObject) => ({ name, in: 'query', description, schema })

const OPERATIONS: Readonly<Record<string, Readonly<Record<string, Operation>>>> = {
  '/': {
    post: {
      operationId: 'grant',
      summary: 'Asks to upload up to 50 files; each is granted or refused by itself.',
      body: { schema: grantRequest, required: true },
      answers: { 201: answer('By index, what became of each file.', grantAnswer) },
      codes: [
        ...CALLER,
        ...(['request-invalid', 'input-invalid', 'transport-unsupported', 'too-many-files'] as const),
        ...(['request-too-large', 'route-unknown'] as const),
      ],
      runsHooks: true,
    },
    get: {
      operationId: 'list',
      summary: "The caller's records, newest first.",
      parameters: [
        query('cursor', '`nextCursor` of the page before.', { type: 'string' }),
        query('limit', 'Records of one page.', { type: 'integer', minimum: 1, maximum: 100, default: 20 }),
        query('route', 'Only of this route.', { type: 'string' }),
      ],
      answers: { 200: answer('One page.', recordPage) },
      codes: [...CALLER, 'request-invalid'],
    },
  },
  '/routes': {
    get: {
      operationId: 'routes',
      summary: 'What the routes take. Needs no caller.',
      answers: { 200: answer('The rules by route.', routesAnswer) },
      codes: [],
    },
  },
  '/openapi.json': {
    get: {
      operationId: 'openapi',
      summary: 'This document. Needs no caller.',
      answers: { 200: answer('OpenAPI 3.1.', { json: { type: 'object' } }) },
      codes: [],
    },
  },
  '/callback': {
    post: {
      operationId: 'callback',
      summary: 'For OSS alone: an object has arrived. Signed by OSS, with a ticket of this server in it.',
      answers: { 200: answer('The application has answered; OSS hands this on to whoever uploaded.', settled) },
      codes: [
        ...UNSETTLED,
        ...(['callback-body-invalid', 'callback-body-too-large', 'callback-body-consumed', 'internal'] as const),
        ...(['callback-key-url-refused', 'callback-key-unavailable', 'callback-signature-invalid'] as const),
        ...(['callback-ticket-invalid', 'callback-ticket-expired', 'callback-object-foreign'] as const),
        ...(['upload-not-found', 'not-found', 'application-slow'] as const),
      ],
      runsHooks: true,
    },
  },
  '/{id}': {
    get: {
      operationId: 'find',
      summary: 'One record.',
      answers: { 200: answer('The record.', record) },
      codes: OWN,
    },
    delete: {
      operationId: 'remove',
      summary: 'Forgets a record, and drops its parts where they are no object yet.',
      parameters: [query('object', 'Delete the object as well.', { type: 'boolean', default: false })],
      answers: { 204: { description: 'It is forgotten.', headers: REQUEST_ID } },
      codes: [...OWN, ...OSS, 'settling-elsewhere'],
    },
  },
  '/{id}/parts': {
    post: {
      operationId: 'signParts',
      summary: 'Addresses of parts, and which of them OSS holds already.',
      body: { schema: partsRequest, required: true },
      answers: { 200: answer('In the order in which they were asked for.', partsAnswer) },
      codes: [...OWN, ...OSS, 'request-too-large', 'transport-unsupported', 'upload-ended', 'grant-expired'],
    },
  },
  '/{id}/complete': {
    post: {
      operationId: 'complete',
      summary: 'Makes an object of the parts, and settles it.',
      body: { schema: completeRequest, required: false },
      answers: OUTCOME,
      codes: [...OWN, ...UNSETTLED, 'request-too-large', 'transport-unsupported'],
      runsHooks: true,
    },
  },
  '/{id}/confirm': {
    post: {
      operationId: 'confirm',
      summary: 'Has the server look for the object itself, where no callback got through. Needs no body.',
      answers: OUTCOME,
      codes: [...OWN, ...UNSETTLED],
      runsHooks: true,
    },
  },
  '/{id}/content': {
    get: {
      operationId: 'content',
      summary: 'Leads to a signed address of the object, good for minutes.',
      answers: {
        302: {
          description: 'The object is there.',
          headers: { ...REQUEST_ID, Location: { required: true, schema: { type: 'string', format: 'uri' } } },
        },
      },
      codes: [...OWN, ...OSS, 'object-absent', 'object-mismatch'],
    },
  },
  '/{id}/trace': {
    get: {
      operationId: 'trace',
      summary: 'What was signed, sent and answered, without secrets; only where the server keeps it.',
      answers: { 200: answer('Oldest first.', trace) },
      codes: [...OWN, 'trace-off'],
    },
  },
}

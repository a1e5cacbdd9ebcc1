import { parseCompleteRequest, parseGrantRequest, parsePartsRequest, UploadError } from '@oss-direct/shared'
import { openApi } from './openapi.ts'
import type { ListQuery } from './own-uploads.ts'
import type { Uploads } from './uploads.ts'
import type { CallerContext } from './uploads-options.ts'

/** A request, whatever kind of server took it. */
export interface ApiRequest {
  context: CallerContext
  /** Below the address where the API is mounted, as it came: `/`, `/routes`, `/3f2a/confirm`. */
  path: string
  query: URLSearchParams
  hasBody: boolean
  /** Both throw UploadError: the body is too large, no JSON, or was read by somebody before. */
  readJson(): Promise<unknown>
  /** The raw bytes, which OSS signed. */
  readCallback(): Promise<Uint8Array>
}

export interface ApiAnswer {
  status: number
  headers: Readonly<Record<string, string>>
  body?: Uint8Array
}

/** The wire of `@oss-direct/shared` over HTTP: finds the call, parses, calls, answers. Every error is answered as a problem. */
export async function answerRequest(uploads: Uploads, request: ApiRequest): Promise<ApiAnswer> {
  const { requestId } = request.context
  const answer = await answerCall(uploads, request).catch((error: unknown) => answerError(uploads, error, requestId))
  return { ...answer, headers: { 'cache-control': 'no-store', 'x-request-id': requestId, ...answer.headers } }
}

interface Call extends ApiRequest {
  uploads: Uploads
  /** Empty in calls of no record. */
  id: string
}

// Earlier ones first: `/routes` could be a record's id.
const CALLS: readonly (readonly [method: string, path: string, run: (call: Call) => Promise<ApiAnswer>])[] = [
  [
    'POST',
    '/callback',
    async ({ uploads, context: { headers, requestId }, readCallback }) => {
      const settled = await uploads.acceptCallback({ headers, requestId, readBody: readCallback })
      // OSS wants a Content-Length; compression in front of us would take it away, unless it may not touch the answer.
      return json(200, settled, { 'cache-control': 'no-store, no-transform' })
    },
  ],
  ['GET', '/routes', async ({ uploads }) => json(200, uploads.rules())],
  ['GET', '/openapi.json', async () => json(200, openApi())],
  [
    'POST',
    '/',
    async ({ uploads, context, readJson }) =>
      json(201, await uploads.grant(parseGrantRequest(await readJson()), context)),
  ],
  ['GET', '/', async ({ uploads, context, query }) => json(200, await uploads.list(parseListQuery(query), context))],
  [
    'POST',
    '/:id/confirm',
    async ({ uploads, context, id }) => {
      const outcome = await uploads.confirm(id, context)
      return json(outcome.status === 'settled' ? 200 : 202, outcome)
    },
  ],
  [
    'POST',
    '/:id/parts',
    async ({ uploads, context, id, readJson }) =>
      json(200, await uploads.signParts(id, parsePartsRequest(await readJson()), context)),
  ],
  [
    'POST',
    '/:id/complete',
    async ({ uploads, context, id, hasBody, readJson }) => {
      const request = parseCompleteRequest(hasBody ? await readJson() : undefined)
      const outcome = await uploads.complete(id, request, context)
      return json(outcome.status === 'settled' ? 200 : 202, outcome)
    },
  ],
  ['GET', '/:id', async ({ uploads, context, id }) => json(200, await uploads.find(id, context))],
  [
    'GET',
    '/:id/content',
    async ({ uploads, context, id }) => {
      const location = await uploads.content(id, context)
      return { status: 302, headers: { location, 'referrer-policy': 'no-referrer', 'content-length': '0' } }
    },
  ],
  ['GET', '/:id/trace', async ({ uploads, context, id }) => json(200, await uploads.trace(id, context))],
  [
    'DELETE',
    '/:id',
    async ({ uploads, context, id, query }) => {
      await uploads.remove(id, query.get('object') === 'true' ? 'delete' : 'keep', context)
      return { status: 204, headers: {} }
    },
  ],
]

async function answerCall(uploads: Uploads, request: ApiRequest): Promise<ApiAnswer> {
  const { context, path } = request
  // Whoever asks with HEAD gets what GET would say; its body is left out by the server.
  const wanted = context.method === 'HEAD' ? 'GET' : context.method
  for (const [method, pattern, run] of CALLS) {
    const id = method === wanted ? matchPath(path, pattern) : undefined
    if (id !== undefined) return run({ ...request, uploads, id })
  }
  throw new UploadError('not-found', `${context.method} ${path} is no call of the uploads API`, {
    hint: 'The calls are listed in GET /openapi.json, and in the README of @oss-direct/server.',
  })
}

/** What stands in the place of `:id`, empty where the pattern has none; undefined where the path is another. */
function matchPath(path: string, pattern: string): string | undefined {
  const [given, wanted] = [path.replace(/\/$/, '').split('/'), pattern.replace(/\/$/, '').split('/')]
  if (given.length !== wanted.length) return undefined
  let id = ''
  for (const [index, part] of wanted.entries()) {
    if (part === ':id') id = decode(given[index] ?? '')
    else if (part !== given[index]) return undefined
  }
  return wanted.includes(':id') && id === '' ? undefined : id
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch (cause) {
    throw new UploadError('request-invalid', `${part} in the address is not percent-encoded UTF-8`, { cause })
  }
}

function parseListQuery(query: URLSearchParams): ListQuery {
  const limit = query.get('limit')
  if (limit !== null && !/^([1-9]\d?|100)$/.test(limit)) {
    throw new UploadError('request-invalid', `limit must be a whole number from 1 to 100, not ${JSON.stringify(limit)}`)
  }
  return {
    cursor: query.get('cursor') ?? undefined,
    limit: limit === null ? undefined : Number(limit),
    route: query.get('route') ?? undefined,
  }
}

function answerError(uploads: Uploads, error: unknown, requestId: string): ApiAnswer {
  const problem = uploads.problem(error, requestId)
  const waitMs = error instanceof UploadError ? error.retryAfterMs : undefined
  return json(problem.status, problem, {
    'content-type': 'application/problem+json',
    ...(waitMs === undefined ? {} : { 'retry-after': String(Math.ceil(waitMs / 1000)) }),
  })
}

function json(status: number, value: object, headers: Readonly<Record<string, string>> = {}): ApiAnswer {
  const body = Buffer.from(JSON.stringify(value))
  return {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
    body,
  }
}

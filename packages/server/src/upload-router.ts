import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { parseCompleteRequest, parseGrantRequest, parsePartsRequest, UploadError } from '@oss-direct/shared'
import Router from 'router'
import { type ParsedRequest, readCallbackBody, readJson, readOptionalJson } from './request-body.ts'
import type { ListQuery, Uploads } from './uploads.ts'
import type { CallerContext } from './uploads-options.ts'

/** A request handler of Express 4 and 5, Connect, and plain Node. */
export type UploadRouter = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

/**
 * The wire of `@oss-direct/shared` over HTTP: parses, calls, replies. Mount it before any body parser.
 *
 * It is made of the `router` package and Node's own request and response, because Express 4 drops a rejected promise and the
 * request then hangs; and it answers everything below its path itself, errors included, so that a page of the application
 * never stands where a problem was expected.
 */
export function uploadRouter(uploads: Uploads): UploadRouter {
  const router = Router()
  router.use((request, response, next) => {
    response.setHeader('x-request-id', requestIdOf(request))
    next()
  })

  router.post('/callback', async (request, response) => {
    const { headers } = request
    const requestId = requestIdOf(request)
    const settled = await uploads.acceptCallback({ headers, requestId, readBody: () => readCallbackBody(request) })
    // OSS wants a Content-Length; compression in front of us would take it away, unless it may not touch the answer.
    reply(response, 200, settled, { 'cache-control': 'no-store, no-transform' })
  })
  router.get('/routes', (_request, response) => reply(response, 200, uploads.rules()))
  router.post('/', async (request, response) => {
    const grantRequest = parseGrantRequest(await readJson(request))
    reply(response, 201, await uploads.grant(grantRequest, contextOf(request)))
  })
  router.get('/', async (request, response) => {
    reply(response, 200, await uploads.list(parseListQuery(request), contextOf(request)))
  })
  router.post('/:id/confirm', async (request, response) => {
    const outcome = await uploads.confirm(idOf(request), contextOf(request))
    reply(response, outcome.status === 'settled' ? 200 : 202, outcome)
  })
  router.post('/:id/parts', async (request, response) => {
    const partsRequest = parsePartsRequest(await readJson(request))
    reply(response, 200, await uploads.signParts(idOf(request), partsRequest, contextOf(request)))
  })
  router.post('/:id/complete', async (request, response) => {
    const completeRequest = parseCompleteRequest(await readOptionalJson(request))
    const outcome = await uploads.complete(idOf(request), completeRequest, contextOf(request))
    reply(response, outcome.status === 'settled' ? 200 : 202, outcome)
  })
  router.get('/:id', async (request, response) => {
    reply(response, 200, await uploads.find(idOf(request), contextOf(request)))
  })
  router.get('/:id/content', async (request, response) => {
    const location = await uploads.content(idOf(request), contextOf(request))
    response.writeHead(302, {
      location,
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-length': 0,
    })
    response.end()
  })
  router.get('/:id/trace', async (request, response) => {
    reply(response, 200, await uploads.trace(idOf(request), contextOf(request)))
  })
  router.delete('/:id', async (request, response) => {
    const object = queryOf(request).get('object') === 'true' ? 'delete' : 'keep'
    await uploads.remove(idOf(request), object, contextOf(request))
    response.writeHead(204, { 'cache-control': 'no-store' })
    response.end()
  })

  router.use((request) => {
    throw new UploadError('not-found', `${request.method} ${request.originalUrl} is no call of the uploads API`, {
      hint: 'The calls are listed in the README of @oss-direct/server.',
    })
  })
  router.use(((error, request, response, next) => {
    if (response.headersSent) return next(error)
    const problem = uploads.problem(error, requestIdOf(request))
    const waitMs = error instanceof UploadError ? error.retryAfterMs : undefined
    reply(response, problem.status, problem, {
      'content-type': 'application/problem+json',
      ...(waitMs === undefined ? {} : { 'retry-after': String(Math.ceil(waitMs / 1000)) }),
    })
  }) satisfies Router.ErrorRequestHandler)

  return (request, response, next) => router(request, response, next)
}

type RoutedRequest = ParsedRequest & { params: Record<string, string | string[] | undefined>; ip?: unknown }

function reply(response: ServerResponse, status: number, body: object, headers: Record<string, string> = {}): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    ...headers,
    'content-length': bytes.length,
  })
  response.end(bytes)
}

function contextOf(request: RoutedRequest): CallerContext {
  // Express knows the client behind a trusted proxy; Node knows the last hop.
  const ip = typeof request.ip === 'string' ? request.ip : request.socket.remoteAddress
  return {
    method: request.method ?? '',
    headers: request.headers,
    requestId: requestIdOf(request),
    ...(ip === undefined ? {} : { ip }),
  }
}

const requestIds = new WeakMap<IncomingMessage, string>()

/** The caller's own id of the request where it is a sane one, so that one id goes through all logs. */
function requestIdOf(request: IncomingMessage): string {
  const known = requestIds.get(request)
  if (known !== undefined) return known
  const given = request.headers['x-request-id']
  const id = typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
  requestIds.set(request, id)
  return id
}

function idOf({ params }: RoutedRequest): string {
  return typeof params.id === 'string' ? params.id : ''
}

function queryOf({ url = '' }: IncomingMessage): URLSearchParams {
  const queryAt = url.indexOf('?')
  return new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt))
}

function parseListQuery(request: IncomingMessage): ListQuery {
  const query = queryOf(request)
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

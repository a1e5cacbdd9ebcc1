import express, { type ErrorRequestHandler, type RequestHandler, type Response, Router } from 'express'

/**
 * What the page may ask of the local OSS: which faults are in force, and to switch them.
 *
 * Its console takes calls from its own page alone, so this server calls it for us, and takes over the check: a page elsewhere
 * may not make a visitor's browser break things here. Where there is no local OSS every change is refused.
 *
 * - `origin` of the local OSS; undefined with a real bucket
 */
export function localOssRoutes(origin: string | undefined): Router {
  const routes = Router()
  routes.use((_request, response, next) => {
    response.set('cache-control', 'no-store')
    next()
  })
  if (origin === undefined) {
    routes.get('/', (_request, response) => void response.json({ isLocal: false, faults: [] }))
    routes.use((_request, response) =>
      refuse(response, 404, 'This server works with a real bucket, which has no faults'),
    )
    return routes
  }

  /** Passes a call on; what the console refuses is refused in its words. */
  const pass = async (response: Response, wanted: number, call: ConsoleCall, more: object = {}) => {
    const { status, answer } = await askConsole(`${origin}/_console/api/faults`, call)
    if (status !== wanted) return refuse(response, status < 500 ? status : 502, sentenceOf(answer))
    if (wanted === 204) return response.status(204).end()
    return response.status(wanted).json({ ...more, ...answer })
  }

  routes.get('/', async (_request, response) => {
    await pass(response, 200, { method: 'GET' }, { isLocal: true, console: `${origin}/_console/` })
  })
  routes.use(requireOwnPage)
  routes.post('/faults', requireJson, express.json({ limit: '4kb' }), async (request, response) => {
    await pass(response, 201, { method: 'POST', body: request.body })
  })
  routes.delete('/faults', async (_request, response) => {
    await pass(response, 204, { method: 'DELETE' })
  })
  routes.delete('/faults/:id', async (request, response) => {
    const { id } = request.params
    // It becomes part of an address: nothing but what the local OSS itself gives.
    if (!/^[0-9a-f-]{36}$/.test(id)) return refuse(response, 404, 'There is no such fault')
    await pass(response, 204, { method: 'DELETE', id })
  })
  routes.use((_request, response) => refuse(response, 404, 'There is no such call'))
  routes.use(explain)
  return routes
}

/**
 * Lets in only pages that this machine opened from here. `Sec-Fetch-Site` is what the browser itself says of the page, also
 * behind the proxy of a development server; a browser that says nothing must come with our own address as its Origin. A name
 * that points at this machine (DNS rebinding) would be its own Origin too, so only the names of loopback count.
 */
const requireOwnPage: RequestHandler = (request, response, next) => {
  const { origin = '', host = '' } = request.headers
  const site = request.headers['sec-fetch-site']
  const isOwn = site === undefined ? origin === `http://${host}` : site === 'same-origin'
  if (isOwn && isLoopback(origin) && isLoopback(`http://${host}`)) return next()
  refuse(
    response,
    403,
    `Host ${host} with origin ${origin || 'none'} may not switch faults; open the page at localhost`,
  )
}

/** A form of another page can send this address anything but JSON without asking first. */
const requireJson: RequestHandler = (request, response, next) => {
  if (request.is('application/json')) return next()
  refuse(response, 415, 'The body must be application/json')
}

const explain: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  const status = Number(error?.status)
  if (status >= 400 && status < 500) return refuse(response, status, 'The body is not the JSON of a fault')
  refuse(response, 503, 'The local OSS gave no answer')
}

const LOOPBACK = new Set(['localhost', '127.0.0.1', '[::1]'])
const TIMEOUT_MS = 5000

function isLoopback(origin: string): boolean {
  return URL.canParse(origin) && LOOPBACK.has(new URL(origin).hostname)
}

interface ConsoleCall {
  method: 'GET' | 'POST' | 'DELETE'
  /** Of one fault. */
  id?: string
  body?: unknown
}

/** Throws where nobody answers in time, or with something else than JSON. */
async function askConsole(url: string, { method, id, body }: ConsoleCall): Promise<{ status: number; answer: object }> {
  const response = await fetch(id === undefined ? url : `${url}/${id}`, {
    method,
    signal: AbortSignal.timeout(TIMEOUT_MS),
    redirect: 'error',
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, answer: text === '' ? {} : (JSON.parse(text) as object) }
}

function sentenceOf(answer: object): string {
  return 'error' in answer && typeof answer.error === 'string' ? answer.error : 'The local OSS refused'
}

/** As the uploads API words its errors, so that the page reads both alike. */
function refuse(response: Response, status: number, detail: string): void {
  const code = CODES[status] ?? 'request-invalid'
  response.status(status).type('application/problem+json').json({ code, title: code, status, detail })
}

const CODES: Readonly<Record<number, string>> = {
  403: 'forbidden',
  404: 'not-found',
  413: 'request-too-large',
  502: 'oss-refused',
  503: 'oss-unavailable',
}

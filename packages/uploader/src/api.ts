import {
  type GrantAnswer,
  type GrantRequest,
  type Outcome,
  parseGrantAnswer,
  parseOutcome,
  parseProblem,
  parseRouteRules,
  type RouteRules,
  UploadError,
} from '@oss-direct/shared'
import type { TransportAnswer } from './transport.ts'

export interface ApiCall {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  /** JSON text. */
  body?: string | undefined
  signal?: AbortSignal | undefined
}

/** Makes the calls of our own API: resolves with every answer, rejects with UploadError `network` where there was none. */
export type ApiTransport = (call: ApiCall) => Promise<TransportAnswer>

/** The calls of the wire. Each rejects with an UploadError: the server's own where it said why. */
export interface Api {
  rules(): Promise<Record<string, RouteRules>>
  grant(request: GrantRequest): Promise<GrantAnswer>
  confirm(recordId: string): Promise<Outcome>
  /** Ends the record, and the object where it arrived. */
  remove(recordId: string): Promise<void>
}

export function createApi(endpoint: string, transport: ApiTransport): Api {
  const base = endpoint.replace(/\/+$/, '')
  const call = async (method: ApiCall['method'], path: string, body?: object): Promise<unknown> => {
    const answer = await transport({ method, url: `${base}${path}`, body: body && JSON.stringify(body) })
    const json = parseJson(answer.body)
    if (answer.status >= 200 && answer.status < 300) return json
    throw errorOfAnswer(answer, json)
  }
  return {
    rules: async () => parseRouteRules(await call('GET', '/routes')),
    grant: async (request) => parseGrantAnswer(await call('POST', '', request)),
    confirm: async (id) => parseOutcome(await call('POST', `/${encodeURIComponent(id)}/confirm`, {})),
    remove: async (id) => {
      await call('DELETE', `/${encodeURIComponent(id)}?object=true`)
    },
  }
}

/** Calls with `fetch`: cookies go to the page's own origin, and to no other. */
export function fetchApi(send: typeof fetch = (...call) => fetch(...call)): ApiTransport {
  return async ({ method, url, body, signal }) => {
    try {
      const answer = await send(url, {
        method,
        credentials: 'same-origin',
        headers: { accept: 'application/json', ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      })
      return {
        status: answer.status,
        body: await answer.text(),
        header: (name) => answer.headers.get(name) ?? undefined,
      }
    } catch (cause) {
      throw new UploadError('network', 'The server gave no answer', { hint: 'Check the connection.', cause })
    }
  }
}

/** How long the server asked us to wait, of `Retry-After`; kept beside the error because only the engine needs it. */
export function retryAfterOf(error: UploadError): number | undefined {
  return retryAfters.get(error)
}

const retryAfters = new WeakMap<UploadError, number>()

/** What a promise was rejected with: ours as it is, anything else wrapped. */
export function asUploadError(error: unknown): UploadError {
  return error instanceof UploadError ? error : new UploadError('internal', String(error), { cause: error })
}

function errorOfAnswer({ status, header }: TransportAnswer, json: unknown): UploadError {
  const problem = parseProblem(json)
  const error = problem
    ? new UploadError(problem.code, problem.detail, { hint: problem.hint, cause: problem.oss })
    : new UploadError(
        status === 429 ? 'rate-limited' : status >= 500 ? 'oss-unavailable' : 'answer-invalid',
        `The server answered ${status}`,
        {
          hint: 'The address of the uploads API answered something else: check `endpoint`, proxies and login redirects.',
        },
      )
  const seconds = Number(header('retry-after'))
  if (seconds > 0) retryAfters.set(error, seconds * 1000)
  return error
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

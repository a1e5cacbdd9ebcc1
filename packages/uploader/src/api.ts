import {
  type GrantAnswer,
  type GrantRequest,
  type Outcome,
  type PartsAnswer,
  parseGrantAnswer,
  parseOutcome,
  parsePartsAnswer,
  parseProblem,
  parseRouteRules,
  type RouteRules,
  UploadError,
} from '@oss-direct/shared'
import { noteRetryAfter } from './retry-after.ts'
import type { TransportAnswer } from './transport.ts'

export interface ApiCall {
  method: 'GET' | 'POST' | 'DELETE'
  url: string
  /** JSON text. */
  body?: string | undefined
  /** Ends a call that takes too long. */
  signal: AbortSignal
}

/** Makes the calls of our own API: resolves with every answer, rejects with UploadError `network` where there was none. */
export type ApiTransport = (call: ApiCall) => Promise<TransportAnswer>

/** The calls of the wire. Each rejects with an UploadError: the server's own where it said why. */
export interface Api {
  rules(): Promise<Record<string, RouteRules>>
  grant(request: GrantRequest): Promise<GrantAnswer>
  confirm(recordId: string): Promise<Outcome>
  /** URLs of these parts, and which OSS has; the first call begins the upload at OSS. */
  parts(recordId: string, partNumbers: readonly number[]): Promise<PartsAnswer>
  /** Has the object made of its parts, where that is the file with this checksum, or asks what became of that. */
  complete(recordId: string, crc64?: string): Promise<Outcome>
  /** Ends the record, and the parts, and the object where it arrived. */
  remove(recordId: string): Promise<void>
}

/** A call that is not answered within this time counts as lost. The server itself answers within 5 s. */
const CALL_TIMEOUT_MS = 30_000

export function createApi(endpoint: string, transport: ApiTransport): Api {
  const base = endpoint.replace(/\/+$/, '')
  const call = async (method: ApiCall['method'], path: string, body?: object): Promise<unknown> => {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
    const answer = await transport({ method, url: `${base}${path}`, body: body && JSON.stringify(body), signal })
    const json = parseJson(answer.body)
    if (answer.status >= 200 && answer.status < 300) return json
    throw errorOfAnswer(answer, json)
  }
  const of = (id: string) => `/${encodeURIComponent(id)}`
  return {
    rules: async () => parseRouteRules(await call('GET', '/routes')),
    grant: async (request) => parseGrantAnswer(await call('POST', '', request)),
    confirm: async (id) => parseOutcome(await call('POST', `${of(id)}/confirm`, {})),
    parts: async (id, partNumbers) => parsePartsAnswer(await call('POST', `${of(id)}/parts`, { partNumbers })),
    complete: async (id, crc64) => parseOutcome(await call('POST', `${of(id)}/complete`, { crc64 })),
    remove: async (id) => {
      await call('DELETE', `${of(id)}?object=true`)
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
        signal,
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

/** What a promise was rejected with: ours as it is, anything else wrapped. */
export function asUploadError(error: unknown): UploadError {
  return error instanceof UploadError ? error : new UploadError('internal', String(error), { cause: error })
}

function errorOfAnswer(answer: TransportAnswer, json: unknown): UploadError {
  const { status } = answer
  const problem = parseProblem(json)
  if (problem) {
    const { code, detail, hint, oss } = problem
    return noteRetryAfter(new UploadError(code, detail, { hint, cause: oss }), answer)
  }
  const code = status === 429 ? 'rate-limited' : status >= 500 ? 'internal' : 'answer-invalid'
  const hint = 'It is no answer of the uploads API: check `endpoint`, proxies and login redirects.'
  return noteRetryAfter(new UploadError(code, `The server answered ${status}`, { hint }), answer)
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

import { parseProblem, UploadError } from '@oss-direct/shared'
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

/**
 * One call of the wire, at a path below the endpoint. Gives the JSON of the answer, which whoever asked has to parse; rejects
 * with an UploadError, the server's own where it said why.
 */
export type Api = (method: ApiCall['method'], path: string, body?: object) => Promise<unknown>

/** A call that is not answered within this time counts as lost. The server itself answers within 5 s. */
const CALL_TIMEOUT_MS = 30_000

export function createApi(endpoint: string, transport: ApiTransport): Api {
  const base = endpoint.replace(/\/+$/, '')
  return async (method, path, body) => {
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS)
    const answer = await transport({ method, url: base + path, body: body && JSON.stringify(body), signal })
    const json = parseJson(answer.body)
    if (answer.status >= 200 && answer.status < 300) return json
    throw noteRetryAfter(parseProblem(json) ?? strangeAnswer(answer), answer)
  }
}

/** The path of a record, and of what is asked about it. */
export function recordPath(recordId: string, question = ''): string {
  return `/${encodeURIComponent(recordId)}${question}`
}

/** Ends the record, and its parts, and the object where that arrived. Whether it works changes nothing here. */
export function forgetRecord(api: Api, recordId: string): void {
  api('DELETE', recordPath(recordId, '?object=true')).catch(() => {})
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

function strangeAnswer({ status }: TransportAnswer): UploadError {
  const code = status === 429 ? 'rate-limited' : status >= 500 ? 'internal' : 'answer-invalid'
  const hint = 'It is no answer of the uploads API: check `endpoint`, proxies and login redirects.'
  return new UploadError(code, `The server answered ${status}`, { hint })
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

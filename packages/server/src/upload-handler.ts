import { UploadError, type UploadErrorCode } from '@oss-direct/shared'
import { bodyTooLarge, MAX_CALLBACK_BYTES, MAX_JSON_BYTES, parseJson, requireJson } from './json-body.ts'
import { requestIdOf } from './request-id.ts'
import type { Uploads } from './uploads.ts'
import { type ApiRequest, answerRequest } from './uploads-api.ts'

export interface UploadHandlerOptions {
  /** Path of the address where it is mounted; requests elsewhere are answered with `not-found`. @default '/uploads' */
  basePath?: string
  /**
   * Address of the client, for limits and logs: a web `Request` has none. Take it from a header only where a proxy of your own
   * writes that header. @default unknown
   */
  ipOf?: (request: Request) => string | undefined
}

/**
 * The uploads API for servers that speak in web requests: route handlers of Next, Hono, SvelteKit, Nitro. It runs on Node and
 * what is like it, since it signs with Node's own cryptography.
 */
export function uploadHandler(
  uploads: Uploads,
  { basePath = '/uploads', ipOf = () => undefined }: UploadHandlerOptions = {},
): (request: Request) => Promise<Response> {
  const base = basePath.replace(/\/$/, '')
  return async (request) => {
    const { status, headers, body } = await answerRequest(uploads, apiRequestOf(request, base, ipOf(request)))
    return new Response(request.method === 'HEAD' || body === undefined ? null : new Uint8Array(body), {
      status,
      headers,
    })
  }
}

function apiRequestOf(request: Request, base: string, ip: string | undefined): ApiRequest {
  const { pathname, searchParams } = new URL(request.url)
  const headers = Object.fromEntries(request.headers)
  const requestId = requestIdOf(headers['x-request-id'])
  return {
    context: { method: request.method, headers, requestId, ...(ip === undefined ? {} : { ip }) },
    path: pathname.startsWith(`${base}/`) || pathname === base ? pathname.slice(base.length) : pathname,
    query: searchParams,
    hasBody: request.body !== null,
    async readJson() {
      requireJson(request.headers.get('content-type'))
      return parseJson(await readBody(request, MAX_JSON_BYTES, 'request-too-large'))
    },
    readCallback: () => readBody(request, MAX_CALLBACK_BYTES, 'callback-body-too-large'),
  }
}

async function readBody(request: Request, maxBytes: number, tooLarge: UploadErrorCode): Promise<Uint8Array> {
  if (request.bodyUsed) {
    throw new UploadError('callback-body-consumed', 'Somebody read the body before the upload handler could', {
      hint: 'Give the handler the request itself, or a clone of it (request.clone()) that was made before.',
    })
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length
    // The rest is read and dropped: a connection cut in the middle would lose the answer that says why.
    if (bytes <= maxBytes) chunks.push(chunk)
  }
  if (bytes > maxBytes) throw bodyTooLarge(tooLarge, maxBytes)
  return Buffer.concat(chunks)
}

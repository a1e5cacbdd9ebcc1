import type { IncomingMessage, ServerResponse } from 'node:http'
import { type ParsedRequest, readCallbackBody, readJson } from './request-body.ts'
import { requestIdOf } from './request-id.ts'
import type { Uploads } from './uploads.ts'
import { type ApiRequest, answerRequest } from './uploads-api.ts'

/** A request handler of Express 4 and 5, Connect, and plain Node. */
export type UploadRouter = (request: IncomingMessage, response: ServerResponse, next: (error?: unknown) => void) => void

/**
 * The uploads API for servers that hand out Node's own requests. Mount it before any body parser.
 *
 * It answers everything below its path itself, errors included, so that a page of the application never stands where a
 * problem was expected; and nothing is left to Express 4, which drops a rejected promise and lets the request hang.
 */
export function uploadRouter(uploads: Uploads): UploadRouter {
  return (request, response, next) => {
    answerRequest(uploads, apiRequestOf(request))
      .then(({ status, headers, body }) => {
        response.writeHead(status, headers)
        response.end(body)
      })
      // Also what writing throws: a rejection that nobody takes would end the process.
      .catch(next)
  }
}

interface RoutedRequest extends ParsedRequest {
  /** Express knows the client behind a trusted proxy. */
  ip?: unknown
}

function apiRequestOf(request: RoutedRequest): ApiRequest {
  const { url = '/', method = '', headers, socket } = request
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = headers
  const queryAt = url.indexOf('?')
  // Node alone knows the last hop.
  const ip = typeof request.ip === 'string' ? request.ip : socket.remoteAddress
  const requestId = requestIdOf(headers['x-request-id'])
  return {
    context: { method, headers, requestId, ...(ip === undefined ? {} : { ip }) },
    path: queryAt < 0 ? url : url.slice(0, queryAt),
    query: new URLSearchParams(queryAt < 0 ? '' : url.slice(queryAt)),
    hasBody: length !== '0' || encoding !== undefined,
    readJson: () => readJson(request),
    readCallback: () => readCallbackBody(request),
  }
}

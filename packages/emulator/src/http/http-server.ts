import { randomBytes } from 'node:crypto'
import { createServer, type Server, type ServerResponse, STATUS_CODES } from 'node:http'
import type { Duplex } from 'node:stream'
import { errorToXml, OssError } from '@oss-direct/oss'

export interface ServerLimits {
  /** A connection on which nothing moves for so long is cut; a request header may take no longer either. */
  idleTimeoutMs: number
}

const MAX_HEADER_BYTES = 64 * 1024
const MAX_HEADER_TIME_MS = 60_000
// Longer than clients and proxies usually keep a connection, so that it is they who end it.
const MAX_REST_MS = 65_000

/**
 * An HTTP server that takes what the SDKs send and has a limit for everything else.
 *
 * Lenient, because the C SDK sends Content-Length and Transfer-Encoding together. Nothing stands between this server and
 * its clients that could read such a request in another way, and each request is judged by its own signature alone.
 */
export function createHttpServer({ idleTimeoutMs }: ServerLimits): Server {
  const server = createServer({
    insecureHTTPParser: true,
    maxHeaderSize: MAX_HEADER_BYTES,
    headersTimeout: Math.min(MAX_HEADER_TIME_MS, idleTimeoutMs),
    connectionsCheckingInterval: Math.min(MAX_HEADER_TIME_MS / 2, idleTimeoutMs),
    keepAliveTimeout: Math.min(MAX_REST_MS, idleTimeoutMs),
    // A slow upload may take hours; a connection on which nothing moves may not.
    requestTimeout: 0,
  })
  server.timeout = idleTimeoutMs
  const answers = new WeakMap<Duplex, ServerResponse>()
  server.on('request', (request, response) => {
    answers.set(request.socket, response)
    response.once('close', () => answers.delete(request.socket))
  })
  server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
    // An error may not be written into the middle of an answer.
    if (socket.writable && !answers.get(socket)?.headersSent) socket.write(refusal(error))
    socket.destroy()
  })
  return server
}

/** What Node would answer without a word, as OSS's XML. */
function refusal({ code }: NodeJS.ErrnoException): string {
  const error = explain(code)
  const requestId = randomBytes(12).toString('hex').toUpperCase()
  const xml = errorToXml(error, { requestId, hostId: '' })
  const head = [
    `HTTP/1.1 ${error.status} ${STATUS_CODES[error.status]}`,
    'Server: AliyunOSS',
    'Connection: close',
    'Content-Type: application/xml',
    `Content-Length: ${Buffer.byteLength(xml)}`,
    `x-oss-request-id: ${requestId}`,
  ]
  return `${head.join('\r\n')}\r\n\r\n${xml}`
}

function explain(code: string | undefined): OssError {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return new OssError({ status: 431, code: 'BadRequest', message: 'The request header is larger than 64 KB.' })
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return new OssError({
        status: 408,
        code: 'RequestTimeout',
        message: 'The request header did not arrive in time.',
      })
    default:
      return new OssError({ status: 400, code: 'BadRequest', message: 'The request is no HTTP that can be read.' })
  }
}

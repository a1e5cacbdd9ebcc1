import { pipeline } from 'node:stream/promises'
import { errorToXml, OssError, ossError } from '@oss-direct/oss'
import { corsHeaders, findCorsRule } from '../buckets/cors.ts'
import type { Exchange, LocalOss, Reply } from './exchange.ts'

/** An error as the answer that OSS makes of it, and as the line that the request log keeps. */
export function errorReply(error: unknown, exchange: Exchange, headers: Readonly<Record<string, string>> = {}): Reply {
  const { requestId, host, entry, request } = exchange
  const known = error instanceof OssError ? error : ossError('InternalError')
  entry.code = known.code
  entry.message = known.message
  if (known.ec !== undefined) entry.ec = known.ec
  const xml = errorToXml(known, { requestId, hostId: host })
  return {
    status: known.status,
    headers: {
      'Content-Type': 'application/xml',
      ...(known.ec !== undefined && { 'x-oss-ec': known.ec }),
      // HEAD has no body to put it in.
      ...(request.method === 'HEAD' && { 'x-oss-err': Buffer.from(xml).toString('base64') }),
      ...headers,
    },
    body: request.method === 'HEAD' ? '' : xml,
  }
}

/** Sends the answer with the headers that all answers of OSS carry, errors and CORS included. */
export async function sendReply(reply: Reply, exchange: Exchange, oss: LocalOss): Promise<void> {
  const { request, response, entry, requestId } = exchange
  const { status, body = '', content } = reply
  const bodiless = status === 204 || status === 304
  entry.status = status
  entry.bytesReceived = exchange.body.receivedBytes
  if (content?.stream) response.once('close', () => content.stream?.destroy())
  response.writeHead(status, {
    Server: 'AliyunOSS',
    Date: new Date(Date.now() + oss.faults.clockOffsetMs()).toUTCString(),
    'x-oss-request-id': requestId,
    'x-oss-server-time': String(elapsedMs(exchange)),
    ...corsHeadersFor(exchange, oss),
    ...reply.headers,
    // At the end: Node re-encodes a Content-Disposition that comes behind it, and then refuses its own result.
    ...(bodiless ? {} : { 'Content-Length': String(content?.size ?? Buffer.byteLength(body)) }),
  })
  if (content?.stream) await pipeline(content.stream, response)
  else response.end(bodiless || request.method === 'HEAD' ? undefined : body)
}

export function elapsedMs({ entry }: Exchange): number {
  return Math.max(0, Math.round(Date.now() - Date.parse(entry.startedAt)))
}

/** Without a rule that allows it, the request is carried out all the same; only the page may not read the answer. */
function corsHeadersFor({ headers, request, bucket }: Exchange, oss: LocalOss): Record<string, string> {
  const cors = oss.store.findBucket(bucket)?.cors
  const { origin } = headers
  if (cors === undefined || origin === undefined || request.method === 'OPTIONS') return {}
  const asked = { origin, method: request.method ?? '', requestedHeaders: [] }
  const rule = findCorsRule(cors, asked)
  return rule ? corsHeaders(cors, rule, asked) : {}
}

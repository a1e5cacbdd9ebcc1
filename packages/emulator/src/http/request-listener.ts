import { randomBytes } from 'node:crypto'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { OssError, ossError } from '@oss-direct/oss'
import { findOperation, type Operation } from '../operations.ts'
import { readQuery, resolveTarget, type Target } from './addressing.ts'
import { type Exchange, FaultError, type LocalOss, meetFaults, type Reply } from './exchange.ts'
import { elapsedMs, errorReply, sendReply } from './reply.ts'
import { RequestBody } from './request-body.ts'
import { shownHeaders, shownQuery } from './shown-request.ts'

// Once a request is answered its rest is read and thrown away, so that the answer arrives instead of a reset. Nothing
// honest is longer than the largest object.
const MAX_DRAINED_BYTES = 5 * 1024 ** 3

/** The requests of OSS itself; `page` serves what is about the local OSS: its key, faults and log. */
export function createRequestListener(oss: LocalOss, page: RequestListener): RequestListener {
  return (request, response) => {
    const { pathname, search } = splitUrl(request.url ?? '/')
    const target = resolveTarget(request.headers.host ?? '', pathname, oss)
    // No bucket name begins with an underscore.
    if (target?.bucket.startsWith('_')) return page(request, response)
    void answer(openExchange(request, response, target, readQuery(search), oss), target, oss)
  }
}

async function answer(exchange: Exchange, target: Target | undefined, oss: LocalOss): Promise<void> {
  const { request, response, entry, body, requestId } = exchange
  oss.requests.add(entry)
  try {
    const reply = await carryOut(exchange, target, oss)
    if (reply) await sendReply(reply, exchange, oss)
    body.drain(MAX_DRAINED_BYTES)
  } catch (error) {
    // Too late for an error answer: either nobody is there to read it, or half of another one is already out.
    const isGone = request.socket.destroyed
    response.destroy()
    oss.logger[isGone ? 'debug' : 'error']({ requestId, err: error }, 'the answer was cut off')
  }
  entry.bytesReceived = body.receivedBytes
  entry.durationMs = elapsedMs(exchange)
  oss.requests.settle(entry)
  oss.logger.info(
    { requestId, operation: entry.operation, bucket: entry.bucket, key: entry.key, status: entry.status, ec: entry.ec },
    entry.message ?? 'done',
  )
}

/** Gives nothing where the client is not to get an answer, or is gone. */
async function carryOut(exchange: Exchange, target: Target | undefined, oss: LocalOss): Promise<Reply | undefined> {
  const { request, response, entry } = exchange
  let operation: Operation | undefined
  let reply: Reply
  try {
    if (target === undefined) throw ossError('InvalidArgument', { message: 'The path is no valid percent-encoding.' })
    operation = findOperation({ ...exchange, method: request.method ?? '' })
    entry.operation = operation.name
    if (!operation.keyInBody && operation.method !== 'OPTIONS') await meetFaults(exchange, oss, exchange.key)
    reply = await operation.run(exchange, oss)
  } catch (error) {
    const isCut = request.destroyed && !request.complete
    if (isCut || (request.socket.destroyed && !(error instanceof OssError))) {
      entry.message = 'The client went away before the request was complete'
      return undefined
    }
    if (!(error instanceof OssError)) oss.logger.error({ requestId: exchange.requestId, err: error }, 'internal error')
    reply = errorReply(error, exchange, error instanceof FaultError ? error.headers : {})
  }
  if (!operation?.storesBytes || !oss.faults.take('lose-answer', entry)) return reply
  response.destroy()
  return undefined
}

function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target | undefined,
  query: Exchange['query'],
  oss: LocalOss,
): Exchange {
  const { bucket, key } = target ?? { bucket: '', key: '' }
  const requestId = createRequestId()
  const method = request.method ?? ''
  const headers = readHeaders(request)
  return {
    request,
    response,
    body: new RequestBody(request, { wantsMd5: method === 'POST' && request.headers['content-md5'] !== undefined }),
    requestId,
    now: new Date(Date.now() + oss.faults.clockOffsetMs()),
    host: request.headers.host ?? '',
    bucket,
    key,
    query,
    headers,
    entry: {
      requestId,
      startedAt: new Date().toISOString(),
      method,
      bucket,
      key,
      query: shownQuery(query),
      headers: shownHeaders(headers),
      operation: '',
      status: 0,
      bytesReceived: 0,
      durationMs: 0,
      callbacks: [],
    },
  }
}

/** 24 upper-case hex digits, as OSS writes them. */
function createRequestId(): string {
  return randomBytes(12).toString('hex').toUpperCase()
}

function readHeaders(request: IncomingMessage): Record<string, string> {
  return Object.fromEntries(
    Object.entries(request.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  )
}

// Not through `URL`, which would resolve `..`: keys may contain it.
function splitUrl(url: string): { pathname: string; search: string } {
  const path = url.replace(/^https?:\/\/[^/?]*/i, '')
  const at = path.indexOf('?')
  return at === -1 ? { pathname: path, search: '' } : { pathname: path.slice(0, at), search: path.slice(at + 1) }
}

import { createHash } from 'node:crypto'
import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Callback, type OssError, ossError, readXml, signCallback } from '@oss-direct/oss'
import { OWNER_ID } from './account.ts'
import type { CallbackDelivery } from './request-log.ts'

export interface CallbackRequest {
  callback: Callback
  /** The body, filled in. */
  body: Buffer
  bucket: string
  requestId: string
  now: Date
  timeoutMs: number
  privateKey: string
  keyUrl: string
  /** By a fault: no call is made, and fails as one that finds nobody. */
  lost: boolean
  /** By a fault: how much later the call is made. */
  delayMs: number
  onDelivery(delivery: CallbackDelivery): void
}

/** What the application answered; the uploader gets it as it came. */
export interface CallbackAnswer {
  body: Buffer
  contentType: string
}

/**
 * Calls the application, each URL in order until one succeeds. Throws the OssError of the last one, status 203: the
 * object is stored all the same. OSS never tries the same URL twice and follows no redirect.
 */
export async function deliverCallback(request: CallbackRequest): Promise<CallbackAnswer> {
  const unreachable = { status: -1, failure: ossError('CallbackUnreachable') }
  let { failure } = unreachable
  if (request.delayMs > 0) await sleep(request.delayMs)
  for (const url of request.callback.urls) {
    const started = performance.now()
    const outcome = request.lost ? unreachable : await callOnce(url, request)
    request.onDelivery({
      url,
      body: request.body.toString(),
      status: outcome.status,
      durationMs: Math.round(performance.now() - started),
      ...('failure' in outcome && { failure: outcome.failure.message }),
    })
    if ('answer' in outcome) return outcome.answer
    failure = outcome.failure
  }
  throw failure
}

type Outcome = { status: number; answer: CallbackAnswer } | { status: number; failure: OssError }

const MAX_ANSWER_BYTES = 1024 * 1024

function callOnce(address: string, request: CallbackRequest): Promise<Outcome> {
  const { callback, body, timeoutMs } = request
  const url = new URL(address)
  // As it was given, a final `?` included, which `URL.search` drops.
  const requestUri = url.href.slice(url.origin.length).replace(/#.*$/s, '')
  const host = callback.host ?? url.host

  return new Promise<Outcome>((resolve) => {
    const fail = (status: number, failure: OssError) => {
      clearTimeout(timer)
      call.destroy()
      resolve({ status, failure })
    }
    const call = (url.protocol === 'https:' ? requestHttps : requestHttp)({
      hostname: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port,
      path: requestUri,
      method: 'POST',
      agent: false,
      setHost: false,
      // Without `callbackSNI` OSS names no host in the TLS handshake.
      servername: callback.sni ? host.replace(/:\d+$/, '') : '',
      headers: callbackRequestHeaders(request, { host, requestUri }),
    })
    let connected = false
    const timer = setTimeout(() => {
      fail(-1, ossError(connected ? 'CallbackTimeout' : 'CallbackUnreachable'))
    }, timeoutMs)
    call.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true
      })
    })
    call.on('error', (error: NodeJS.ErrnoException) => {
      // Nobody listens there, or the network leads nowhere: -1. A name that does not exist and a failed handshake
      // come from OSS's own gateway: 502.
      const isUnreachable = ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(error.code ?? '')
      if (isUnreachable) fail(-1, ossError('CallbackUnreachable'))
      else fail(502, badStatus(502))
    })
    call.on('response', async (response) => {
      const status = response.statusCode ?? 0
      if (status !== 200) return fail(status, badStatus(status))
      const length = Number(response.headers['content-length'])
      if (!(length > 0)) return fail(status, ossError('CallbackAnswerNoLength'))
      if (length > MAX_ANSWER_BYTES) return fail(status, ossError('CallbackAnswerTooLong'))
      try {
        const answer = Buffer.concat(await response.toArray())
        clearTimeout(timer)
        const contentType = response.headers['content-type'] ?? 'application/json'
        if (!isAnswer(answer, contentType)) return fail(status, ossError('CallbackAnswerNotJson'))
        resolve({ status, answer: { body: answer, contentType } })
      } catch {
        fail(502, badStatus(502))
      }
    })
    call.end(body)
  })
}

function badStatus(status: number): OssError {
  return ossError('CallbackStatus', { message: `Error status : ${status}.` })
}

/** JSON without byte order mark, or XML that says so. */
function isAnswer(answer: Buffer, contentType: string): boolean {
  const text = answer.toString()
  if (/^application\/xml\b/i.test(contentType)) return readXml(text) !== undefined
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

/** In the order and spelling of recorded callbacks. None of them is signed, except through body and path. */
function callbackRequestHeaders(
  { callback, bucket, requestId, now, body, privateKey, keyUrl }: CallbackRequest,
  { host, requestUri }: { host: string; requestUri: string },
): Record<string, string> {
  return {
    ...callback.additionalHeaders,
    Host: host,
    Connection: 'close',
    'Content-Length': String(body.length),
    Authorization: signCallback({ requestUri, body, privateKey }),
    'Content-MD5': createHash('md5').update(body).digest('base64'),
    'Content-Type': callback.bodyType,
    Date: now.toUTCString(),
    'User-Agent': 'aliyun-oss-callback',
    'x-oss-additional-headers': '',
    'x-oss-bucket': bucket,
    'x-oss-owner': OWNER_ID,
    'x-oss-pub-key-url': Buffer.from(keyUrl).toString('base64'),
    'x-oss-request-id': requestId,
    'x-oss-requester': OWNER_ID,
    'x-oss-signature-version': '1.0',
    'x-oss-tag': 'CALLBACK',
    'eagleeye-rpcid': '0.1',
  }
}

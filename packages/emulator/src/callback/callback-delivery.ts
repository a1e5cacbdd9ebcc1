import { createHash, randomUUID } from 'node:crypto'
import { isIP } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Callback, callbackStringToSign, ossError, signCallback } from '@oss-direct/oss'
import { OWNER_ID } from '../access/accounts.ts'
import type { CallbackDelivery } from '../http/request-log.ts'
import {
  type CallbackAnswer,
  type CallbackCall,
  type CallbackOutcome,
  callOnce,
  requestUriOf,
} from './callback-call.ts'

export type { CallbackAnswer }

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

/**
 * Calls the application, each URL in order until one succeeds. Throws the OssError of the last one, status 203: the
 * object is stored all the same. OSS never tries the same URL twice and follows no redirect.
 */
export async function deliverCallback(request: CallbackRequest): Promise<CallbackAnswer> {
  const unreachable = { status: -1, failure: ossError('CallbackUnreachable') }
  let { failure } = unreachable
  if (request.delayMs > 0) await sleep(request.delayMs)
  for (const url of request.callback.urls) {
    const { delivery, outcome } = await deliver(
      callFor(url, request),
      request.lost ? () => Promise.resolve(unreachable) : callOnce,
    )
    request.onDelivery(delivery)
    if ('answer' in outcome) return outcome.answer
    failure = outcome.failure
  }
  throw failure
}

/**
 * Sends a delivery once more by hand: the same body to the same URL, dated and signed anew. No fault meets it, and its
 * outcome changes nothing for the uploader, who has had his answer.
 */
export async function repeatDelivery(
  first: CallbackDelivery,
  { now, timeoutMs, privateKey }: Pick<CallbackRequest, 'now' | 'timeoutMs' | 'privateKey'>,
): Promise<CallbackDelivery> {
  const { url, serverName } = first
  const body = Buffer.from(first.body)
  const headers = {
    ...first.headers,
    Authorization: signCallback({ requestUri: requestUriOf(new URL(url)), body, privateKey }),
    Date: now.toUTCString(),
  }
  const { delivery } = await deliver({ url, headers, body, serverName, timeoutMs }, callOnce)
  return { ...delivery, repeats: first.id }
}

async function deliver(
  call: CallbackCall,
  send: (call: CallbackCall) => Promise<CallbackOutcome>,
): Promise<{ delivery: CallbackDelivery; outcome: CallbackOutcome }> {
  const { url, headers, body, serverName } = call
  const sentAt = new Date().toISOString()
  const started = performance.now()
  const outcome = await send(call)
  const delivery = {
    id: randomUUID(),
    sentAt,
    url,
    headers,
    body: body.toString(),
    stringToSign: callbackStringToSign({ requestUri: requestUriOf(new URL(url)), body }).toString(),
    signature: headers.Authorization ?? '',
    serverName,
    status: outcome.status,
    durationMs: Math.round(performance.now() - started),
    ...(outcome.heard && { answer: outcome.heard }),
    ...('failure' in outcome && { failure: outcome.failure.message }),
  }
  return { delivery, outcome }
}

function callFor(url: string, request: CallbackRequest): CallbackCall {
  const { callback, body, timeoutMs } = request
  const { host } = new URL(url)
  const named = callback.host ?? host
  return {
    url,
    headers: headersFor(request, { host: named, requestUri: requestUriOf(new URL(url)) }),
    body,
    serverName: callback.sni ? serverNameOf(named) : '',
    timeoutMs,
  }
}

/** The name of the TLS handshake, which without `callbackSNI` has none. An address is no name there: RFC 6066. */
function serverNameOf(host: string): string {
  const name = host.replace(/:\d+$/, '')
  return isIP(name) === 0 ? name : ''
}

/** In the order and spelling of recorded callbacks. None of them is signed, except through body and path. */
function headersFor(
  { callback, bucket, requestId, now, body, privateKey, keyUrl }: CallbackRequest,
  { host, requestUri }: { host: string; requestUri: string },
): Record<string, string> {
  const own: Record<string, string> = {
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
  const ownNames = Object.keys(own).map((name) => name.toLowerCase())
  const additional = Object.entries(callback.additionalHeaders).filter(([name]) => !ownNames.includes(name))
  return { ...Object.fromEntries(additional), ...own }
}

import { type ClientRequest, type IncomingMessage, request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import { type OssError, ossError, readXml } from '@oss-direct/oss'
import type { CallbackAnswerHeard } from '../http/request-log.ts'

/** One POST to the application. */
export interface CallbackCall {
  url: string
  /** In this order and spelling, `Host` among them. */
  headers: Readonly<Record<string, string>>
  body: Buffer
  /** The name in the TLS handshake, empty for none. */
  serverName: string
  /** Connection included. */
  timeoutMs: number
}

/** What the application answered; the uploader gets it as it came. */
export interface CallbackAnswer {
  body: Buffer
  contentType: string
}

/** `status` is -1 where nobody answered in time. `heard` is what came of an answer, also of one that does not count. */
export type CallbackOutcome = { status: number; heard?: CallbackAnswerHeard } & Verdict
type Verdict = { answer: CallbackAnswer } | { failure: OssError }

const MAX_ANSWER_BYTES = 1024 * 1024
const HEARD_BYTES = 64 * 1024
// OSS is done with an answer that it refuses for its head. We look at what follows, and for no longer than this.
const REFUSED_BODY_MS = 500

export function callOnce(call: CallbackCall): Promise<CallbackOutcome> {
  return new Promise((resolve) => {
    const { timeoutMs } = call
    const url = new URL(call.url)
    const request = openRequest(url, call)
    let response: IncomingMessage | undefined
    let connected = false
    const chunks: Buffer[] = []
    const timer = setTimeout(() => {
      finish(-1, { failure: ossError(connected ? 'CallbackTimeout' : 'CallbackUnreachable') })
    }, timeoutMs)

    function finish(status: number, verdict: Verdict): void {
      clearTimeout(timer)
      request.destroy()
      resolve({ status, ...verdict, ...(response && { heard: describeAnswer(response, chunks) }) })
    }

    request.on('socket', (socket) => {
      socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        connected = true
      })
    })
    request.on('error', (error: NodeJS.ErrnoException) => {
      // An answer that breaks off is the reader's.
      if (response) return
      // Nobody listens there, or the network leads nowhere: -1. A name that does not exist and a failed handshake
      // come from OSS's own gateway: 502.
      const isUnreachable = ['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH', 'ENETUNREACH'].includes(error.code ?? '')
      if (isUnreachable) finish(-1, { failure: ossError('CallbackUnreachable') })
      else finish(502, { failure: badStatus(502) })
    })
    request.on('response', async (incoming) => {
      response = incoming
      const status = incoming.statusCode ?? 0
      const refusal = refuseHead(incoming)
      if (refusal) {
        clearTimeout(timer)
        await readSome(incoming, chunks)
        return finish(status, { failure: refusal })
      }
      try {
        for await (const chunk of incoming) chunks.push(chunk)
      } catch {
        return finish(502, { failure: badStatus(502) })
      }
      const answer = Buffer.concat(chunks)
      const contentType = incoming.headers['content-type'] ?? 'application/json'
      if (isAnswer(answer, contentType)) finish(status, { answer: { body: answer, contentType } })
      else finish(status, { failure: ossError('CallbackAnswerNotJson') })
    })
    request.end(call.body)
  })
}

function openRequest(url: URL, { headers, serverName }: CallbackCall): ClientRequest {
  return (url.protocol === 'https:' ? requestHttps : requestHttp)({
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: requestUriOf(url),
    method: 'POST',
    agent: false,
    setHost: false,
    servername: serverName,
    headers,
  })
}

/** Path and query as they were given, a final `?` included, which `URL.search` drops. */
export function requestUriOf(url: URL): string {
  return url.href.slice(url.origin.length).replace(/#.*$/s, '')
}

function badStatus(status: number): OssError {
  return ossError('CallbackStatus', { message: `Error status : ${status}.` })
}

function refuseHead({ statusCode = 0, headers }: IncomingMessage): OssError | undefined {
  if (statusCode !== 200) return badStatus(statusCode)
  const length = Number(headers['content-length'])
  if (!(length > 0)) return ossError('CallbackAnswerNoLength')
  return length > MAX_ANSWER_BYTES ? ossError('CallbackAnswerTooLong') : undefined
}

/** Fills `chunks` with what comes soon, and no more of it than is shown. */
async function readSome(incoming: IncomingMessage, chunks: Buffer[]): Promise<void> {
  const timer = setTimeout(() => incoming.destroy(), REFUSED_BODY_MS)
  let bytes = 0
  try {
    for await (const chunk of incoming as AsyncIterable<Buffer>) {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > HEARD_BYTES) break
    }
  } catch {
    // It broke off, or took too long; what came is enough.
  } finally {
    clearTimeout(timer)
  }
}

function describeAnswer({ headers }: IncomingMessage, chunks: readonly Buffer[]): CallbackAnswerHeard {
  const { 'set-cookie': _secret, ...rest } = headers
  const bytes = Buffer.concat(chunks)
  return {
    headers: Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, String(value)])),
    body: bytes.subarray(0, HEARD_BYTES).toString(),
    isCut: bytes.length > HEARD_BYTES,
  }
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

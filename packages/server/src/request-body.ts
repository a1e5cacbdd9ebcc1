import type { IncomingMessage } from 'node:http'
import { UploadError, type UploadErrorCode } from '@oss-direct/shared'
import {
  bodyTooLarge,
  MAX_CALLBACK_BYTES,
  MAX_JSON_BYTES,
  parseJson,
  requireJson,
  requireShallow,
} from './json-body.ts'

/** What middleware in front of us may have left on a request. */
export interface ParsedRequest extends IncomingMessage {
  body?: unknown
  /** The bytes as they came, where the application keeps them: `express.json({ verify: (req, _res, raw) => { req.rawBody = raw } })`. */
  rawBody?: unknown
}

/** The raw bytes, which OSS signed. Throws UploadError where they are too many, or where a parser has eaten them. */
export async function readCallbackBody(request: ParsedRequest): Promise<Uint8Array> {
  if (Buffer.isBuffer(request.rawBody)) return request.rawBody
  if (request.readableDidRead) {
    throw new UploadError('callback-body-consumed', 'A body parser read the callback before the upload router could', {
      hint: 'OSS signs the raw bytes. Mount the upload router before express.json() and express.urlencoded(), or keep the bytes: express.urlencoded({ verify: (req, _res, raw) => { req.rawBody = raw } }), and the same for express.json().',
    })
  }
  return readBody(request, MAX_CALLBACK_BYTES, 'callback-body-too-large')
}

/** The parsed JSON of a call of our API, whether or not a parser came before us. Throws UploadError. */
export async function readJson(request: ParsedRequest): Promise<unknown> {
  requireJson(request.headers['content-type'])
  if (request.readableDidRead) return requireShallow(request.body)
  return parseJson(await readBody(request, MAX_JSON_BYTES, 'request-too-large'))
}

function readBody(request: IncomingMessage, maxBytes: number, tooLarge: UploadErrorCode): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return void chunks.push(chunk)
      // The rest is read and dropped: a connection cut in the middle would lose the answer that says why.
      chunks.length = 0
      reject(bodyTooLarge(tooLarge, maxBytes))
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    // Whoever goes away in the middle, or sends what is no HTTP, is nothing that the log should raise an alarm for.
    const cut = (cause?: Error) =>
      reject(new UploadError('request-invalid', 'The request ended before its body did', { cause }))
    request.once('error', cut)
    request.once('close', () => {
      // Every request closes, and an error takes as long to make as the rest of this.
      if (!request.complete) cut()
    })
  })
}

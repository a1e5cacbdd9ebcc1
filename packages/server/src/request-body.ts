import type { IncomingMessage } from 'node:http'
import { UploadError, type UploadErrorCode } from '@oss-direct/shared'

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

/**
 * The parsed JSON of a call of our API, whether or not a parser came before us.
 *
 * Anything but `application/json` is refused: a form on a foreign page can send the other types with the visitor's cookie,
 * and this one only after a preflight.
 */
export async function readJson(request: ParsedRequest): Promise<unknown> {
  if (!/^application\/json *(;|$)/i.test(request.headers['content-type'] ?? '')) {
    throw new UploadError('request-invalid', 'The body must be JSON', {
      hint: 'Send it with the header Content-Type: application/json.',
    })
  }
  if (request.readableDidRead) return request.body
  const bytes = await readBody(request, MAX_JSON_BYTES, 'request-too-large')
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    throw new UploadError(
      'request-invalid',
      `The body is not JSON: ${cause instanceof Error ? cause.message : cause}`,
      {
        hint: 'Send one JSON object in UTF-8.',
        cause,
      },
    )
  }
}

/** As `readJson`, for a call whose body may be left out: undefined where it is. */
export async function readOptionalJson(request: ParsedRequest): Promise<unknown> {
  const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers
  return length === '0' && encoding === undefined ? undefined : readJson(request)
}

const MAX_CALLBACK_BYTES = 64 * 1024
// 50 names of 1,024 characters, each escaped, and room for the route's input.
const MAX_JSON_BYTES = 512 * 1024

function readBody(request: IncomingMessage, maxBytes: number, tooLarge: UploadErrorCode): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let bytes = 0
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length
      if (bytes <= maxBytes) return void chunks.push(chunk)
      // The rest is read and dropped: a connection cut in the middle would lose the answer that says why.
      chunks.length = 0
      reject(
        new UploadError(tooLarge, `The body is larger than ${maxBytes} bytes`, {
          hint: 'Ask for fewer files at a time, and keep `input` small.',
        }),
      )
    })
    request.once('end', () => resolve(Buffer.concat(chunks)))
    request.once('error', reject)
    request.once('close', () => reject(new UploadError('request-invalid', 'The request ended before its body did')))
  })
}

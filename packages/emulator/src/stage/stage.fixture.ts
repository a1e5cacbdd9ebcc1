import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { bucketAddress, type Credentials, readOssError, type SignatureVersion, signPostPolicy } from '@oss-direct/oss'
import { onTestFinished } from 'vitest'
import { type Emulator, type EmulatorOptions, startEmulator } from '../emulator.ts'

export const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }
export const MiB = 1024 * 1024

/** A local OSS with the bucket `photos`, for one test. */
export async function startOss(options: EmulatorOptions = {}): Promise<Emulator> {
  const emulator = await startEmulator({ buckets: [{ name: 'photos' }], ...options })
  onTestFinished(() => emulator.close())
  return emulator
}

export interface FormRequest {
  key?: string
  bucket?: string
  fields?: Readonly<Record<string, string>>
  sizeRange?: readonly [number, number]
  version?: SignatureVersion
  expiresAt?: Date
  now?: Date
  /** @default accessKey */
  credentials?: Credentials
}

/** The fields of an honest, signed form. */
export function signedFields(
  oss: Pick<Emulator, 'origin'>,
  request: FormRequest = {},
): [name: string, value: string][] {
  const { bucket = 'photos', key = 'a.txt', sizeRange = [0, 5 * 1024 ** 3], now = new Date(), ...rest } = request
  const address = bucketAddress({ bucket, region: 'cn-hangzhou', endpoint: oss.origin })
  const expiresAt = new Date(now.getTime() + 60_000)
  const form = signPostPolicy({ bucket: address, key, sizeRange, now, expiresAt, credentials: accessKey, ...rest })
  return Object.entries(form.fields)
}

interface FilePart {
  /** @default 'file' */
  field?: string
  name?: string
  type?: string
  content: string | Buffer
}
export type Part = readonly [name: string, value: string] | FilePart

const BOUNDARY = '----FormBoundaryOfATest'
export const FORM_TYPE = `multipart/form-data; boundary=${BOUNDARY}`

/** A form as bytes, in any order and however wrong. */
export function formBody(parts: readonly Part[]): Buffer {
  const pieces = parts.flatMap((part) => {
    if (!('content' in part)) return [head(`name="${part[0]}"`), part[1], '\r\n']
    const { field = 'file', name, type, content } = part
    const filename = name === undefined ? '' : `; filename="${name}"`
    return [head(`name="${field}"${filename}`, type), content, '\r\n']
  })
  return Buffer.concat([...pieces, `--${BOUNDARY}--\r\n`].map((piece) => Buffer.from(piece)))
}

function head(disposition: string, type?: string): string {
  const typeLine = type === undefined ? '' : `Content-Type: ${type}\r\n`
  return `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n${typeLine}\r\n`
}

export interface Answer {
  status: number
  headers: Headers
  text: string
  /** What the XML says, where it is an error. */
  error: { code: string; message: string; ec: string | undefined; details: Readonly<Record<string, string>> }
}

export async function send(url: string, init: RequestInit = {}): Promise<Answer> {
  const response = await fetch(url, { redirect: 'manual', ...init })
  const text = await response.text()
  const { status, headers } = response
  const { code, message, ec, details } = readOssError({ status, headers, body: text })
  return { status, headers, text, error: { code, message, ec, details } }
}

/** Posts a form to a bucket, as a browser does. */
export function post(
  oss: Pick<Emulator, 'origin'>,
  parts: readonly Part[],
  options: { bucket?: string; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const { bucket = 'photos', headers } = options
  return send(`${oss.origin}/${bucket}`, {
    method: 'POST',
    headers: { 'content-type': FORM_TYPE, ...headers },
    body: new Uint8Array(formBody(parts)),
  })
}

export interface ReceivedCallback {
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

export interface Application {
  origin: string
  port: number
  received: ReceivedCallback[]
}

/** An application server that OSS calls. */
export async function startApplication(
  answer: (response: ServerResponse, callback: ReceivedCallback) => void = answerJson({ Status: 'OK' }),
): Promise<Application> {
  const received: ReceivedCallback[] = []
  const server = createServer(async (request, response) => {
    const callback = {
      url: request.url ?? '',
      headers: request.headers,
      body: Buffer.concat(await request.toArray()),
    }
    received.push(callback)
    answer(response, callback)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  return { origin: `http://127.0.0.1:${port}`, port, received }
}

export function answerJson(value: unknown) {
  return answerText(JSON.stringify(value), { 'content-type': 'application/json' })
}

/** 200 with Content-Length, the only answer that OSS counts. */
export function answerText(text: string, headers: Record<string, string> = {}) {
  return (response: ServerResponse) => {
    response.writeHead(200, { 'content-length': String(Buffer.byteLength(text)), ...headers }).end(text)
  }
}

/** The form field or header `callback`. */
export function encodeCallback(callback: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(callback)).toString('base64')
}

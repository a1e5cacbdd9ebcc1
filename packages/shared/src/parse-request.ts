import type { Json } from './json.ts'
import { shapeReader } from './shape.ts'
import type { CompleteRequest, GrantRequest, PartsRequest, RequestedFile, Transport } from './wire.ts'

// What the server reads. Each throws UploadError `request-invalid` that names the member at fault.

const shape = shapeReader('request-invalid', 'The wire is described in the README of @oss-direct/shared.')
export const TRANSPORTS = ['post', 'put', 'multipart', 'sts'] as const satisfies readonly Transport[]

/** `POST /uploads`. Unknown members are left out, so that an older server takes a newer browser's request. */
export function parseGrantRequest(body: unknown): GrantRequest {
  const request = shape.object(body, 'the body')
  const files = shape.array(request.files, 'files', { min: 1, max: 50 })
  return {
    route: shape.text(request.route, 'route', { min: 1, max: 100 }),
    ...(request.input === undefined ? {} : { input: request.input as Json }),
    ...(request.transport === undefined ? {} : { transport: shape.oneOf(request.transport, 'transport', TRANSPORTS) }),
    files: files.map((file, index) => parseRequestedFile(file, `files[${index}]`)),
  }
}

/** `POST /uploads/:id/parts`. */
export function parsePartsRequest(body: unknown): PartsRequest {
  const request = shape.object(body, 'the body')
  const numbers = shape.array(request.partNumbers, 'partNumbers', { min: 1, max: 100 })
  return {
    partNumbers: numbers.map((number, index) => shape.count(number, `partNumbers[${index}]`, { min: 1, max: 10_000 })),
  }
}

/** `POST /uploads/:id/complete`; `body` is undefined where there was none. */
export function parseCompleteRequest(body: unknown): CompleteRequest {
  if (body === undefined) return {}
  const { crc64 } = shape.object(body, 'the body')
  return crc64 === undefined ? {} : { crc64: parseCrc64(crc64, 'crc64') }
}

function parseRequestedFile(value: unknown, path: string): RequestedFile {
  const file = shape.object(value, path)
  return {
    name: shape.text(file.name, `${path}.name`, { min: 1, max: 1024 }),
    size: shape.count(file.size, `${path}.size`),
    type: shape.text(file.type, `${path}.type`, { max: 255 }),
    ...(file.lastModified === undefined
      ? {}
      : { lastModified: shape.count(file.lastModified, `${path}.lastModified`, { min: -Number.MAX_SAFE_INTEGER }) }),
    ...(file.crc64 === undefined ? {} : { crc64: parseCrc64(file.crc64, `${path}.crc64`) }),
  }
}

/** In the one way in which OSS writes it, so that two are equal when their texts are. A number would lose digits in JSON. */
function parseCrc64(value: unknown, path: string): string {
  const text = shape.text(value, path, { max: 20 })
  if (/^(0|[1-9]\d*)$/.test(text) && BigInt(text) <= 18_446_744_073_709_551_615n) return text
  return shape.refuse(path, 'a whole number in decimal, 0 to 18446744073709551615, without leading zeros')
}

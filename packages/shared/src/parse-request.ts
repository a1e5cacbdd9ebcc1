import type { Json } from './json.ts'
import { shapeReader } from './shape.ts'
import type { GrantRequest, PartsRequest, RequestedFile, Transport } from './wire.ts'

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

function parseRequestedFile(value: unknown, path: string): RequestedFile {
  const file = shape.object(value, path)
  return {
    name: shape.text(file.name, `${path}.name`, { min: 1, max: 1024 }),
    size: shape.count(file.size, `${path}.size`),
    type: shape.text(file.type, `${path}.type`, { max: 255 }),
    ...(file.lastModified === undefined
      ? {}
      : { lastModified: shape.count(file.lastModified, `${path}.lastModified`, { min: -Number.MAX_SAFE_INTEGER }) }),
  }
}

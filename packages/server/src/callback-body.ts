import type { CallbackOptions } from '@oss-direct/oss'
import { UploadError } from '@oss-direct/shared'
import type { ImageInfo, RouteCallback } from './upload-route.ts'

/** What a callback says. Only `id` and `ticket` are ours; of the rest nothing is believed before the bucket was asked. */
export interface CallbackFacts {
  id: string
  ticket: string
  bucket: string
  key: string
  etag: string
  size: number
  mimeType: string
  crc64?: string
  clientIp?: string
  requestId?: string
  imageInfo?: ImageInfo
  variables: Readonly<Record<string, string>>
}

/**
 * The template that OSS fills in and sends. Record id and ticket are literals in it: the policy binds them with the rest, and
 * clients that know no custom variables keep them.
 */
export function callbackBody(
  route: RouteCallback,
  { id, ticket }: { id: string; ticket: string },
): Required<Pick<CallbackOptions, 'body' | 'bodyType'>> {
  const names = { ...FACTS, ...(route.imageInfo ? IMAGE_FACTS : {}), ...variableFacts(route.variables) }
  const bodyType = route.bodyType ?? 'application/x-www-form-urlencoded'
  const facts = Object.entries(names)
  if (bodyType === 'application/json') {
    // OSS puts the quotes around its strings by itself.
    const members = [
      ...facts.map(([name, variable]) => `${JSON.stringify(name)}:\${${variable}}`),
      `"id":${JSON.stringify(id)}`,
      `"ticket":${JSON.stringify(ticket)}`,
    ]
    return { bodyType, body: `{${members.join(',')}}` }
  }
  const pairs = facts.map(([name, variable]) => `${name}=\${${variable}}`)
  return { bodyType, body: [...pairs, `id=${id}`, `ticket=${ticket}`].join('&') }
}

/** Reads what came of the template. Throws UploadError `callback-body-invalid`. */
export function parseCallbackBody(bytes: Uint8Array, contentType: string | undefined): CallbackFacts {
  const text = new TextDecoder().decode(bytes)
  const values = contentType?.startsWith('application/json') ? readJson(text) : new Map(new URLSearchParams(text))
  const required = (name: string): string => {
    const value = values.get(name)
    if (value === undefined || value === '') throw invalidBody(`"${name}" is missing from it`)
    return value
  }
  const optional = (name: string, as: string): Record<string, string> => {
    const value = values.get(name)
    return value === undefined || value === '' ? {} : { [as]: value }
  }
  const size = Number(required('size'))
  if (!Number.isSafeInteger(size) || size < 0)
    throw invalidBody(`"size" is ${JSON.stringify(required('size').slice(0, 64))}`)
  const image = readImageInfo(values)
  return {
    id: required('id'),
    ticket: required('ticket'),
    bucket: required('bucket'),
    key: required('object'),
    etag: required('etag').replaceAll('"', ''),
    size,
    mimeType: required('mimeType'),
    ...optional('crc64', 'crc64'),
    ...optional('clientIp', 'clientIp'),
    ...optional('reqId', 'requestId'),
    ...(image === undefined ? {} : { imageInfo: image }),
    variables: Object.fromEntries(
      [...values].flatMap(([name, value]) => (name.startsWith('x:') ? [[name.slice(2), value]] : [])),
    ),
  }
}

const FACTS = {
  bucket: 'bucket',
  object: 'object',
  etag: 'etag',
  size: 'size',
  mimeType: 'mimeType',
  crc64: 'crc64',
  clientIp: 'clientIp',
  reqId: 'reqId',
}
const IMAGE_FACTS = {
  'imageInfo.width': 'imageInfo.width',
  'imageInfo.height': 'imageInfo.height',
  'imageInfo.format': 'imageInfo.format',
}

function variableFacts(variables: RouteCallback['variables'] = {}): Record<string, string> {
  return Object.fromEntries(Object.keys(variables).map((name) => [`x:${name}`, `x:${name}`]))
}

function readJson(text: string): Map<string, string> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (cause) {
    throw invalidBody('it is not JSON', cause)
  }
  if (typeof json !== 'object' || json === null) throw invalidBody('it is not an object')
  return new Map(
    Object.entries(json).flatMap(([name, value]) => {
      if (typeof value === 'string') return [[name, value]]
      // A CRC-64 without quotes has lost its last digits here: better none than one that no file has. Objects say nothing, and
      // some of them cannot even be made a text; OSS signs those too for whoever asks for them.
      return Number.isSafeInteger(value) ? [[name, String(value)]] : []
    }),
  )
}

function readImageInfo(values: ReadonlyMap<string, string>): ImageInfo | undefined {
  const width = Number(values.get('imageInfo.width') || Number.NaN)
  const height = Number(values.get('imageInfo.height') || Number.NaN)
  const format = values.get('imageInfo.format')
  return Number.isSafeInteger(width) && Number.isSafeInteger(height) && format ? { width, height, format } : undefined
}

function invalidBody(reason: string, cause?: unknown): UploadError {
  return new UploadError('callback-body-invalid', `The callback's body cannot be read: ${reason}`, {
    hint: 'The body is made by this server when it grants; a proxy or an SDK on the way may have changed it.',
    cause,
  })
}

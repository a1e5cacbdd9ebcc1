import { count, json, list, object, oneOf, optional, parserOf, type Reader, text } from './reader.ts'
import type { CompleteRequest, GrantRequest, PartsRequest, RequestedFile } from './wire.ts'

// What the server reads. Each throws UploadError `request-invalid` that names the member at fault. Members that it does not
// know are left out, so that an older server takes a newer browser's request.

const asked = {
  code: 'request-invalid',
  whole: 'the body',
  hint: 'The wire is described in the README of @oss-direct/shared.',
} as const

/** In the one way in which OSS writes it, so that two are equal when their texts are. A number would lose digits in JSON. */
const crc64: Reader<string> = (value, refuse) => {
  const found = text(0, 20)(value, refuse)
  if (/^(0|[1-9]\d*)$/.test(found) && BigInt(found) <= 18_446_744_073_709_551_615n) return found
  return refuse('a whole number in decimal, 0 to 18446744073709551615, without leading zeros')
}

const requestedFile = object<RequestedFile>({
  name: text(1, 1024),
  size: count(),
  type: text(0, 255),
  lastModified: optional(count(-Number.MAX_SAFE_INTEGER)),
  crc64: optional(crc64),
})

/** `POST /uploads` */
export const parseGrantRequest = parserOf(
  object<GrantRequest>({
    route: text(1, 100),
    input: optional(json),
    transport: optional(oneOf('post', 'put', 'multipart', 'sts')),
    files: list(requestedFile, 1, 50),
  }),
  asked,
)

/** `POST /uploads/:id/parts` */
export const parsePartsRequest = parserOf(object<PartsRequest>({ partNumbers: list(count(1, 10_000), 1, 100) }), asked)

const parseCompletion = parserOf(object<CompleteRequest>({ crc64: optional(crc64) }), asked)

/** `POST /uploads/:id/complete`; `body` is undefined where there was none. */
export function parseCompleteRequest(body: unknown): CompleteRequest {
  return body === undefined ? {} : parseCompletion(body)
}

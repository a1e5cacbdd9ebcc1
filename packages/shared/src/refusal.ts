import { count, object, optional, type Reader, text } from './reader.ts'
import { isUploadErrorCode, type UploadErrorCode } from './upload-error.ts'
import type { Refusal } from './wire.ts'

// A newer server may know a code that this build does not; the sentence is still worth showing.
const knownCode: Reader<UploadErrorCode> = (value) => (isUploadErrorCode(value) ? value : 'internal')
const textIfAny: Reader<string | undefined> = (value) => (typeof value === 'string' ? value : undefined)

export const refusal = object<Refusal>({
  code: knownCode,
  detail: text(),
  hint: textIfAny,
  retryAfterMs: optional(count()),
})

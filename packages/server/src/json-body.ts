import { UploadError, type UploadErrorCode } from '@oss-direct/shared'

// 50 names of 1,024 characters, each escaped, and room for the route's input.
export const MAX_JSON_BYTES = 512 * 1024
export const MAX_CALLBACK_BYTES = 64 * 1024

/**
 * Anything but `application/json` is refused: a form on a foreign page can send the other types with the visitor's cookie,
 * and this one only after a preflight. Throws UploadError.
 */
export function requireJson(contentType: string | null | undefined): void {
  if (/^application\/json *(;|$)/i.test(contentType ?? '')) return
  throw new UploadError('request-invalid', 'The body must be JSON', {
    hint: 'Send it with the header Content-Type: application/json.',
  })
}

export function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : cause
    throw new UploadError('request-invalid', `The body is not JSON: ${reason}`, {
      hint: 'Send one JSON object in UTF-8.',
      cause,
    })
  }
}

export function bodyTooLarge(code: UploadErrorCode, maxBytes: number): UploadError {
  return new UploadError(code, `The body is larger than ${maxBytes} bytes`, {
    hint: 'Ask for fewer files at a time, and keep `input` small.',
  })
}

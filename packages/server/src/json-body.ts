import { UploadError, type UploadErrorCode } from '@oss-direct/shared'

// 50 names of 1,024 characters, each escaped, and room for the route's input.
export const MAX_JSON_BYTES = 512 * 1024
export const MAX_CALLBACK_BYTES = 64 * 1024
// Whatever walks an `input` later, the application's schema and what writes it down, does so one call inside the other, and would
// run out of stack.
const MAX_DEPTH = 64

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
    return requireShallow(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  } catch (cause) {
    if (cause instanceof UploadError) throw cause
    const reason = cause instanceof Error ? cause.message : cause
    throw new UploadError('request-invalid', `The body is not JSON: ${reason}`, {
      hint: 'Send one JSON object in UTF-8.',
      cause,
    })
  }
}

/** The value as it is. Throws UploadError where it is nested deeper than anybody needs. */
export function requireShallow(value: unknown): unknown {
  let level = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) {
      throw new UploadError('request-invalid', `The body is nested deeper than ${MAX_DEPTH} levels`, {
        hint: 'Keep `input` flat.',
      })
    }
    level = level.flatMap((each): unknown[] => (typeof each === 'object' && each !== null ? Object.values(each) : []))
  }
  return value
}

export function bodyTooLarge(code: UploadErrorCode, maxBytes: number): UploadError {
  return new UploadError(code, `The body is larger than ${maxBytes} bytes`, {
    hint: 'Ask for fewer files at a time, and keep `input` small.',
  })
}

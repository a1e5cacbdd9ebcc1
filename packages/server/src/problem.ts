import { OssError } from '@oss-direct/oss'
import { type OssFacts, type Problem, type Refusal, UploadError } from '@oss-direct/shared'

/** Any error as the problem that is answered. Nothing of an unforeseen one leaves the server but where to look. */
export function toProblem(error: unknown, requestId: string): Problem {
  if (!(error instanceof UploadError)) {
    const detail = 'Something unforeseen happened on the server'
    const hint = `Its log has the reason, under the request id ${requestId}.`
    return { code: 'internal', title: 'Internal', status: 500, detail, hint, requestId }
  }
  const oss = ossFacts(error.cause)
  return {
    code: error.code,
    title: titleOf(error.code),
    // An application may refuse with a code that only browsers have; HTTP has no status 0.
    status: error.status || 500,
    detail: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(oss === undefined ? {} : { oss }),
    requestId,
  }
}

/** The part of an error that is kept in records. */
export function refusalOf(error: unknown): Refusal {
  if (!(error instanceof UploadError))
    return { code: 'internal', detail: 'Something unforeseen happened on the server' }
  return { code: error.code, detail: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

function ossFacts(cause: unknown): OssFacts | undefined {
  if (!(cause instanceof OssError)) return undefined
  const { code, ec, requestId } = cause
  return { code, ...(ec === undefined ? {} : { ec }), ...(requestId === undefined ? {} : { requestId }) }
}

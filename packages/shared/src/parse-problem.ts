import { isUploadErrorCode, UploadError } from './upload-error.ts'
import type { OssFacts, Problem } from './wire.ts'

/**
 * `application/problem+json` as the error that it tells of, with what OSS said as its cause. Gives nothing where the body is
 * not one of ours: a gateway's page, an empty body.
 */
export function parseProblem(body: unknown): UploadError | undefined {
  const { code, detail, hint, oss } = membersOf<Problem>(body)
  if (!isUploadErrorCode(code) || typeof detail !== 'string') return undefined
  return new UploadError(code, detail, { hint: textIfAny(hint), cause: factsOf(oss) })
}

function factsOf(value: unknown): OssFacts | undefined {
  const { code, ec, requestId } = membersOf<OssFacts>(value)
  if (typeof code !== 'string') return undefined
  return {
    code,
    ...(typeof ec === 'string' && { ec }),
    ...(typeof requestId === 'string' && { requestId }),
  }
}

function membersOf<T>(value: unknown): { [Name in keyof T]?: unknown } {
  return typeof value === 'object' && value !== null ? value : {}
}

function textIfAny(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}

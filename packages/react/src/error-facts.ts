import { type OssFacts, UploadError } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'

/** What OSS itself said, found behind the error however deep it was wrapped. */
export function ossFactsOf(error: unknown): OssFacts | undefined {
  for (const cause of causesOf(error)) {
    if (cause instanceof UploadError || typeof cause !== 'object' || cause === null) continue
    if (!('code' in cause) || typeof cause.code !== 'string') continue
    return {
      code: cause.code,
      ...('ec' in cause && typeof cause.ec === 'string' ? { ec: cause.ec } : {}),
      ...('requestId' in cause && typeof cause.requestId === 'string' ? { requestId: cause.requestId } : {}),
    }
  }
  return undefined
}

/** The innermost of our own errors: `stored-but-unconfirmed` because of `application-failed` is about the application. */
export function reasonOf(error: UploadError): UploadError {
  return causesOf(error).reduce<UploadError>((last, cause) => (cause instanceof UploadError ? cause : last), error)
}

/** All that somebody needs who is to find out what went wrong. Names no secret: grants and signatures are not in it. */
export function writeReport(upload: Upload, error: UploadError, now: Date): string {
  const facts = ossFactsOf(error)
  const lines: [string, string | undefined][] = [
    ['file', `${upload.file.name} (${upload.file.size} bytes, ${upload.file.type || 'no type'})`],
    ['route', upload.route],
    ['phase', upload.phase],
    ['record', 'recordId' in upload ? upload.recordId : undefined],
    ...causesOf(error)
      .filter((cause) => cause instanceof UploadError)
      .flatMap(({ code, message, hint }): [string, string | undefined][] => [
        ['error', `${code}: ${message}`],
        ['hint', hint],
      ]),
    ['OSS code', facts?.code],
    ['OSS EC', facts?.ec],
    ['OSS request id', facts?.requestId],
    ['time', now.toISOString()],
  ]
  return lines.flatMap(([name, value]) => (value === undefined ? [] : [`${name}: ${value}`])).join('\n')
}

const DEEPEST = 8

function causesOf(error: unknown): unknown[] {
  const causes: unknown[] = []
  for (let cause = error; cause !== undefined && causes.length < DEEPEST; ) {
    causes.push(cause)
    cause = typeof cause === 'object' && cause !== null && 'cause' in cause ? cause.cause : undefined
  }
  return causes
}

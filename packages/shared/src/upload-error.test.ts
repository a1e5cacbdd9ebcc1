import { describe, expect, it } from 'vitest'
import { isUploadErrorCode, UploadError } from './upload-error.ts'

describe('UploadError', () => {
  it('carries code, status, hint and the untouched cause', () => {
    const cause = new TypeError('fetch failed')
    const error = new UploadError('oss-unavailable', 'OSS did not answer', { hint: 'Try later.', cause })
    expect(error).toMatchObject({
      name: 'UploadError',
      code: 'oss-unavailable',
      status: 503,
      retryable: true,
      hint: 'Try later.',
    })
    expect(error.cause).toBe(cause)
  })

  it('knows its own codes and nothing of Object.prototype', () => {
    expect(isUploadErrorCode('forbidden')).toBe(true)
    expect(isUploadErrorCode('toString')).toBe(false)
    expect(isUploadErrorCode(7)).toBe(false)
  })
})

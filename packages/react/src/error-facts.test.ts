import { UploadError } from '@oss-direct/shared'
import type { Upload } from '@oss-direct/uploader'
import { describe, expect, it } from 'vitest'
import { ossFactsOf, reasonOf, writeReport } from './error-facts.ts'
import { uploadIn } from './upload.fixture.ts'

const said = {
  code: 'AccessDenied',
  ec: '0006-00000227',
  requestId: '5C3D9175B6FC201293AD4890',
  message: 'not for people',
}
const refused = new UploadError('oss-refused', 'OSS answered AccessDenied', {
  hint: 'Send `fields` unchanged.',
  cause: said,
})
const wrapped = new UploadError('stored-but-unconfirmed', 'In OSS', { cause: refused })

describe('what is behind an error', () => {
  it('is what OSS said, however deep it is wrapped', () => {
    const facts = { code: 'AccessDenied', ec: '0006-00000227', requestId: '5C3D9175B6FC201293AD4890' }
    expect(ossFactsOf(refused)).toEqual(facts)
    expect(ossFactsOf(wrapped)).toEqual(facts)
  })

  it('is nothing where OSS said nothing', () => {
    expect(ossFactsOf(new UploadError('network', 'gone'))).toBeUndefined()
    expect(ossFactsOf(new UploadError('network', 'gone', { cause: new TypeError('Failed to fetch') }))).toBeUndefined()
    const circle: { cause?: object } = {}
    circle.cause = circle
    expect(ossFactsOf(circle)).toBeUndefined()
  })

  it('is the innermost reason of our own', () => {
    expect(reasonOf(wrapped)).toBe(refused)
    expect(reasonOf(refused)).toBe(refused)
  })
})

it('a report has all that is needed to look into it, line by line', () => {
  const upload: Upload = {
    ...uploadIn('confirming', { name: 'q3.pdf', size: 3 }),
    phase: 'unconfirmed',
    recordId: 'r1',
    error: wrapped,
  }
  expect(writeReport(upload, wrapped, new Date('2026-03-01T08:00:00Z'))).toBe(
    [
      'file: q3.pdf (3 bytes, image/png)',
      'route: demo',
      'phase: unconfirmed',
      'record: r1',
      'error: stored-but-unconfirmed: In OSS',
      'error: oss-refused: OSS answered AccessDenied',
      'hint: Send `fields` unchanged.',
      'OSS code: AccessDenied',
      'OSS EC: 0006-00000227',
      'OSS request id: 5C3D9175B6FC201293AD4890',
      'time: 2026-03-01T08:00:00.000Z',
    ].join('\n'),
  )
})

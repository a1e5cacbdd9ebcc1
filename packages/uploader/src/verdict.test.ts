import { UploadError } from '@oss-direct/shared'
import { describe, expect, it } from 'vitest'
import { judgeAttempt, type Verdict } from './verdict.ts'

const settled = JSON.stringify({ id: 'r', status: 'settled', result: { url: '/x' } })
const xml = (code: string, message: string, ec = '') =>
  `<?xml version="1.0" encoding="UTF-8"?>\r\n<Error>\r\n  <Code>${code}</Code>\r\n  <Message>${message}</Message>\r\n  <RequestId>5F7D8A2C3B1E4D0031ABCDEF</RequestId>${ec && `\r\n  <EC>${ec}</EC>`}\r\n</Error>`
const answer = (status: number, body = '', headers: Record<string, string> = {}) => ({
  answer: { status, body, header: (name: string) => headers[name] },
})
const lost = new UploadError('network', 'gone')

describe('a verdict', () => {
  it.each<[what: string, attempt: Parameters<typeof judgeAttempt>[0], verdict: Verdict['do']]>([
    ['the application answered', answer(200, settled), 'finish'],
    ['it answers that it needs longer', answer(200, '{"id":"r","status":"pending","retryAfterMs":5}'), 'confirm'],
    ['200 with words of somebody else', answer(200, '{"Status":"OK"}'), 'confirm'],
    ['200 about another upload', answer(200, settled.replace('"r"', '"other"')), 'confirm'],
    ['200 without a body', answer(200), 'confirm'],
    ['a file that is gone', { lost: new UploadError('file-unreadable', 'gone'), allSent: false }, 'fail'],
    ['201 and 204, which are without callback', answer(204), 'confirm'],
    [
      '203: stored, and the callback failed',
      answer(203, xml('CallbackFailed', 'Error status : 502.', '0007-00000203')),
      'confirm',
    ],
    ['409 on our own key', answer(409, xml('FileAlreadyExists', 'The object exists')), 'confirm'],
    ['409 of another kind', answer(409, xml('FileImmutable', 'The object is immutable')), 'fail'],
    [
      'an expired policy',
      answer(403, xml('AccessDenied', 'Invalid according to Policy: Policy expired.', '0006-00000213')),
      'resign',
    ],
    ['an expired token', answer(403, xml('SecurityTokenExpired', 'expired', '0002-00000007')), 'resign'],
    [
      'a clock that is off',
      answer(403, xml('AccessDenied', 'The x-oss-date of the form is more than 15 minutes ahead.')),
      'resign',
    ],
    [
      'a condition that failed',
      answer(
        403,
        xml(
          'AccessDenied',
          'Invalid according to Policy: Policy Condition failed: [&quot;eq&quot;, &quot;$x-oss-date&quot;, &quot;a&quot;]',
          '0006-00000227',
        ),
      ),
      'fail',
    ],
    ['a wrong signature', answer(403, xml('SignatureDoesNotMatch', 'does not match')), 'fail'],
    ['a file that is too large', answer(400, xml('EntityTooLarge', 'too large')), 'fail'],
    ['too many requests', answer(429), 'retry'],
    ['a busy OSS', answer(503, xml('ServiceUnavailable', 'busy')), 'retry'],
    ['a gateway', answer(502, '<html>'), 'retry'],
    ['a connection lost before the last byte', { lost, allSent: false }, 'retry'],
    ['a connection lost after it', { lost, allSent: true }, 'confirm'],
    ['a connection that stalled', { lost: new UploadError('stalled', 'no byte'), allSent: false }, 'retry'],
  ])('%s', (_what, attempt, verdict) => {
    expect(judgeAttempt(attempt, 'r').do).toBe(verdict)
  })

  it('hands the application its own words on', () => {
    expect(judgeAttempt(answer(200, settled), 'r')).toEqual({ do: 'finish', result: { url: '/x' } })
  })

  it('keeps what OSS said, whole', () => {
    const verdict = judgeAttempt(answer(403, xml('AccessDenied', 'Invalid &lt;b&gt;', '0006-00000227')), 'r')
    expect(verdict).toMatchObject({
      error: {
        code: 'oss-refused',
        message: 'OSS answered AccessDenied: Invalid <b>',
        hint: expect.stringContaining('fields unchanged'),
        cause: { code: 'AccessDenied', ec: '0006-00000227', requestId: '5F7D8A2C3B1E4D0031ABCDEF' },
      },
    })
  })

  it('takes request id and EC from the headers where the body has none', () => {
    const verdict = judgeAttempt(answer(400, '', { 'x-oss-request-id': 'ABC', 'x-oss-ec': '0001' }), 'r')
    expect(verdict).toMatchObject({ error: { cause: { code: 'HttpStatus400', requestId: 'ABC', ec: '0001' } } })
  })
})

import { UploadError } from '@oss-direct/shared'
import { describe, expect, it } from 'vitest'
import { judgePart, judgeUnsigned, type PartCourse } from './part-verdict.ts'
import type { Attempt, Verdict } from './verdict.ts'

const first: PartCourse = { failures: 1, renewed: false, online: true, begun: false, random: 0.5 }
const last: PartCourse = { ...first, failures: 4 }
const away: PartCourse = { ...first, failures: 19, begun: true }
const offline: PartCourse = { ...first, online: false }
const xml = (code: string, message = 'why') => `<Error><Code>${code}</Code><Message>${message}</Message></Error>`
const answer = (status: number, body = '', headers: Record<string, string> = {}): Attempt => ({
  answer: { status, body, header: (name) => headers[name] },
})
const lost = new UploadError('network', 'gone')
const unreadable = new UploadError('file-unreadable', 'gone')
const expired = answer(403, xml('AccessDenied', 'Request has expired.'))

const again = { do: 'again', afterMs: 500 }
const end = (verdict: Verdict['do']) => ({ do: 'end', verdict: { do: verdict } })

describe('after a part', () => {
  it.each<[what: string, attempt: Attempt, course: PartCourse, step: object]>([
    ['OSS has it', answer(200), first, { do: 'next' }],
    ['the connection broke', { lost, allSent: false }, first, again],
    ['it broke after the last byte', { lost, allSent: true }, first, again],
    ['a third time', { lost, allSent: false }, { ...first, failures: 3 }, { do: 'again', afterMs: 2000 }],
    ['a fourth time', { lost, allSent: false }, last, end('fail')],
    [
      'a nineteenth time, of an upload that OSS has parts of',
      { lost, allSent: false },
      away,
      { do: 'again', afterMs: 15_000 },
    ],
    ['a twentieth time', { lost, allSent: false }, { ...away, failures: 20 }, end('fail')],
    ['OSS stays busy, and has parts of it', answer(503), { ...last, begun: true }, end('fail')],
    ['there is no connection', { lost, allSent: false }, offline, end('retry')],
    ['the file is gone', { lost: unreadable, allSent: false }, first, end('fail')],
    ['OSS is busy', answer(503, xml('ServiceUnavailable')), first, again],
    ['OSS says when', answer(503, '', { 'retry-after': '7' }), first, { do: 'again', afterMs: 7000 }],
    ['too many requests', answer(429), first, again],
    ['OSS stays busy', answer(503), last, end('fail')],
    ['the URL has ended', expired, first, { do: 'renew' }],
    ['the next one, too', expired, { ...first, renewed: true }, end('fail')],
    ['the token has ended', answer(403, xml('SecurityTokenExpired')), first, { do: 'renew' }],
    ['the clocks differ', answer(403, xml('RequestTimeTooSkewed')), first, { do: 'renew' }],
    ['the upload is gone', answer(404, xml('NoSuchUpload')), first, end('confirm')],
    ['the bucket is gone', answer(404, xml('NoSuchBucket')), first, end('fail')],
    ['OSS refuses', answer(403, xml('AccessDenied', 'no right')), first, end('fail')],
    ['OSS does not understand', answer(400, xml('InvalidArgument')), first, end('fail')],
  ])('%s', (_what, attempt, course, step) => {
    expect(judgePart(attempt, course)).toMatchObject(step)
  })

  it('keeps what OSS said', () => {
    expect(judgePart(answer(403, xml('AccessDenied', 'no right')), first)).toMatchObject({
      verdict: { error: { code: 'oss-refused', cause: { code: 'AccessDenied', message: 'no right' } } },
    })
  })
})

describe('after our server gave no URL', () => {
  it.each<[code: ConstructorParameters<typeof UploadError>[0], course: PartCourse, step: object]>([
    ['network', first, again],
    ['network', last, end('fail')],
    ['network', away, { do: 'again', afterMs: 15_000 }],
    ['network', offline, end('retry')],
    ['internal', first, again],
    ['rate-limited', first, again],
    ['oss-unavailable', first, again],
    ['grant-expired', first, end('resign')],
    ['upload-ended', first, end('resign')],
    ['upload-not-found', first, end('resign')],
    ['not-signed-in', first, end('fail')],
    ['oss-refused', first, end('fail')],
  ])('%s', (code, course, step) => {
    expect(judgeUnsigned(new UploadError(code, 'why'), course)).toMatchObject(step)
  })
})

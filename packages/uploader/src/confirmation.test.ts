import { UploadError, type UploadErrorCode } from '@oss-direct/shared'
import { describe, expect, it } from 'vitest'
import { type ConfirmationStep, type Heard, judgeConfirmation } from './confirmation.ts'
import { retryDelayMs, slowPollDelayMs } from './retry-delay.ts'

const reason = new UploadError('stored-but-unconfirmed', 'OSS stored the file, and the callback failed')
const course = { failures: 1, waitedMs: 0, reason, random: 0.5 }
const failed = (code: UploadErrorCode): Heard => ({ error: new UploadError(code, code) })
const pending: Heard = { outcome: { id: 'r', status: 'pending', retryAfterMs: 900 } }

describe('a step of confirming', () => {
  it.each<[what: string, heard: Heard, course: Partial<typeof course>, step: ConfirmationStep['do']]>([
    ['the application answered', { outcome: { id: 'r', status: 'settled', result: 1 } }, {}, 'finish'],
    ['it still works', pending, {}, 'ask-again'],
    ['it still works after a minute', pending, { waitedMs: 60_000 }, 'ask-again'],
    ['it still works after two', pending, { waitedMs: 121_000 }, 'leave-unconfirmed'],
    ['the bucket does not have it', failed('object-absent'), {}, 'send-again'],
    ['the application failed', failed('application-failed'), {}, 'ask-again'],
    ['the application failed for the fourth time', failed('application-failed'), { failures: 4 }, 'leave-unconfirmed'],
    ['no answer', failed('network'), { failures: 3 }, 'ask-again'],
    ['no answer, four times', failed('network'), { failures: 4 }, 'leave-unconfirmed'],
    ['what arrived is something else', failed('object-mismatch'), {}, 'fail'],
    ['the record is gone', failed('upload-not-found'), {}, 'fail'],
    ['the session has ended: the file is in OSS all the same', failed('not-signed-in'), {}, 'leave-unconfirmed'],
  ])('%s', (_what, heard, change, step) => {
    expect(judgeConfirmation(heard, { ...course, ...change }).do).toBe(step)
  })

  it('waits as long as the server says, within reason', () => {
    const after = (retryAfterMs: number) =>
      judgeConfirmation({ outcome: { id: 'r', status: 'pending', retryAfterMs } }, course)
    expect([after(900), after(0), after(1e9)]).toMatchObject([{ afterMs: 900 }, { afterMs: 200 }, { afterMs: 10_000 }])
    const limited = new UploadError('rate-limited', 'Slower', { retryAfterMs: 7000 })
    expect(judgeConfirmation({ error: limited }, course)).toMatchObject({ afterMs: 7000 })
  })

  it('keeps why it had to ask, and beneath it what it heard', () => {
    const step = judgeConfirmation(failed('application-failed'), { ...course, failures: 4 })
    expect(step).toMatchObject({
      error: { code: 'stored-but-unconfirmed', message: reason.message, cause: { code: 'application-failed' } },
    })
  })
})

describe('a delay', () => {
  it('grows with each try, jitters over its whole length, and ends at 30 s', () => {
    expect([1, 2, 3, 9].map((tries) => retryDelayMs(tries, 1))).toEqual([1000, 2000, 4000, 30_000])
    expect(retryDelayMs(3, 0)).toBe(0)
    expect(retryDelayMs(3, 0.25)).toBe(1000)
  })

  it('is never shorter than the server asked for', () => {
    expect(retryDelayMs(1, 0.1, 5000)).toBe(5000)
  })

  it('of slow asking ends at two minutes', () => {
    expect([0, 1, 2, 3, 8].map(slowPollDelayMs)).toEqual([15_000, 30_000, 60_000, 120_000, 120_000])
  })
})

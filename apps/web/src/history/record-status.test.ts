import { createFormats, en } from '@oss-direct/react'
import type { UploadRecord } from '@oss-direct/shared'
import { describe, expect, it } from 'vitest'
import { texts } from '../texts.ts'
import { statusOf, tellRecord } from './record-status.ts'

const text = texts.en
const language = { messages: en, formats: createFormats('en') }
const granted: UploadRecord = {
  id: '1',
  route: 'demo',
  key: 'demo/1',
  status: 'granted',
  file: { name: 'a.txt', size: 1, type: '' },
  createdAt: '2026-01-01T00:00:00.000Z',
}
const error = { code: 'application-failed', detail: 'The application could not take it', hint: 'Mend it' } as const
const reason = 'The application could not take it. Mend it'
const tell = (record: Partial<UploadRecord>) => {
  const whole = { ...granted, ...record }
  return { status: statusOf(whole, text), ...tellRecord(whole, { text, language }) }
}

describe('a record', () => {
  it('that is settled needs no more words, also where it stumbled before', () => {
    expect(tell({ status: 'settled' })).toEqual({ status: 'Done', tone: 'done' })
  })

  it('that failed says why in the visitor’s words, and as the server said it', () => {
    expect(tell({ status: 'failed', error: { code: 'object-mismatch', detail: 'Another size' } })).toEqual({
      status: 'Failed',
      tone: 'failed',
      sentence: en.errors['object-mismatch'].title,
      reason: 'Another size',
    })
  })

  it.each([
    ['granted', 'Granted', /has not heard yet/],
    ['expired', 'Never arrived', /Should it arrive late, it still counts/],
    ['aborted', 'Cancelled', /before it was complete/],
  ] as const)('that is %s says what that means', (status, shown, sentence) => {
    expect(tell({ status })).toEqual({ status: shown, tone: 'quiet', sentence: expect.stringMatching(sentence) })
  })

  it('that the application fails to take is told from one that never came: how often, and when again', () => {
    const retry = { attempts: 1, nextAttemptAt: '2026-01-01T12:30:00.000Z', gaveUp: false }
    expect(tell({ error, retry })).toEqual({
      status: 'Stored, not answered',
      tone: 'waiting',
      sentence: expect.stringMatching(/failed to take it once; the next try is at Jan 1, 2026/),
      reason,
    })
    expect(tell({ error, retry: { attempts: 30, gaveUp: true } })).toMatchObject({
      sentence: expect.stringMatching(
        /failed to take it 30 times, and it is not tried again by itself\. Confirm tries/,
      ),
    })
    expect(tell({ status: 'expired', error, retry: { attempts: 2, gaveUp: false } })).toMatchObject({
      status: 'Stored, not answered',
      sentence: expect.stringMatching(/failed to take it 2 times\.$/),
    })
  })
})

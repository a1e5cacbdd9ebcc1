import type { Upload } from '@oss-direct/uploader'
import { describe, expect, it } from 'vitest'
import { summarize } from './summary.ts'
import { uploadIn } from './upload.fixture.ts'

it('counts uploads by what became of them, and the bytes of those that still matter', () => {
  const phases = [
    'queued',
    'signing',
    'sending',
    'paused',
    'needs-file',
    'confirming',
    'done',
    'unconfirmed',
    'failed',
    'cancelled',
    'rejected',
  ] as const
  expect(summarize(phases.map((phase) => uploadIn(phase, { id: phase })))).toEqual({
    total: 10,
    active: 5,
    pausable: 3,
    paused: 1,
    done: 1,
    unconfirmed: 1,
    failed: 1,
    cancelled: 1,
    unfinished: 1,
    askable: 0,
    totalBytes: 700,
    sentBytes: 375,
  })
})

describe('of files that were just added', () => {
  const added = (id: string, phase: 'queued' | 'paused' = 'queued'): Upload => {
    const upload = uploadIn(phase, { id })
    const file = Object.defineProperty(new File([], 'a.txt'), 'size', {
      get: () => expect.fail('the size was read'),
    })
    return { ...upload, unread: true, file }
  }

  it('reads no size, and takes them to be as large as the others', () => {
    const others = (['queued', 'confirming'] as const).map((phase) => uploadIn(phase, { id: phase }))
    const unread = [added('a'), added('b'), added('c', 'paused')]
    const { total, pausable, totalBytes, sentBytes } = summarize([...others, ...unread])
    expect({ total, pausable, totalBytes, sentBytes }).toEqual({
      total: 5,
      pausable: 3,
      totalBytes: 500,
      sentBytes: 100,
    })
  })

  it('is not at the end before it knows any', () => {
    const { totalBytes, sentBytes } = summarize([added('a'), added('b')])
    expect(sentBytes).toBeLessThan(totalBytes)
  })
})

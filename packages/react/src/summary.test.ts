import { expect, it } from 'vitest'
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

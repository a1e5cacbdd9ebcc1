import { describe, expect, it } from 'vitest'
import { comeBack } from './coming-back.ts'
import type { Granted } from './grant-desk.ts'
import type { JournalEntry } from './journal-entry.ts'

const NOW = Date.parse('2026-11-21T12:00:00Z')
const DAY = 24 * 60 * 60_000
const parts: Granted = {
  grant: { id: 'r', key: 'k', expiresAt: '2026-11-22T12:00:00Z', transport: 'multipart', partSize: 5, partCount: 2 },
  endsAt: NOW + DAY,
  clockOffsetMs: 0,
}
const form: Granted = {
  grant: { id: 'r', key: 'k', expiresAt: '2026-11-21T12:00:00Z', transport: 'post', url: '', fields: {} },
  endsAt: 0,
  clockOffsetMs: 0,
}
const entry: JournalEntry = {
  id: 'u',
  route: 'demo',
  addedAt: NOW - DAY,
  file: { name: 'a', size: 9, type: '', lastModified: 1 },
  stage: 'unsent',
  storedBytes: 0,
}
const inParts = { sentAs: 'multipart', granted: parts } as const
const asForm = { sentAs: 'post', granted: form } as const
const confirming = { phase: 'confirming', recordId: 'r' }

describe('an upload of an earlier life of the page', () => {
  it.each<[what: string, Partial<JournalEntry>, ReturnType<typeof comeBack> | object]>([
    ['nothing asked yet', {}, { phase: 'queued' }],
    ['a form of which nobody knows that it was begun', asForm, confirming],
    ['a form without a grant', { sentAs: 'post' }, { phase: 'queued' }],
    ['a form on its way', { ...asForm, stage: 'sending' }, confirming],
    ['a form without an answer', { ...asForm, stage: 'sent' }, confirming],
    ['a paused form', { ...asForm, stage: 'paused' }, { phase: 'paused', sentBytes: 0 }],
    ['parts, not begun', inParts, { phase: 'queued' }],
    ['parts on their way', { ...inParts, stage: 'sending' }, { phase: 'queued' }],
    ['parts all sent', { ...inParts, stage: 'sent' }, confirming],
    ['paused parts', { ...inParts, stage: 'paused' }, { phase: 'paused', sentBytes: 0 }],
    ['on its way, and no record is known', { stage: 'sending', sentAs: 'post' }, { phase: 'queued' }],
    ['a week old', { addedAt: NOW - 7 * DAY }, { phase: 'queued' }],
    ['older than a week', { ...inParts, stage: 'sent', addedAt: NOW - 7 * DAY - 1 }, undefined],
    [
      'failed',
      { stage: 'failed', error: { code: 'oss-refused', message: 'no', hint: 'do' } },
      { phase: 'failed', error: expect.objectContaining({ code: 'oss-refused', message: 'no', hint: 'do' }) },
    ],
  ])('%s', (_, facts, expected) => {
    expect(comeBack({ ...entry, ...facts }, NOW)).toEqual(expected)
  })
})

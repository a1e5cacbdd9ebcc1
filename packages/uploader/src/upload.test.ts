import { UploadError } from '@oss-direct/shared'
import { describe, expect, it } from 'vitest'
import { reduceUpload, type Upload, type UploadEvent, type UploadPhase } from './upload.ts'

const base = { id: 'u', route: 'demo', file: new File(['12345'], 'a.txt'), addedAt: 0 }
const error = new UploadError('network', 'gone')
const recordId = 'r'
const at: Record<UploadPhase, Upload> = {
  rejected: { ...base, phase: 'rejected', error },
  queued: { ...base, phase: 'queued' },
  signing: { ...base, phase: 'signing' },
  sending: { ...base, phase: 'sending', recordId, sentBytes: 2, pauseRestarts: true },
  paused: { ...base, phase: 'paused', sentBytes: 2 },
  'needs-file': { ...base, phase: 'needs-file', access: 'choose', sentBytes: 2 },
  confirming: { ...base, phase: 'confirming', recordId },
  done: { ...base, phase: 'done', recordId, result: { url: '/x' } },
  unconfirmed: { ...base, phase: 'unconfirmed', recordId, error },
  failed: { ...base, phase: 'failed', recordId, error },
  cancelled: { ...base, phase: 'cancelled' },
}
const events: Record<UploadEvent['type'], UploadEvent> = {
  judged: { type: 'judged' },
  rejected: { type: 'rejected', error },
  queued: { type: 'queued' },
  signing: { type: 'signing' },
  sending: { type: 'sending', recordId, sentBytes: 0, pauseRestarts: true },
  progressed: { type: 'progressed', sentBytes: 3 },
  paused: { type: 'paused', sentBytes: 1 },
  fileMissing: { type: 'fileMissing', access: 'ask', sentBytes: 2 },
  fileGiven: { type: 'fileGiven', file: base.file },
  bytesSent: { type: 'bytesSent' },
  confirming: { type: 'confirming' },
  settled: { type: 'settled', result: null },
  unconfirmed: { type: 'unconfirmed', error },
  failed: { type: 'failed', error },
  cancelled: { type: 'cancelled' },
}

// Where each event leads from each phase; what is not in a row leaves the upload as it is.
const table: Record<UploadEvent['type'], Partial<Record<UploadPhase, UploadPhase>>> = {
  judged: {},
  rejected: { queued: 'rejected', paused: 'rejected' },
  queued: {
    queued: 'queued',
    signing: 'queued',
    sending: 'queued',
    paused: 'queued',
    confirming: 'queued',
    unconfirmed: 'queued',
    failed: 'queued',
    cancelled: 'queued',
  },
  signing: { queued: 'signing' },
  sending: { signing: 'sending' },
  progressed: { sending: 'sending' },
  paused: { queued: 'paused', signing: 'paused', sending: 'paused' },
  fileMissing: { queued: 'needs-file', paused: 'needs-file', 'needs-file': 'needs-file' },
  fileGiven: { 'needs-file': 'queued' },
  bytesSent: { sending: 'confirming' },
  confirming: { sending: 'confirming', unconfirmed: 'confirming' },
  settled: { sending: 'done', confirming: 'done', unconfirmed: 'done', failed: 'done' },
  unconfirmed: { confirming: 'unconfirmed', unconfirmed: 'unconfirmed' },
  failed: {
    queued: 'failed',
    signing: 'failed',
    sending: 'failed',
    paused: 'failed',
    'needs-file': 'failed',
    confirming: 'failed',
    unconfirmed: 'failed',
  },
  cancelled: {
    queued: 'cancelled',
    signing: 'cancelled',
    sending: 'cancelled',
    paused: 'cancelled',
    'needs-file': 'cancelled',
    confirming: 'cancelled',
  },
}
const cases = (Object.keys(events) as UploadEvent['type'][]).flatMap((type) =>
  (Object.keys(at) as UploadPhase[]).map((phase) => ({ type, phase, expected: table[type][phase] })),
)

describe('an upload', () => {
  it.each(cases)('$phase, after $type: $expected', ({ type, phase, expected }) => {
    const after = reduceUpload(at[phase], events[type])
    if (expected === undefined) expect(after).toBe(at[phase])
    else expect(after).toMatchObject({ ...base, phase: expected })
  })

  it('keeps its file, and its record from the first byte on', () => {
    const ended = (['sending', 'progressed', 'bytesSent', 'unconfirmed', 'confirming', 'settled'] as const).reduce(
      (upload, type) => reduceUpload(upload, events[type]),
      at.signing,
    )
    expect(ended).toEqual({ ...base, phase: 'done', recordId, result: null })
    expect(ended.file).toBe(base.file)
  })

  it('is unread until it was judged, wherever it stands by then', () => {
    const added: Upload = { ...base, phase: 'queued', unread: true }
    const paused = reduceUpload(added, events.paused)
    expect(paused).toEqual({ ...base, phase: 'paused', sentBytes: 1, unread: true })
    expect(reduceUpload(paused, events.queued)).toEqual({ ...base, phase: 'queued', unread: true })
    expect(reduceUpload(paused, events.judged)).toEqual({ ...base, phase: 'paused', sentBytes: 1 })
  })

  it('never says that more was sent than the file has', () => {
    expect(reduceUpload(at.sending, { type: 'progressed', sentBytes: 900 })).toMatchObject({ sentBytes: 5 })
  })

  it('is the same object when no byte more was sent', () => {
    expect(reduceUpload(at.sending, { type: 'progressed', sentBytes: 2 })).toBe(at.sending)
  })
})

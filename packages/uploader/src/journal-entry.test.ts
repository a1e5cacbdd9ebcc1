import { UploadError } from '@oss-direct/shared'
import { expect, it } from 'vitest'
import type { Granted } from './grant-desk.ts'
import { newJob } from './job.ts'
import { entryOf } from './journal-entry.ts'
import type { Upload } from './upload.ts'

const base = { id: 'u', route: 'demo', addedAt: 7, file: new File(['abc'], 'a.txt', { lastModified: 5 }) }
const form: Granted = {
  grant: {
    id: 'r',
    key: 'k',
    expiresAt: '2026-11-21T12:00:00Z',
    transport: 'post',
    url: 'https://b.oss-cn-hangzhou.aliyuncs.com',
    fields: { policy: 'eyJ9', 'x-oss-signature': 'secret enough', 'x-oss-security-token': 'token' },
  },
  endsAt: 99,
  clockOffsetMs: 3,
}

it.each<[Upload['phase'], Upload, string | undefined]>([
  ['queued', { ...base, phase: 'queued' }, 'unsent'],
  ['signing', { ...base, phase: 'signing' }, 'unsent'],
  ['sending', { ...base, phase: 'sending', recordId: 'r', sentBytes: 1, pauseRestarts: true }, 'sending'],
  ['paused', { ...base, phase: 'paused', sentBytes: 1 }, 'paused'],
  ['needs-file', { ...base, phase: 'needs-file', access: 'ask', sentBytes: 1 }, 'unsent'],
  ['confirming', { ...base, phase: 'confirming', recordId: 'r' }, 'sent'],
  ['unconfirmed', { ...base, phase: 'unconfirmed', recordId: 'r', error: new UploadError('network', 'x') }, 'sent'],
  ['failed', { ...base, phase: 'failed', error: new UploadError('network', 'x') }, 'failed'],
  ['done', { ...base, phase: 'done', recordId: 'r', result: 1 }, undefined],
  ['cancelled', { ...base, phase: 'cancelled' }, undefined],
  ['rejected', { ...base, phase: 'rejected', error: new UploadError('file-too-large', 'x') }, undefined],
])('of what is %s it keeps what a later page needs', (_, upload, stage) => {
  expect(entryOf(upload, newJob(undefined), {})?.stage).toBe(stage)
})

it('keeps nothing that was signed, and everything as plain data', () => {
  const failed: Upload = { ...base, phase: 'failed', error: new UploadError('oss-refused', 'no', { hint: 'do' }) }
  const entry = entryOf(failed, { ...newJob({ album: 7 }), sentAs: 'post' }, { granted: form, crc64: '7' })
  expect(structuredClone(entry)).toEqual({
    id: 'u',
    route: 'demo',
    addedAt: 7,
    input: { album: 7 },
    file: { name: 'a.txt', size: 3, type: '', lastModified: 5 },
    stage: 'failed',
    sentAs: 'post',
    granted: { ...form, endsAt: 0, grant: { ...form.grant, url: '', fields: {} } },
    crc64: '7',
    storedBytes: 0,
    error: { code: 'oss-refused', message: 'no', hint: 'do' },
  })
})

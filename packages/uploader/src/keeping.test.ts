import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Granted } from './grant-desk.ts'
import { type Job, newJob } from './job.ts'
import type { Journal } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'
import { startKeeping } from './keeping.ts'
import { letOthersRun } from './let-others-run.ts'
import { createUploadList } from './upload-list.ts'

// The clock stands: whatever is written is not written because time has passed.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

it('of many uploads steps gather, and a grant does not wait for them', async () => {
  const kept = new Map<string, JournalEntry>()
  const journal: Journal = {
    adopt: async () => [],
    async write({ put, remove }) {
      for (const entry of put) kept.set(entry.id, entry)
      for (const id of remove) kept.delete(id)
    },
    close: () => {},
  }
  const list = createUploadList()
  const jobs = new Map<string, Job>()
  const keeping = startKeeping({ journal, list, jobs, onQueued: () => {}, onAsking: () => {} })
  const uploads = Array.from({ length: 60 }, (_, number) => {
    const file = new File(['x'], `${number}.txt`)
    return { id: `u${number}`, route: 'demo', addedAt: 0, file, phase: 'queued' as const }
  })
  for (const { id } of uploads) jobs.set(id, newJob(undefined))
  list.add(uploads)
  await letOthersRun()
  expect(kept.size).toBe(60)

  list.dispatch('u1', { type: 'cancelled' })
  await letOthersRun()
  expect(kept.has('u1')).toBe(true)
  const job = jobs.get('u2')
  if (job === undefined) throw new Error('unreachable')
  job.granted = Promise.resolve(form)
  keeping?.noteGrant('u2')
  await letOthersRun()
  expect(kept.get('u2')?.granted?.grant.id).toBe('r')
  expect(kept.has('u1')).toBe(false)
})

const form: Granted = {
  grant: { id: 'r', key: 'k', expiresAt: '2026-11-21T12:00:00Z', transport: 'post', url: 'https://oss', fields: {} },
  endsAt: 0,
  clockOffsetMs: 0,
}

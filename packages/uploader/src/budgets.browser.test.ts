import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { endpoint, keyOf, type Report, report, tell } from '../test/stage-client.ts'
import type { Journal } from './journal.ts'
import { letOthersRun } from './let-others-run.ts'
import { randomId } from './random-id.ts'
import { createUploader, type Uploader } from './uploader.ts'

// What a hundred small files may cost beyond themselves: counted where it arrives, so that no machine is too slow for it.

const COUNT = 100
const FILE_BYTES = 50_000
const CONCURRENCY = 5
/** A policy, a callback and a signature, and the lines between the form's fields. */
const MOST_BESIDE_A_FILE = 4096

let uploader: Uploader
let seen: Report
let keys: Set<string>
let begunAt: string
/** Of the journal: what it keeps, and entries that were written. */
const kept = new Set<string>()
let written = 0
const journal: Journal = {
  adopt: async () => [],
  async write({ put, remove }) {
    written += put.length
    for (const { id } of put) kept.add(id)
    for (const id of remove) kept.delete(id)
  },
  close: () => {},
}

beforeAll(async () => {
  await tell('clear')
  begunAt = new Date().toISOString()
  uploader = createUploader({ endpoint, concurrency: CONCURRENCY, leaving: 'silent', journal })
  const content = new Uint8Array(FILE_BYTES)
  uploader.add(
    'demo',
    Array.from({ length: COUNT }, (_, number) => new File([content], `${number}.bin`)),
  )
  const done = () => uploader.getSnapshot().filter(({ phase }) => phase === 'done')
  await vi.waitFor(() => expect(done()).toHaveLength(COUNT), { timeout: 60_000 })
  seen = await report()
  keys = new Set(done().map(keyOf))
}, 90_000)
afterAll(() => uploader.dispose())

describe('a hundred files', () => {
  it('ask the server for its rules and three times for grants, and for nothing else', () => {
    const asked = seen.calls.filter((call) => call !== 'POST /uploads/callback')
    expect(asked.sort()).toEqual(['GET /uploads/routes', ...Array(3).fill('POST /uploads')])
  })

  it('are a form each, behind no more preflights than there are connections', () => {
    const forms = seen.forms.filter(({ key }) => keys.has(key))
    expect(forms).toHaveLength(COUNT)
    const asked = seen.requests.filter(
      ({ operation, startedAt }) => operation === 'OptionObject' && startedAt >= begunAt,
    )
    expect(asked.length).toBeLessThanOrEqual(CONCURRENCY)
  })

  it(`send at most ${MOST_BESIDE_A_FILE} bytes beside each file`, () => {
    const sent = seen.forms.filter(({ key }) => keys.has(key)).map(({ bytesReceived }) => bytesReceived)
    expect(Math.min(...sent)).toBeGreaterThan(FILE_BYTES)
    expect(Math.max(...sent)).toBeLessThanOrEqual(FILE_BYTES + MOST_BESIDE_A_FILE)
  })

  it('are written into the journal when they come and when they are granted, and not again', async () => {
    expect(written).toBeGreaterThanOrEqual(COUNT)
    expect(written).toBeLessThanOrEqual(2 * COUNT)
    await vi.waitFor(() => expect(kept.size).toBe(0))
  })
})

it.each([
  ['however many come at once', () => {}],
  ['and all are paused at once', (uploader: Uploader) => uploader.pauseAll()],
])('reads the sizes of a few files at a time, %s', async (_, doWith) => {
  const read = new Set<File>()
  const stretches: number[] = []
  let before = 0
  const many = Array.from({ length: 1000 }, (_, number) => {
    const file = new File(['x'], `${number}.txt`)
    const get = () => {
      // What is posted now arrives when the task that reads is over; sometimes one or two others have run by then.
      if (read.size === before) void letOthersRun().then(endStretch)
      read.add(file)
      return 1
    }
    return Object.defineProperty(file, 'size', { get })
  })
  const endStretch = () => {
    stretches.push(read.size - before)
    before = read.size
  }
  const busy = createUploader({ endpoint, concurrency: 1, leaving: 'silent', journal: `sizes ${randomId()}` })
  const unread = () => busy.getSnapshot().filter(({ unread }) => unread)
  // As a page does that shows how many bytes there are.
  busy.subscribe(() => {
    const left = new Set(unread())
    for (const upload of busy.getSnapshot()) if (!left.has(upload)) void upload.file.size
  })
  try {
    busy.add('demo', many)
    expect(unread()).toHaveLength(many.length)
    doWith(busy)
    await vi.waitFor(() => expect(unread()).toEqual([]), { timeout: 30_000 })
    await vi.waitFor(() => expect(stretches.reduce((sum, count) => sum + count, 0)).toBe(many.length))
    // The first of a drop, and what may have run by then: one transaction of the journal, and the next ten.
    expect(Math.max(...stretches)).toBeLessThanOrEqual(50 + 50 + 10)
  } finally {
    busy.cancelAll()
    busy.dispose()
  }
})

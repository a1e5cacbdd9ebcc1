import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createUploadList } from './upload-list.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'performance'] })
  vi.advanceTimersByTime(60_000) // so long the page has been there
})
afterEach(() => {
  vi.useRealTimers()
})

describe.each([
  { what: 'a short list', count: 999, everyMs: 16 },
  { what: 'a long one', count: 1000, everyMs: 200 },
])('$what', ({ count, everyMs }) => {
  it(`tells of what comes after a rest at once, and then of all changes together every ${everyMs} ms`, () => {
    const list = createUploadList()
    let told = 0
    list.subscribe(() => {
      told += 1
    })
    const uploads = Array.from({ length: count }, (_, number) => {
      return { id: `u${number}`, route: 'demo', addedAt: 0, file: new File(['x'], 'a.txt'), phase: 'queued' as const }
    })
    list.add(uploads)
    vi.advanceTimersByTime(1)
    expect(told).toBe(1)

    for (const { id } of uploads.slice(0, 500)) list.dispatch(id, { type: 'signing' })
    vi.advanceTimersByTime(everyMs - 2)
    expect(told).toBe(1)
    list.dispatch('u600', { type: 'signing' })
    vi.advanceTimersByTime(1)
    expect(told).toBe(2)
    expect(list.getSnapshot().filter(({ phase }) => phase === 'signing')).toHaveLength(501)

    vi.advanceTimersByTime(1000)
    expect(told, 'nothing has changed').toBe(2)
    list.dispatch('u601', { type: 'cancelled' })
    vi.advanceTimersByTime(1)
    expect(told).toBe(3)
  })
})

it('gives the same array as long as nothing has changed', () => {
  const list = createUploadList()
  const before = list.getSnapshot()
  expect(list.getSnapshot()).toBe(before)
  list.add([{ id: 'u', route: 'demo', addedAt: 0, file: new File(['x'], 'a.txt'), phase: 'queued' }])
  const after = list.getSnapshot()
  expect(after).not.toBe(before)
  expect(list.getSnapshot()).toBe(after)
  list.dispatch('u', { type: 'signing' })
  expect(list.getSnapshot()).not.toBe(after)
})

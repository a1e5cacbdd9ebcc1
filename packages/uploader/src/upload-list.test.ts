import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Upload } from './upload.ts'
import { createUploadList } from './upload-list.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] })
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
    const uploads = uploadsOf(count)
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

  it('tells of the last one that ends within a frame', () => {
    const list = createUploadList()
    const toldOf: number[] = []
    const ended = () => list.getSnapshot().filter(({ phase }) => phase === 'cancelled').length
    list.subscribe(() => toldOf.push(ended()))
    list.add(uploadsOf(count))
    vi.advanceTimersByTime(1)
    expect(list.isWorking()).toBe(true)

    for (const { id } of list.getSnapshot().slice(1)) list.dispatch(id, { type: 'cancelled' })
    vi.advanceTimersByTime(everyMs - 2)
    expect(list.isWorking()).toBe(true)
    expect(toldOf, 'one is under way').toEqual([0])
    vi.advanceTimersByTime(1)
    list.dispatch('u0', { type: 'signing' })
    vi.advanceTimersByTime(1)
    list.dispatch('u0', { type: 'cancelled' })
    expect(list.isWorking()).toBe(false)
    vi.advanceTimersByTime(15)
    expect(toldOf).toEqual([0, count - 1, count])
    vi.advanceTimersByTime(1000)
    expect(toldOf, 'once').toHaveLength(3)
  })

  it('counts what is taken off it', () => {
    const list = createUploadList()
    list.add(uploadsOf(count))
    list.remove(list.getSnapshot().map(({ id }) => id))
    expect(list.isWorking()).toBe(false)
    list.remove(['u0'])
    list.add(uploadsOf(1))
    expect(list.isWorking()).toBe(true)
  })
})

it('gives the same array as long as nothing has changed', () => {
  const list = createUploadList()
  const before = list.getSnapshot()
  expect(list.getSnapshot()).toBe(before)
  list.add(uploadsOf(1))
  const after = list.getSnapshot()
  expect(after).not.toBe(before)
  expect(list.getSnapshot()).toBe(after)
  list.dispatch('u0', { type: 'signing' })
  expect(list.getSnapshot()).not.toBe(after)
})

function uploadsOf(count: number): Upload[] {
  return Array.from({ length: count }, (_, number) => {
    return { id: `u${number}`, route: 'demo', addedAt: 0, file: new File(['x'], 'a.txt'), phase: 'queued' }
  })
}

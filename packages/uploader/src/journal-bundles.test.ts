import { describe, expect, it } from 'vitest'
import { createBundles } from './journal-bundles.ts'
import type { JournalEntry } from './journal-entry.ts'

describe('entries', () => {
  it('that come together are few bundles, and stay what they were whatever comes, changes and goes', () => {
    const store = new Map<string, ReadonlyMap<string, JournalEntry>>()
    const bundles = createBundles()
    const expected = new Map<string, JournalEntry>()
    /** How many bundles it touches. */
    const change = (put: readonly JournalEntry[], remove: readonly string[]) => {
      const touched = [...bundles.change({ put, remove })]
      for (const { id, entries } of touched) {
        if (entries.size > 0) store.set(id, new Map(entries))
        else store.delete(id)
      }
      for (const entry of put) expected.set(entry.id, entry)
      for (const id of remove) expected.delete(id)
      const kept = [...store.values()].flatMap((each) => [...each])
      expect(kept).toHaveLength(expected.size)
      expect(new Map(kept)).toEqual(expected)
      return touched.length
    }

    expect(change(entries(0, 60), [])).toBe(3)
    expect(change(entries(0, 25, 1), []), 'granted in the order of the drop').toBe(1)
    expect(change(entries(60, 75), []), 'the last one is filled first').toBe(1)
    expect(change([], ids(0, 24))).toBe(1)
    expect(store.size).toBe(3)
    expect(change([], ids(24, 25))).toBe(1)
    expect(store.size).toBe(2)
    expect(change([], ['never came'])).toBe(0)
    expect(change(entries(30, 31, 2), ids(31, 33))).toBe(1)
    change([], ids(25, 26))
    change(entries(75, 101), [])
    change(entries(25, 26), [])
    change([], ids(25, 101))
    expect(store.size).toBe(0)
    change(entries(0, 3), [])
    expect(store.size).toBe(1)
  })

  it('with a handle stand alone: the browser writes it anew with everything beside it', () => {
    const handle = { getFile: async () => new File([], '') }
    const [first, second] = entries(0, 2).map((entry) => ({ ...entry, handle }))
    if (!first || !second) throw new Error('unreachable')
    const bundles = createBundles()
    const touched = bundles.change({ put: [first, ...entries(2, 4), second, ...entries(4, 6)], remove: [] })
    expect([...touched].map((bundle) => [...bundle.entries.keys()])).toEqual([['u0'], ['u2', 'u3', 'u4', 'u5'], ['u1']])
  })

  it('of another page are taken over as they stand there', () => {
    const bundles = createBundles()
    bundles.adopt({ id: 'old', entries: new Map(entries(0, 2).map((entry) => [entry.id, entry])) })
    expect([...bundles.change({ put: [], remove: ['u0'] })]).toEqual([
      { id: 'old', entries: new Map(entries(1, 2).map((entry) => [entry.id, entry])) },
    ])
  })
})

function entries(from: number, to: number, storedBytes = 0): JournalEntry[] {
  return ids(from, to).map((id) => ({
    id,
    route: 'demo',
    addedAt: 0,
    file: { name: `${id}.txt`, size: 1, type: 'text/plain', lastModified: 0 },
    stage: 'unsent',
    storedBytes,
  }))
}

function ids(from: number, to: number): string[] {
  return Array.from({ length: to - from }, (_, number) => `u${from + number}`)
}

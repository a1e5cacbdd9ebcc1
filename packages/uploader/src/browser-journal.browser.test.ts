import { afterEach, expect, it } from 'vitest'
import { browserJournal } from './browser-journal.ts'
import type { Journal } from './journal.ts'
import type { JournalEntry } from './journal-entry.ts'

// The browser's own IndexedDB and locks. Each journal is the life of a page.

const NAME = 'journal of many lives'
const open: Journal[] = []
afterEach(() => {
  for (const journal of open.splice(0)) journal.close()
  indexedDB.deleteDatabase(NAME)
})

it('gives a page what the one before it left, changed and with what has ended taken out, life after life', async () => {
  const first = live()
  await first.write({ put: entries(0, 60, 0), remove: [] })
  await first.write({ put: entries(10, 20, 7), remove: ['u0', 'u59'] })
  first.close()

  const second = live()
  expect(sorted(await second.adopt())).toEqual(
    sorted([...entries(1, 10, 0), ...entries(10, 20, 7), ...entries(20, 59, 0)]),
  )
  await second.write({ put: entries(60, 61, 0), remove: entries(1, 50, 0).map(({ id }) => id) })
  await second.write({ put: entries(50, 51, 9), remove: [] })
  second.close()

  const third = live()
  expect(sorted(await third.adopt())).toEqual(
    sorted([...entries(50, 51, 9), ...entries(51, 59, 0), ...entries(60, 61, 0)]),
  )
  await third.write({ put: [], remove: entries(50, 61, 0).map(({ id }) => id) })
  third.close()
  expect(await live().adopt()).toEqual([])
  expect(await bundlesOnDisk(), 'nothing is left behind').toBe(0)
})

it('keeps from a page what another one lives with', async () => {
  const one = live()
  await one.write({ put: entries(0, 3, 0), remove: [] })
  const other = live()
  expect(await other.adopt()).toEqual([])
  await other.write({ put: entries(3, 6, 0), remove: [] })
  one.close()
  expect(sorted(await other.adopt())).toEqual(entries(0, 3, 0))
}, 15_000)

function live(): Journal {
  const journal = browserJournal(NAME)
  if (journal === undefined) throw new Error('this browser keeps no journal')
  open.push(journal)
  return journal
}

function bundlesOnDisk(): Promise<number> {
  return new Promise((resolve, reject) => {
    const opening = indexedDB.open(NAME)
    opening.onerror = () => reject(opening.error)
    opening.onsuccess = () => {
      const database = opening.result
      const counting = database.transaction('bundles').objectStore('bundles').count()
      counting.onsuccess = () => {
        database.close()
        resolve(counting.result)
      }
    }
  })
}

function entries(from: number, to: number, storedBytes: number): JournalEntry[] {
  return Array.from({ length: to - from }, (_, number) => ({
    id: `u${from + number}`,
    route: 'demo',
    addedAt: 0,
    file: { name: `${from + number}.txt`, size: 1, type: 'text/plain', lastModified: 0 },
    stage: 'unsent',
    storedBytes,
  }))
}

function sorted(kept: readonly JournalEntry[]): JournalEntry[] {
  return kept.toSorted((a, b) => Number(a.id.slice(1)) - Number(b.id.slice(1)))
}

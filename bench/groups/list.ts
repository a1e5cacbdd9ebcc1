import type { Store } from '@oss-direct/server'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow, median } from '../bench-row.ts'
import type { Chart } from '../chart.ts'
import { COUNTS, filledDatabase, type System } from '../filled-databases.ts'
import { runInTurns, type Turn } from '../in-turns.ts'
import { openStore } from '../open-store.ts'
import { createdAtOf, newUpload, OWNERS, ownerOf } from '../stored-uploads.ts'

const [FEW, MORE, MANY] = COUNTS
const ROUNDS = 5
const PAGES = 200
/** Read beforehand, as a server that has run for a while has: what is cached and what is mapped is then as it stays. */
const PAGES_BEFORE = 3000
const SETTLES = 100
/** A ratio of two times: with a million records it may be half as slow again as with a thousand. */
const TARGET = 0.667

export const group: BenchGroup = {
  about: `One page of 20 records, one claim and end, and one grant, asked of the store itself, with ${OWNERS} owners. Half of the pages lie anywhere in the past, and ${PAGES_BEFORE.toLocaleString('en')} others were read before. Both databases flush what they commit; PostgreSQL is otherwise as it comes, on the same machine.`,
  async measure() {
    const stores: Store[] = []
    const open = async (system: System, count: (typeof COUNTS)[number]) => {
      const store = await openStore(await filledDatabase(system, count))
      stores.push(store)
      return store
    }
    try {
      const turns: Turn[] = []
      for (const count of COUNTS) {
        // The one is filled while the other is.
        const [sqlite, postgres] = await Promise.all([open('SQLite', count), open('PostgreSQL', count)])
        for (const store of [sqlite, postgres]) await listPages(store, count, PAGES_BEFORE)
        turns.push(
          { name: `list ${count}`, run: () => listPages(sqlite, count, PAGES) },
          { name: `list in PostgreSQL ${count}`, run: () => listPages(postgres, count, PAGES) },
          { name: `settle ${count}`, run: () => settleSome(sqlite) },
          { name: `grant ${count}`, run: () => insertSome(sqlite) },
        )
      }
      const times = await runInTurns(ROUNDS, turns)
      const row = (name: string, ours: string, [theirs, rival]: readonly [string, string], target?: number) =>
        benchRow('list', {
          name,
          rival,
          unit: 'ms',
          ours: times.get(ours) ?? [],
          theirs: times.get(theirs) ?? [],
          ...(target === undefined ? {} : { target }),
        })
      const beside = (name: string, verb: string, count: number, target?: number) =>
        row(name, `${verb} ${count}`, [`${verb} ${FEW}`, 'the same with 1,000 records'], target)
      return {
        rows: [
          beside('a page among 100,000 records', 'list', MORE),
          beside('a page among 1,000,000 records', 'list', MANY, TARGET),
          beside('settling one among 100,000', 'settle', MORE),
          beside('settling one among 1,000,000', 'settle', MANY, TARGET),
          beside('keeping one grant beside 1,000,000', 'grant', MANY, TARGET),
          beside('PostgreSQL: a page among 1,000,000', 'list in PostgreSQL', MANY),
          row('PostgreSQL: a page among 1,000,000', `list in PostgreSQL ${MANY}`, [
            `list ${MANY}`,
            'the same in SQLite',
          ]),
        ],
        charts: chartsOf(times),
      }
    } finally {
      for (const store of stores) await store.close()
    }
  },
}

const LEAST_BEHIND = 22 * OWNERS

/** Milliseconds a page; every other one lies anywhere in the past. */
async function listPages(store: Store, count: number, pages: number): Promise<number> {
  const startedAt = performance.now()
  for (let page = 0; page < pages; page += 1) {
    // With a whole page of this owner behind it.
    const at = LEAST_BEHIND + Math.floor(Math.random() * (count - LEAST_BEHIND))
    const before = { createdAt: createdAtOf(at), id: 'f' }
    const uploads = await store.list({ owner: ownerOf(page), limit: 21, ...(page % 2 === 0 ? {} : { before }) })
    if (uploads.length !== 21) throw new Error(`A page has ${uploads.length} records`)
  }
  return (performance.now() - startedAt) / pages
}

/** Milliseconds a record, its claim and its end, each flushed; the records are new ones. */
async function settleSome(store: Store): Promise<number> {
  const uploads = Array.from({ length: SETTLES }, (_, index) => newUpload(index, 'granted'))
  await store.insert(uploads, [])
  const startedAt = performance.now()
  for (const { id } of uploads) {
    const now = new Date()
    const found = await store.find(id)
    await store.claim(id, { holder: id, until: new Date(now.getTime() + 15_000), now })
    const object = { size: 2_000_000, mimeType: 'image/jpeg', etag: '5D41402ABC4B2A76B9719D911017C592' }
    const isEnded = await store.end(id, id, { status: 'settled', at: now, evidence: 'callback', object, result: {} })
    if (found === undefined || !isEnded) throw new Error('The record was not settled')
  }
  return (performance.now() - startedAt) / SETTLES
}

/** Milliseconds a grant with its quota, flushed. */
async function insertSome(store: Store): Promise<number> {
  const now = new Date()
  const quota = { account: 'somebody', now, openGrants: 100_000, bytesPerDay: 1024 ** 4 }
  const uploads = Array.from({ length: SETTLES }, (_, index) => ({ ...newUpload(index), account: 'somebody' }))
  const startedAt = performance.now()
  for (const upload of uploads) await store.insert([upload], [], quota)
  return (performance.now() - startedAt) / SETTLES
}

function chartsOf(times: ReadonlyMap<string, number[]>): Chart[] {
  const line = (name: string, verb: string) => ({
    name,
    points: COUNTS.map((count) => [count, median(times.get(`${verb} ${count}`) ?? [])] as const),
  })
  const axes = { x: 'records', y: 'ms each' }
  return [
    {
      ...axes,
      name: 'lists',
      title: 'A page of 20 records',
      lines: [line('SQLite', 'list'), line('PostgreSQL', 'list in PostgreSQL')],
    },
    {
      ...axes,
      name: 'records',
      title: 'The store as it grows (SQLite)',
      lines: [line('claim and end', 'settle'), line('a grant', 'grant')],
    },
  ]
}

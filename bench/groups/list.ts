import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openSqliteStore, type Store, type StoredUpload } from '@oss-direct/server'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow } from '../bench-row.ts'
import type { Chart } from '../chart.ts'
import { runInTurns } from '../in-turns.ts'

const COUNTS = [1000, 100_000, 1_000_000] as const
const OWNERS = 20
const ROUNDS = 5
const PAGES = 200
const SETTLES = 100
/** A ratio of two times: with a million records it may be half as slow again as with a thousand. */
const TARGET = 0.667

export const group: BenchGroup = {
  about: `One page of 20 records, and one claim and end, with ${OWNERS} owners in durable SQLite. Half of the pages lie anywhere in the past.`,
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'list-bench-'))
    const stores = new Map<number, Store>()
    try {
      for (const count of COUNTS) stores.set(count, await filledStore(join(folder, `${count}.db`), count))
      const turns = COUNTS.flatMap((count) => {
        const store = stores.get(count)
        if (store === undefined) throw new Error('unreachable')
        return [
          { name: `list ${count}`, run: () => listPages(store, count) },
          { name: `settle ${count}`, run: () => settleSome(store) },
          { name: `grant ${count}`, run: () => insertSome(store) },
        ]
      })
      const times = await runInTurns(ROUNDS, turns)
      const row = (name: string, verb: string) =>
        benchRow('list', {
          name,
          rival: 'the same with 1,000 records',
          unit: 'ms',
          ours: times.get(`${verb} ${COUNTS[2]}`) ?? [],
          theirs: times.get(`${verb} ${COUNTS[0]}`) ?? [],
          target: TARGET,
        })
      return {
        rows: [
          row('a page among 1,000,000 records', 'list'),
          row('settling one among 1,000,000', 'settle'),
          row('keeping one grant beside 1,000,000', 'grant'),
        ],
        charts: [chartOf(times)],
      }
    } finally {
      for (const store of stores.values()) await store.close()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Filled by the store's own bulk statement, some hundred records each. */
async function filledStore(file: string, count: number): Promise<Store> {
  const store = await openSqliteStore({ file })
  const PER_STATEMENT = 500
  for (let made = 0; made < count; made += PER_STATEMENT * 40) {
    const batches = Array.from({ length: Math.min(40, Math.ceil((count - made) / PER_STATEMENT)) }, (_, batch) =>
      Array.from({ length: PER_STATEMENT }, (_, index) => newUpload(made + batch * PER_STATEMENT + index)),
    )
    // Together: one flush for all of them.
    await Promise.all(batches.map((uploads) => store.insert(uploads, [])))
  }
  return store
}

const STARTED_AT = Date.now() - 30 * 24 * 60 * 60_000
const createdAtOf = (index: number) => new Date(STARTED_AT + index * 2000)
const LEAST_BEHIND = 22 * OWNERS
const owner = (index: number) => `owner-${index % OWNERS}`

function newUpload(index: number, status: 'settled' | 'granted' = 'settled'): StoredUpload {
  const id = randomBytes(16).toString('hex')
  const createdAt = createdAtOf(index)
  const object = { size: 2_000_000, mimeType: 'image/jpeg', etag: '5D41402ABC4B2A76B9719D911017C592' }
  return {
    id,
    owner: owner(index),
    account: owner(index),
    caller: { id: owner(index) },
    route: 'photo',
    bucket: 'uploads',
    key: `photo/${id}.jpg`,
    transport: 'post',
    file: { name: `holiday-${index}.jpg`, size: object.size, type: object.mimeType },
    mimeType: object.mimeType,
    createdAt,
    expiresAt: new Date(createdAt.getTime() + 900_000),
    acceptedUntil: new Date(createdAt.getTime() + 87_300_000),
    status,
    attempts: 0,
    ...(status === 'granted' ? { dueAt: new Date(createdAt.getTime() + 960_000) } : {}),
  }
}

/** Milliseconds a page; every other one lies anywhere in the past. */
async function listPages(store: Store, count: number): Promise<number> {
  const startedAt = performance.now()
  for (let page = 0; page < PAGES; page += 1) {
    // With a whole page of this owner behind it.
    const at = LEAST_BEHIND + Math.floor(Math.random() * (count - LEAST_BEHIND))
    const before = { createdAt: createdAtOf(at), id: 'f' }
    const uploads = await store.list({ owner: owner(page), limit: 21, ...(page % 2 === 0 ? {} : { before }) })
    if (uploads.length !== 21) throw new Error(`A page has ${uploads.length} records`)
  }
  return (performance.now() - startedAt) / PAGES
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

function chartOf(times: ReadonlyMap<string, number[]>): Chart {
  const lines = [
    ['list', 'a page of 20'],
    ['settle', 'claim and end'],
    ['grant', 'a grant'],
  ].map(([verb, name = '']) => ({
    name,
    points: COUNTS.map((count) => [count, median(times.get(`${verb} ${count}`) ?? [])] as const),
  }))
  return { name: 'records', title: 'The store as it grows (SQLite)', x: 'records', y: 'ms each', lines }
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

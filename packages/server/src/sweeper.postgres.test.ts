import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDatabase, type TestDatabase } from '../test/postgres-database.ts'
import { postForm, type Stage, startStage } from '../test/stage.ts'
import { openPostgresStore } from './postgres-store.ts'
import type { StoredUpload } from './store.ts'
import { type UploadedEvent, uploadRoute } from './upload-route.ts'
import { createUploads, type Uploads } from './uploads.ts'

// Three servers on one database and one bucket, each with its own sweeper.

let database: TestDatabase
let stage: Stage
let servers: Uploads[]
const running = new Set<string>()
const overlaps: string[] = []
const ended = new Map<string, number>()
let onUploaded: (event: UploadedEvent) => Promise<unknown>

beforeAll(async () => {
  database = await createDatabase()
  const routes = {
    demo: uploadRoute({
      onUploaded: async (event) => {
        const { id } = event
        if (running.has(id)) overlaps.push(id)
        running.add(id)
        try {
          const answer = await onUploaded(event)
          ended.set(id, (ended.get(id) ?? 0) + 1)
          return answer
        } finally {
          running.delete(id)
        }
      },
    }),
  }
  const open = () => openPostgresStore({ connectionString: database.url })
  const sweep = { intervalMs: 'never', firstLookMs: 0, retryAfterMs: 1, maxAttempts: 1000 } as const
  // Long enough for a machine that is busy with other tests: whoever cannot renew a lease in time loses it, as it should be.
  const uploads = { callbackUrl: 'none', sweep, answerWithinMs: 100, leaseMs: 4000 }
  stage = await startStage({ routes, uploads: { ...uploads, store: await open() } })
  const server = async (index: number) =>
    createUploads({
      ...uploads,
      identify: () => ({ id: `server ${index}` }),
      routes,
      oss: { publicAddress: stage.address, credentials: stage.credentials },
      secret: 'a secret of the tests, long enough',
      store: await open(),
    })
  servers = await Promise.all([1, 2, 3].map(server))
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await stage.close()
  await database.drop()
})

const send = async (count: number): Promise<string[]> => {
  const ann = stage.as('ann')
  const ids: string[] = []
  for (let sent = 0; sent < count; sent += 20) {
    const grants = await Promise.all(Array.from({ length: Math.min(20, count - sent) }, () => ann.grant()))
    await Promise.all(grants.map((grant) => postForm(grant, 'hello')))
    ids.push(...grants.map(({ id }) => id))
  }
  return ids
}
const recordsOf = (ids: string[]) => Promise.all(ids.map((id) => stage.store.find(id)))
const isSettled = (upload: StoredUpload | undefined) => upload?.status === 'settled'

describe('three sweepers on one database', () => {
  it('settle a hundred uploads: each hook once at a time, once in all, none lost', async () => {
    onUploaded = () => sleep(20, 'swept')
    const ids = await send(100)
    const reports = await Promise.all(servers.map((server) => server.sweep()))
    const taken = reports.map(({ settled, running: slow }) => settled + slow)
    expect(taken.reduce((sum, count) => sum + count, 0)).toBe(100)
    for (const count of taken) expect(count).toBeGreaterThan(0)
    await vi.waitFor(async () => expect((await recordsOf(ids)).filter(isSettled)).toHaveLength(100), 5000)
    expect(ids.map((id) => ended.get(id))).toEqual(Array(100).fill(1))
    expect(overlaps).toEqual([])
  })

  it('with hooks that fail, that take longer than a lease, and confirmations in between: still once at a time', async () => {
    let calls = 0
    onUploaded = async () => {
      calls += 1
      const turn = calls
      await sleep(turn % 20 === 0 ? 5000 : 5)
      if (turn % 3 === 0) throw new Error('every third time')
      return 'swept'
    }
    const ids = await send(60)
    const ann = stage.as('ann')
    // Rounds are quick once little is due, and the last hook may just be a slow one that fails: time is the limit.
    const startedAt = Date.now()
    for (let round = 0; Date.now() - startedAt < 40_000; round += 1) {
      const some = ids.filter((_, index) => index % 7 === round % 7)
      await Promise.all([...servers.map((server) => server.sweep()), ...some.map((id) => ann.confirm(id))])
      if ((await recordsOf(ids)).every(isSettled)) break
      await sleep(20)
    }
    expect((await recordsOf(ids)).filter(isSettled)).toHaveLength(60)
    expect(ids.map((id) => ended.get(id))).toEqual(Array(60).fill(1))
    expect(overlaps).toEqual([])
  }, 60_000)

  it('take over what a server held that died', async () => {
    onUploaded = () => Promise.resolve('swept')
    const [id = ''] = await send(1)
    const now = new Date()
    const lease = { holder: 'dead', until: new Date(now.getTime() + 500), now }
    expect(await stage.store.claim(id, lease)).toMatchObject({ id })
    for (const server of servers) expect(await server.sweep()).toMatchObject({ settled: 0 })
    await sleep(600)
    const reports = await Promise.all(servers.map((server) => server.sweep()))
    expect(reports.map(({ settled, running: slow }) => settled + slow).sort()).toEqual([0, 0, 1])
    await vi.waitFor(async () => {
      expect(await stage.store.find(id)).toMatchObject({ status: 'settled', evidence: 'head', result: 'swept' })
    })
  })
})

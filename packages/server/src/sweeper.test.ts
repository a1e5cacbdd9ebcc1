import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Client,
  postForm,
  putObject,
  type Stage,
  type StageOptions,
  sendUnseen,
  startStage,
} from '../test/stage.ts'
import type { SweepOptions, SweepReport } from './sweeper.ts'
import { type FailedEvent, type UploadedEvent, uploadRoute } from './upload-route.ts'

let onUploaded: (event: UploadedEvent) => unknown
const events: UploadedEvent[] = []
const failures: FailedEvent[] = []
const log: { level: string; message: string; facts: object }[] = []
let stage: Stage
let ann: Client

const start = async (sweep: SweepOptions = {}, uploads: StageOptions['uploads'] = {}) => {
  const writer = (level: string) => (facts: object, message: string) => void log.push({ level, message, facts })
  stage = await startStage({
    routes: {
      demo: uploadRoute({
        onUploaded: (event) => {
          events.push(event)
          return onUploaded(event)
        },
        onFailed: (event) => void failures.push(event),
      }),
    },
    uploads: {
      sweep: { intervalMs: 'never', firstLookMs: 0, ...sweep },
      logger: { info: writer('info'), warn: writer('warn'), error: writer('error') },
      ...uploads,
    },
  })
  ann = stage.as('ann')
}
const nothing: SweepReport = {
  settled: 0,
  failed: 0,
  expired: 0,
  retrying: 0,
  gaveUp: 0,
  postponed: 0,
  waiting: 0,
  running: 0,
}
const headsOf = (key: string) =>
  stage.emulator.requests.list().filter((request) => request.key === key && request.operation === 'HeadObject')

beforeEach(() => {
  onUploaded = () => 'fine'
  for (const list of [events, failures, log]) list.length = 0
})
afterEach(() => stage.close())

describe('a sweep', () => {
  it('settles what is in the bucket though no callback came, and says so in one line', async () => {
    await start()
    const grant = await sendUnseen(stage, ann)
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, settled: 1 })
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'head', result: 'fine' })
    expect(events).toMatchObject([{ id: grant.id, caller: { id: 'ann' }, size: 5, evidence: 'head' }])
    expect(await stage.uploads.sweep()).toEqual(nothing)
    const lines = log.filter(({ message }) => message === 'uploads swept')
    expect(lines).toMatchObject([{ level: 'info', facts: { settled: 1, failed: 0 } }])
  })

  it('leaves alone what was granted just now, what has ended, and what somebody holds', async () => {
    await start({ firstLookMs: 60_000 })
    await sendUnseen(stage, ann)
    await postForm(await ann.grant(), 'hello')
    expect(await stage.uploads.sweep()).toEqual(nothing)
    await stage.close()

    await start()
    const held = await sendUnseen(stage, ann)
    const now = new Date()
    await stage.store.claim(held.id, { holder: 'somebody', until: new Date(now.getTime() + 60_000), now })
    expect(await stage.uploads.sweep()).toEqual(nothing)
    expect(events.map(({ id }) => id)).not.toContain(held.id)
  })

  it('looks ever more seldom for what does not come', async () => {
    await start({ retryAfterMs: 60_000 })
    const grant = await ann.grant()
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, waiting: 1 })
    expect(await stage.uploads.sweep()).toEqual(nothing)
    expect(headsOf(grant.key)).toHaveLength(1)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted' })
    expect(log.map(({ message }) => message)).not.toContain('uploads swept')
  })

  it('expires what never came when its grant ends, and settles what comes after that all the same', async () => {
    await start({ retryAfterMs: 1 }, { policyLifetimeMs: 300, maxTransferMs: 60_000 })
    const [unused, late] = [await ann.grant(), await ann.grant()]
    let expired = 0
    await vi.waitFor(async () => {
      expired += (await stage.uploads.sweep()).expired
      expect([await ann.record(unused.id), await ann.record(late.id)].map(({ status }) => status)).toEqual([
        'expired',
        'expired',
      ])
    })
    expect(Date.now()).toBeGreaterThanOrEqual(Date.parse(unused.expiresAt))
    await putObject(stage, late.key, { content: 'hello', type: 'text/plain' })
    await vi.waitFor(async () => {
      expired += (await stage.uploads.sweep()).expired
      expect(await ann.record(late.id)).toMatchObject({ status: 'settled', evidence: 'head' })
    }, 5000)
    await vi.waitFor(async () => expect(await stage.uploads.sweep()).toEqual({ ...nothing, waiting: 1 }), 5000)
    expect(expired).toBe(2)
    expect((await stage.store.find(unused.id))?.dueAt).toBeInstanceOf(Date)
  })

  it('looks a last time when nothing can come any more', async () => {
    await start({ retryAfterMs: 1 }, { policyLifetimeMs: 100, maxTransferMs: 100 })
    const grant = await ann.grant()
    await sleep(250)
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, expired: 1 })
    expect(await stage.store.find(grant.id)).not.toHaveProperty('dueAt')
  })

  it('deletes another object than the granted one, and tells the application once', async () => {
    await start()
    const grant = await ann.grant()
    await putObject(stage, grant.key, { content: 'hello, world', type: 'text/plain' })
    const reports = await Promise.all([stage.uploads.sweep(), stage.uploads.sweep(), stage.uploads.sweep()])
    expect(reports.map(({ failed }) => failed).sort()).toEqual([0, 0, 1])
    expect(failures.map(({ id, error }) => [id, error.code])).toEqual([[grant.id, 'object-mismatch']])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'failed', error: { code: 'object-mismatch' } })
    expect(await ann.record(grant.id)).not.toHaveProperty('retry')
    expect(events).toEqual([])
  })

  it('takes no more than a batch, and the oldest first', async () => {
    await start({ batchSize: 2, parallel: 1 })
    const ids: string[] = []
    for (let count = 0; count < 3; count += 1) ids.push((await sendUnseen(stage, ann)).id)
    expect(await stage.uploads.sweep()).toMatchObject({ settled: 2 })
    expect(events.map(({ id }) => id)).toEqual(ids.slice(0, 2))
    expect(await stage.uploads.sweep()).toMatchObject({ settled: 1 })
  })
})

describe('an application that fails', () => {
  beforeEach(() => {
    onUploaded = () => {
      throw new Error('the database is down: hunter2')
    }
  })

  it('is tried again by the sweeper until it takes the upload, and the owner sees when', async () => {
    await start({ retryAfterMs: 200 })
    const grant = await ann.grant()
    expect((await postForm(grant, 'hello')).status).toBe(203)
    const first = await ann.record(grant.id)
    expect(first).toMatchObject({
      status: 'granted',
      error: { code: 'application-failed' },
      retry: { attempts: 1, gaveUp: false, nextAttemptAt: expect.any(String) },
    })
    expect(JSON.stringify(first)).not.toContain('hunter2')
    expect(await stage.uploads.sweep()).toEqual(nothing)

    const wait = Date.parse(first.retry?.nextAttemptAt ?? '') - Date.now()
    expect(wait).toBeLessThanOrEqual(250)
    await sleep(wait + 10)
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, retrying: 1 })
    const second = await ann.record(grant.id)
    expect(second.retry).toMatchObject({ attempts: 2, gaveUp: false })
    // Twice as long, a quarter more or less.
    expect(Date.parse(second.retry?.nextAttemptAt ?? '') - Date.now()).toBeGreaterThan(250)

    onUploaded = () => 'mended'
    await sleep(520)
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, settled: 1 })
    const settled = await ann.record(grant.id)
    expect(settled).toMatchObject({ status: 'settled', result: 'mended' })
    expect(settled).not.toHaveProperty('retry')
    expect(settled).not.toHaveProperty('error')
  })

  it('is given up after so many tries, for good, and a confirmation still settles', async () => {
    await start({ maxAttempts: 3, retryAfterMs: 1 })
    const grant = await sendUnseen(stage, ann)
    const reports: SweepReport[] = []
    for (let count = 0; count < 5; count += 1) {
      reports.push(await stage.uploads.sweep())
      await sleep(20)
    }
    expect(reports.map(({ retrying, gaveUp }) => [retrying, gaveUp])).toEqual([
      [1, 0],
      [1, 0],
      [0, 1],
      [0, 0],
      [0, 0],
    ])
    expect(events).toHaveLength(3)
    const record = await ann.record(grant.id)
    expect(record.retry).toEqual({ attempts: 3, gaveUp: true })
    expect(record).toMatchObject({ status: 'granted', error: { code: 'application-failed' } })
    expect(log).toContainEqual({
      level: 'error',
      message: 'the application failed too often: this upload is not tried again',
      facts: { uploadId: grant.id, route: 'demo', attempts: 3 },
    })
    expect(failures).toEqual([])

    expect((await ann.confirm(grant.id)).status).toBe(502)
    expect((await ann.record(grant.id)).retry).toEqual({ attempts: 3, gaveUp: true })
    onUploaded = () => 'mended'
    expect((await ann.confirm(grant.id)).body).toMatchObject({ result: 'mended' })
  })

  it('is not given up because a browser asks often', async () => {
    await start({ maxAttempts: 3, retryAfterMs: 60_000 })
    const grant = await sendUnseen(stage, ann)
    expect((await ann.confirm(grant.id)).status).toBe(502)
    const { retry } = await ann.record(grant.id)
    for (let count = 0; count < 5; count += 1) expect((await ann.confirm(grant.id)).status).toBe(502)
    expect(events).toHaveLength(6)
    expect((await ann.record(grant.id)).retry).toEqual(retry)
    expect(retry).toMatchObject({ attempts: 1, gaveUp: false })
  })

  it('or hangs holds up no other upload, keeps its claim, and takes one place of the sweeper', async () => {
    let hanging = ''
    let end: (answer: string) => void = () => {}
    onUploaded = ({ id }) => (id === hanging ? new Promise((resolve) => (end = resolve)) : 'fine')
    await start({ parallel: 2 }, { answerWithinMs: 1000, leaseMs: 2000 })
    hanging = (await sendUnseen(stage, ann)).id
    const others = [await sendUnseen(stage, ann), await sendUnseen(stage, ann), await sendUnseen(stage, ann)]
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, settled: 3, running: 1 })
    for (const { id } of others) expect(await ann.record(id)).toMatchObject({ status: 'settled' })
    await sleep(3000)
    expect(await stage.uploads.sweep()).toEqual(nothing)
    expect(events.filter(({ id }) => id === hanging)).toHaveLength(1)
    end('late')
    await vi.waitFor(async () => expect(await ann.record(hanging)).toMatchObject({ result: 'late' }))
  })

  it('or hangs in every place of the sweeper: no more of them are started', async () => {
    onUploaded = () => new Promise(() => {})
    await start({ parallel: 2 }, { answerWithinMs: 20 })
    for (let count = 0; count < 4; count += 1) await sendUnseen(stage, ann)
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, running: 2 })
    // The sweep does not wait for the bucket either.
    await vi.waitFor(() => expect(events).toHaveLength(2), 10_000)
    expect(await stage.uploads.sweep()).toEqual(nothing)
    expect(events).toHaveLength(2)
  })
})

describe('OSS that does not answer', () => {
  it('is left alone for the rest of the sweep; nothing is given up for it, and others have their turn first', async () => {
    await start({ parallel: 1, maxAttempts: 1, retryAfterMs: 60_000 })
    const grants = [await sendUnseen(stage, ann), await sendUnseen(stage, ann)]
    stage.emulator.faults.set({ name: 'error', operation: 'HeadObject', status: 503, code: 'ServiceUnavailable' })
    const asked = () => grants.map(({ key }) => headsOf(key).length > 0)
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, postponed: 1 })
    expect(asked()).toEqual([true, false])
    expect(await stage.uploads.sweep()).toEqual({ ...nothing, postponed: 1 })
    expect(asked()).toEqual([true, true])
    expect(await stage.uploads.sweep()).toEqual(nothing)
    for (const { id } of grants) {
      const record = await ann.record(id)
      expect(record).toMatchObject({ status: 'granted', error: { code: 'oss-unavailable' } })
      expect(record).not.toHaveProperty('retry')
      expect((await stage.store.find(id))?.dueAt).toBeInstanceOf(Date)
    }
  })
})

describe('by itself', () => {
  it('it sweeps, at once again where more was due than a batch, and stops when the uploads close', async () => {
    // A first look that comes before the file would be followed by the next one much later.
    await start({ intervalMs: 2000, batchSize: 1, firstLookMs: 500 })
    for (let count = 0; count < 3; count += 1) await sendUnseen(stage, ann)
    await vi.waitFor(() => expect(events.length).toBeGreaterThan(0), { timeout: 5000, interval: 20 })
    await vi.waitFor(() => expect(events).toHaveLength(3), { timeout: 1500, interval: 20 })
    const find = vi.spyOn(stage.store, 'claimDue')
    await stage.uploads.close()
    find.mockClear()
    await sleep(2200)
    expect(find).not.toHaveBeenCalled()
    expect(log.filter(({ level }) => level !== 'info')).toEqual([])
  })

  it('a sweep that fails is logged, and the next one comes all the same', async () => {
    await start({ intervalMs: 20, firstLookMs: 500 })
    const find = vi.spyOn(stage.store, 'claimDue').mockRejectedValue(new Error('the database is away'))
    await vi.waitFor(() =>
      expect(log).toContainEqual(expect.objectContaining({ level: 'error', message: 'a sweep failed' })),
    )
    find.mockRestore()
    const { id } = await sendUnseen(stage, ann)
    await vi.waitFor(async () => expect(await ann.record(id)).toMatchObject({ status: 'settled' }), 5000)
  })

  it('it ends what it has begun before the uploads close', async () => {
    onUploaded = () => sleep(300, 'in time')
    await start({ parallel: 1 })
    const grants = [await sendUnseen(stage, ann), await sendUnseen(stage, ann)]
    const sweep = stage.uploads.sweep()
    await vi.waitFor(() => expect(events).toHaveLength(1))
    const ended = vi.spyOn(stage.store, 'end')
    await stage.uploads.close()
    expect(await sweep).toEqual({ ...nothing, settled: 1 })
    expect(ended.mock.calls.map(([id, , { status }]) => [id, status])).toEqual([[grants[0]?.id, 'settled']])
  })
})

it.each([
  [{ intervalMs: 0 }, 'sweep.intervalMs must be a whole number, 1 or more, not 0'],
  [{ batchSize: 1.5 }, 'sweep.batchSize'],
  [{ parallel: 0 }, 'sweep.parallel'],
])('%o is refused at once', async (sweep, message) => {
  await start()
  await expect(startStage({ uploads: { sweep } })).rejects.toThrow(message)
})

import { UploadError } from '@oss-direct/shared'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  callbackBodyOf,
  postForm,
  putObject,
  SECRET,
  type Stage,
  type StageOptions,
  sendUnseen,
  startStage,
} from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'
import type { UploadsEvent } from './uploads-event.ts'

let stage: Stage
afterEach(() => stage.close())
const start = async (options: StageOptions = {}) => {
  stage = await startStage(options)
  return stage.as('ann')
}
const took = { tookMs: expect.any(Number) }
const sinceGrantMs = expect.any(Number)
const aFile = { name: 'a.txt', size: 5, type: 'text/plain' }

const demo = (onUploaded: () => unknown) => ({
  routes: { demo: uploadRoute({ transports: ['post', 'put'], maxBytes: 10, onUploaded }) },
})

describe('the observer is told', () => {
  it('what was granted by transport, and what was refused by code', async () => {
    const ann = await start(demo(() => null))
    await ann.send('POST', '', { route: 'demo', files: [aFile, aFile, { ...aFile, size: 11 }] })
    await ann.send('POST', '', { route: 'demo', transport: 'sts', files: [aFile, aFile] })
    await ann.send('POST', '', { route: `demo${'x'.repeat(40)}`, files: [aFile] })
    await stage.as('').send('POST', '', { route: 'demo', files: [aFile] })
    expect(stage.events).toEqual([
      { type: 'grants', route: 'demo', granted: ['post', 'post'], refused: ['file-too-large'], ...took },
      {
        type: 'grants',
        route: 'demo',
        granted: [],
        refused: ['transport-unsupported', 'transport-unsupported'],
        ...took,
      },
      { type: 'grants', granted: [], refused: ['route-unknown'], ...took },
      { type: 'grants', route: 'demo', granted: [], refused: ['not-signed-in'], ...took },
    ])
  })

  it('of a callback, its hook and the end of the upload', async () => {
    const ann = await start(demo(() => null))
    await postForm(await ann.grant(), 'hello')
    expect(stage.events.slice(1)).toEqual([
      { type: 'hook', route: 'demo', hook: 'onUploaded', outcome: 'answered', ...took },
      { type: 'settled', route: 'demo', transport: 'post', evidence: 'callback', sinceGrantMs },
      { type: 'callback', outcome: 'accepted', ...took },
    ])
  })

  it('of a callback that was refused, and of a hook that threw', async () => {
    let isBroken = true
    const ann = await start(
      demo(() => {
        if (isBroken) throw new Error('a bug')
        return null
      }),
    )
    const grant = await ann.grant()
    await postForm(grant, 'hello')
    isBroken = false
    await ann.confirm(grant.id)
    expect(stage.events.slice(1)).toEqual([
      { type: 'hook', route: 'demo', hook: 'onUploaded', outcome: 'threw', ...took },
      { type: 'unsettled', route: 'demo', evidence: 'callback', code: 'application-failed' },
      { type: 'callback', outcome: 'refused', code: 'application-failed', ...took },
      { type: 'hook', route: 'demo', hook: 'onUploaded', outcome: 'answered', ...took },
      { type: 'settled', route: 'demo', transport: 'post', evidence: 'head', sinceGrantMs },
    ])
  })

  it('of an object that was not the granted one', async () => {
    const ann = await start(demo(() => null))
    const grant = await ann.grant()
    await putObject(stage, grant.key, { content: 'another', type: 'text/plain' })
    await ann.confirm(grant.id)
    expect(stage.events.slice(1)).toEqual([
      {
        type: 'failed',
        route: 'demo',
        transport: 'post',
        evidence: 'head',
        code: 'object-mismatch',
        sinceGrantMs,
      },
      { type: 'hook', route: 'demo', hook: 'onFailed', outcome: 'answered', ...took },
    ])
  })

  it('of a sweep, and once of a grant that ended unused, with the time since then by the clock of OSS', async () => {
    const hour = 3_600_000
    let ahead = 0
    const ann = await start({
      uploads: { now: () => new Date(Date.now() + ahead), policyLifetimeMs: hour, maxTransferMs: hour * 9 },
    })
    await ann.grant()
    for (ahead of [2 * hour, 8 * hour]) {
      stage.emulator.faults.clear()
      stage.emulator.faults.set({ name: 'clock', offsetMs: ahead })
      await stage.uploads.sweep()
    }
    const report = { settled: 0, failed: 0, retrying: 0, gaveUp: 0, postponed: 0, running: 0 }
    expect(stage.events.slice(1)).toEqual([
      { type: 'expired', route: 'demo', transport: 'post', sinceGrantMs },
      { type: 'swept', report: { ...report, expired: 1, waiting: 0 }, ...took },
      { type: 'swept', report: { ...report, expired: 0, waiting: 1 }, ...took },
    ])
    const [expired] = stage.events.flatMap((event) => (event.type === 'expired' ? [event] : []))
    expect(expired?.sinceGrantMs).toBeGreaterThanOrEqual(hour)
  })
})

describe('an observer that fails', () => {
  it.each([
    [
      'at once',
      () => {
        throw new Error('no room')
      },
    ],
    ['later', () => Promise.reject(new Error('no room')) as never],
  ])('%s is logged, and changes nothing', async (_when, observe: () => void) => {
    const error = vi.fn()
    const ann = await start({ uploads: { observe, logger: { info() {}, warn() {}, error } } })
    const grant = await ann.grant()
    expect((await postForm(grant, 'hello')).status).toBe(200)
    expect(await stage.uploads.sweep()).toMatchObject({ settled: 0 })
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled' })
    const told = error.mock.calls.map(([facts, message]) => [facts.event, facts.err.message, message])
    expect(told).toEqual(
      ['grants', 'hook', 'settled', 'callback', 'swept'].map((event) => [event, 'no room', 'the observer threw']),
    )
  })
})

it('no event has anything that only one caller, upload or request has', async () => {
  const ann = await start({
    routes: {
      demo: uploadRoute({
        transports: ['post', 'sts', 'put'],
        onUploaded: ({ file }) => {
          if (file.name === 'b.txt') throw new UploadError('forbidden', 'Secret words')
          return { key: 'k' }
        },
      }),
    },
  })
  const [grant, broken] = [await ann.grant(), await ann.grant({ name: 'b.txt' })]
  await ann.grantSession()
  await ann.grantPut()
  await postForm(grant, 'hello')
  await postForm(broken, 'hello')
  await stage.haveOssSay(callbackBodyOf(broken).replace(/ticket=.*/, 'ticket=t1.x'))
  await ann.confirm((await sendUnseen(stage, ann)).id)
  await ann.confirm('nobody')
  await stage.uploads.sweep()
  const types = new Set(stage.events.map(({ type }) => type))
  expect([...types].sort()).toEqual(['callback', 'grants', 'hook', 'settled', 'swept', 'unsettled'])
  for (const text of textsOf(stage.events)) expect(WORDS).toContain(text)
  expect(JSON.stringify(stage.events)).not.toContain(SECRET)
})

// What this test has events of: names of events, routes, transports, outcomes, codes.
const WORDS = [
  ...['grants', 'callback', 'hook', 'settled', 'unsettled', 'swept'],
  ...['demo', 'post', 'put', 'sts', 'onUploaded', 'answered', 'threw', 'accepted', 'refused', 'head'],
  ...['forbidden', 'callback-ticket-invalid'],
]

function textsOf(value: UploadsEvent[] | unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsOf) : []
}

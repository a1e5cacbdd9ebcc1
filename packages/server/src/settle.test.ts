import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Pending, UploadError } from '@oss-direct/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  type Client,
  callbackBodyOf,
  callbackRefusals,
  postForm,
  putObject,
  type Stage,
  sendUnseen,
  startStage,
} from '../test/stage.ts'
import { type FailedEvent, type UploadedEvent, uploadRoute } from './upload-route.ts'

let onUploaded = (_event: UploadedEvent): unknown => 'fine'
const events: UploadedEvent[] = []
const failures: FailedEvent[] = []
let stage: Stage
let ann: Client

beforeAll(async () => {
  const hooks = {
    onUploaded: (event: UploadedEvent) => {
      events.push(event)
      return onUploaded(event)
    },
    onFailed: (event: FailedEvent) => void failures.push(event),
  }
  stage = await startStage({
    routes: { demo: uploadRoute(hooks) },
    uploads: {
      answerWithinMs: 300,
      leaseMs: 2000,
    },
  })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => {
  onUploaded = () => 'fine'
  events.length = 0
  failures.length = 0
  stage.emulator.faults.clear()
})

describe('settling by confirmation', () => {
  it('asks the bucket, and tells the application what the bucket says', async () => {
    const grant = await sendUnseen(stage, ann)
    expect(await ann.confirm(grant.id)).toEqual({
      status: 200,
      body: { id: grant.id, status: 'settled', result: 'fine' },
    })
    expect(events).toEqual([
      {
        id: grant.id,
        route: 'demo',
        caller: { id: 'ann' },
        bucket: 'uploads',
        key: grant.key,
        size: 5,
        mimeType: 'text/plain',
        etag: '5D41402ABC4B2A76B9719D911017C592',
        crc64: expect.stringMatching(/^\d+$/),
        variables: {},
        file: { name: 'a.txt', size: 5, type: 'text/plain' },
        evidence: 'head',
      },
    ])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'head', object: { size: 5 } })
  })

  it('says that nothing has arrived, and leaves the record open', async () => {
    const grant = await ann.grant()
    expect(await ann.confirm(grant.id)).toMatchObject({
      status: 404,
      body: { code: 'object-absent', hint: 'It has not arrived yet: send it, or send it again.' },
    })
    expect((await postForm(grant, 'hello')).status).toBe(200)
  })

  it('says why when OSS does not answer, with its words', async () => {
    const grant = await sendUnseen(stage, ann)
    stage.emulator.faults.set({ name: 'error', operation: 'HeadObject', status: 403, code: 'AccessDenied', count: 1 })
    const { status, body } = await ann.confirm(grant.id)
    expect(status).toBe(502)
    expect(body).toMatchObject({ code: 'oss-refused', oss: { code: 'AccessDenied', requestId: expect.any(String) } })
    expect((await ann.confirm(grant.id)).status).toBe(200)
  })

  it('many at once: one runs the hook, the others are told to ask again', async () => {
    let end: (answer: string) => void = () => {}
    onUploaded = () => new Promise((resolve) => (end = resolve))
    const grant = await sendUnseen(stage, ann)
    const answers = await Promise.all(Array.from({ length: 10 }, () => ann.confirm(grant.id)))
    // The one that waits for the hook is told so only after a while, and to wait for longer.
    expect(answers.map(({ body }) => (body as Partial<Pending>).retryAfterMs).sort()).toEqual([
      1000,
      ...Array<number>(9).fill(500),
    ])
    expect(events).toHaveLength(1)
    end('slow')
    await vi.waitFor(async () => expect(await ann.confirm(grant.id)).toMatchObject({ body: { result: 'slow' } }))
    expect(events).toHaveLength(1)
  })
})

describe('a record whose grant is over', () => {
  it('expires when nothing has come, and is still settled by later evidence', async () => {
    const hasty = await startStage({ uploads: { policyLifetimeMs: 200, maxTransferMs: 200 } })
    const bob = hasty.as('bob')
    const grant = await bob.grant()
    await sleep(500)
    expect((await bob.confirm(grant.id)).body).toMatchObject({
      code: 'object-absent',
      hint: expect.stringContaining('ended'),
    })
    expect(await bob.record(grant.id)).toMatchObject({ status: 'expired' })
    await putObject(hasty, grant.key, { content: 'hello', type: 'text/plain' })
    expect((await bob.confirm(grant.id)).status).toBe(200)
    expect(await bob.record(grant.id)).toMatchObject({ status: 'settled' })
    await hasty.close()
  })

  it('is settled by the callback of a slow transfer that began in time', async () => {
    const hasty = await startStage({ uploads: { policyLifetimeMs: 1000 } })
    hasty.emulator.faults.set({ name: 'slow', bytesPerSecond: 250_000 })
    const content = 'x'.repeat(500_000)
    const grant = await hasty.as('bob').grant({ size: content.length })
    const answer = await postForm(grant, content)
    expect(Date.now()).toBeGreaterThan(Date.parse(grant.expiresAt))
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ status: 'settled' })
    await hasty.close()
  })
})

describe('an object that is not the granted one', () => {
  it.each([
    ['size', { content: 'hello, world', type: 'text/plain' }, '12 bytes instead of 5'],
    ['type', { content: 'hello', type: 'text/html' }, 'text/html instead of text/plain'],
  ])('by its %s: is deleted, the record fails for good, the application hears of it', async (_case, object, words) => {
    const grant = await ann.grant()
    await putObject(stage, grant.key, object)
    const refused = await ann.confirm(grant.id)
    expect(refused).toMatchObject({
      status: 422,
      body: { code: 'object-mismatch', detail: expect.stringContaining(words) },
    })
    expect(await ann.record(grant.id)).toMatchObject({ status: 'failed', error: { code: 'object-mismatch' } })
    expect(failures.map(({ id, error }) => [id, error.code])).toEqual([[grant.id, 'object-mismatch']])
    expect(events).toEqual([])

    await putObject(stage, grant.key, { content: 'hello', type: 'text/plain' })
    expect((await ann.confirm(grant.id)).body).toMatchObject({ code: 'object-mismatch' })
    expect(await stage.haveOssSay(callbackBodyOf(grant))).toBe(422)
  })
})

describe('the application', () => {
  it('that throws leaves the record open, and its own words inside; mended, a confirmation settles it', async () => {
    onUploaded = () => {
      throw new Error('password of the database: hunter2')
    }
    const grant = await ann.grant()
    const answer = await postForm(grant, 'hello')
    expect(answer.status).toBe(203)
    expect(await answer.text()).not.toContain('hunter2')
    const record = await ann.record(grant.id)
    expect(record).toMatchObject({ status: 'granted', error: { code: 'application-failed' } })
    expect(JSON.stringify(record)).not.toContain('hunter2')
    expect((await ann.confirm(grant.id)).status).toBe(502)

    onUploaded = () => ({ at: new Date(0), nothing: undefined })
    expect((await ann.confirm(grant.id)).body).toMatchObject({ result: { at: '1970-01-01T00:00:00.000Z' } })
    expect(await ann.record(grant.id)).not.toHaveProperty('error')
    expect(
      stage.emulator.requests.list().filter(({ key, operation }) => key === grant.key && operation === 'PostObject'),
    ).toHaveLength(1)
  })

  it('may refuse in its own words', async () => {
    onUploaded = () => {
      throw new UploadError('forbidden', 'The album is full', { hint: 'Make another one.' })
    }
    const grant = await sendUnseen(stage, ann)
    expect((await ann.confirm(grant.id)).body).toMatchObject({ detail: 'The album is full', hint: 'Make another one.' })
  })

  it('that needs long is not waited for, runs on alone, and its answer is kept', async () => {
    let finish: (answer: string) => void = () => {}
    onUploaded = () =>
      new Promise((resolve) => {
        finish = resolve
      })
    const grant = await ann.grant()
    const answer = await postForm(grant, 'hello')
    expect(answer.status).toBe(203)
    expect(await answer.text()).toContain('503')
    expect(callbackRefusals(stage).at(-1)).toBe('application-slow')

    // Longer than a lease: it is renewed as long as the hook runs, so nobody else runs it meanwhile.
    await sleep(3000)
    expect((await ann.confirm(grant.id)).body).toMatchObject({ status: 'pending' })
    finish('late but fine')
    await vi.waitFor(async () => expect((await ann.confirm(grant.id)).body).toMatchObject({ result: 'late but fine' }))
    expect(events).toHaveLength(1)
  })

  it('that returns nothing answers null', async () => {
    onUploaded = () => undefined
    const grant = await ann.grant()
    expect(await (await postForm(grant, 'hello')).json()).toEqual({ id: grant.id, status: 'settled', result: null })
  })
})

describe('a claim', () => {
  it('of a process that died ends by itself, and the hook runs again', async () => {
    const grant = await sendUnseen(stage, ann)
    const now = new Date()
    await stage.store.claim(grant.id, { holder: randomUUID(), until: new Date(now.getTime() + 500), now })
    expect((await ann.confirm(grant.id)).status).toBe(202)
    await sleep(600)
    expect((await ann.confirm(grant.id)).status).toBe(200)
  })
})

describe("verify: 'signature'", () => {
  it('believes a callback without asking the bucket, as its documentation warns', async () => {
    const trusting = await startStage({ uploads: { verify: 'signature' } })
    const grant = await trusting.as('ann').grant()
    expect(await trusting.haveOssSay(callbackBodyOf(grant))).toBe(200)
    expect(await trusting.as('ann').record(grant.id)).toMatchObject({ status: 'settled', object: { size: 5 } })
    await trusting.close()
  })
})

import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { createFaults, parseFault } from './faults.ts'
import { encodeCallback, MiB, post, send, signedFields, startApplication, startOss } from './stage/stage.fixture.ts'

const file = { content: 'hello world' }

describe('a fault', () => {
  it('meets what its scope names, as often as it counts', () => {
    const faults = createFaults()
    faults.set({ name: 'lose-answer', bucket: 'photos', keyPrefix: 'u/', operation: 'PostObject', count: 2 })
    const request = { bucket: 'photos', key: 'u/1', operation: 'PostObject' }
    for (const other of [{ bucket: 'other' }, { key: 'v/1' }, { operation: 'PutObject' }]) {
      expect(faults.take('lose-answer', { ...request, ...other })).toBeUndefined()
    }
    expect(faults.take('callback-lost', request)).toBeUndefined()
    expect(faults.take('lose-answer', request)?.count).toBe(2)
    expect(faults.take('lose-answer', request)?.count).toBe(1)
    expect(faults.take('lose-answer', request)).toBeUndefined()
  })

  it('is cleared by its id, or all of them', () => {
    const faults = createFaults()
    const id = faults.set({ name: 'clock', offsetMs: 1000 })
    faults.set({ name: 'clock', offsetMs: -300 })
    expect(faults.clockOffsetMs()).toBe(700)
    faults.clear(id)
    expect(faults.clockOffsetMs()).toBe(-300)
    faults.clear()
    expect(faults.list()).toEqual([])
  })

  it.each([
    [null, 'A fault is an object with a name'],
    [{ name: 'toString' }, 'There is no fault "toString"; there are slow, drop, error'],
    [{ name: 'slow' }, 'The fault slow needs bytesPerSecond'],
    [{ name: 'slow', bytesPerSecond: 0 }, 'bytesPerSecond of the fault slow may not be 0'],
    [{ name: 'slow', bytesPerSecond: '9' }, 'bytesPerSecond of the fault slow may not be "9"'],
    [{ name: 'drop', afterBytes: 1, count: 0 }, 'count of the fault drop may not be 0'],
    [{ name: 'error', status: 200, code: 'x' }, 'status of the fault error may not be 200'],
    [
      { name: 'lose-answer', delay: 1 },
      'The fault lose-answer has no delay; it takes bucket, keyPrefix, operation, count',
    ],
    [{ name: 'clock', offsetMs: 1, bucket: 'b' }, 'The fault clock has no bucket; it takes offsetMs'],
  ])('%j is refused: %s', (value, message) => {
    expect(() => parseFault(value)).toThrow(message)
  })
})

describe('over the wire', () => {
  it('slow reads a body slowly', async () => {
    const oss = await startOss()
    oss.faults.set({ name: 'slow', bytesPerSecond: MiB, keyPrefix: 'a' })
    const started = performance.now()
    await post(oss, [...signedFields(oss), { content: Buffer.alloc(MiB / 2) }])
    expect(performance.now() - started).toBeGreaterThan(350)
  })

  it('drop cuts the connection in the middle, and nothing is stored', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    oss.faults.set({ name: 'drop', afterBytes: 100_000, count: 1 })
    await expect(post(oss, [...signedFields(oss), { content: Buffer.alloc(MiB) }])).rejects.toThrow()
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
    expect((await post(oss, [...signedFields(oss), file])).status).toBe(204)
  })

  it('error answers with it, once, and stores nothing', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    oss.faults.set({ name: 'error', status: 503, code: 'ServiceUnavailable', count: 1, operation: 'PostObject' })
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
    const answer = await post(oss, [...signedFields(oss), file])
    expect([answer.status, answer.error.code]).toEqual([503, 'ServiceUnavailable'])
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
    expect((await post(oss, [...signedFields(oss), file])).status).toBe(204)
  })

  it('lose-answer stores the object, calls the application, and answers nothing', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    const application = await startApplication()
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
    oss.faults.set({ name: 'lose-answer' })
    await expect(post(oss, [...signedFields(oss, { fields: { callback } }), file])).rejects.toThrow()
    expect(application.received.length).toBe(1)
    expect(await (await fetch(`${oss.origin}/photos/a.txt`)).text()).toBe('hello world')
    expect(oss.requests.list()[0]?.status).toBe(0)
  })

  it('callback-lost calls nobody and says so as OSS does', async () => {
    const oss = await startOss()
    const application = await startApplication()
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
    oss.faults.set({ name: 'callback-lost', count: 1 })
    const answer = await post(oss, [...signedFields(oss, { fields: { callback } }), file])
    expect([answer.status, answer.error.message]).toEqual([
      203,
      'Error status : -1. OSS can not connect to your callbackUrl, please check it.',
    ])
    expect(application.received.length).toBe(0)
    expect(oss.requests.list()[0]?.callbacks).toMatchObject([{ status: -1, body: 'x' }])
  })

  it('callback-slow calls later', async () => {
    const oss = await startOss()
    const application = await startApplication()
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
    oss.faults.set({ name: 'callback-slow', delayMs: 400 })
    const answer = post(oss, [...signedFields(oss, { fields: { callback } }), file])
    await sleep(200)
    expect(application.received.length).toBe(0)
    expect((await answer).status).toBe(200)
  })

  it('clock is what signatures are judged by, and what the Date header says', async () => {
    const oss = await startOss()
    oss.faults.set({ name: 'clock', offsetMs: -3_600_000 })
    const answer = await send(`${oss.origin}/photos/a.txt`)
    expect(Date.parse(answer.headers.get('date') ?? '')).toBeLessThan(Date.now() - 3_590_000)
    expect((await post(oss, [...signedFields(oss), file])).status).toBe(403)
    const fields = signedFields(oss, { now: new Date(Date.now() - 3_600_000) })
    expect((await post(oss, [...fields, file])).status).toBe(204)
  })
})

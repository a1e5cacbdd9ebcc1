import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it, vi } from 'vitest'
import { createFaults, parseFault } from './faults.ts'
import {
  encodeCallback,
  FORM_TYPE,
  formBody,
  MiB,
  post,
  send,
  signedFields,
  startApplication,
  startOss,
} from './stage/stage.fixture.ts'

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

  it('stays in the list while requests hang on it, and tells them when it is cleared', () => {
    const faults = createFaults()
    const request = { bucket: 'photos', key: 'u/1', operation: 'PostObject' }
    const id = faults.set({ name: 'stall', afterBytes: 0, count: 1 })
    expect(faults.take('stall', request)?.id).toBe(id)
    expect(faults.take('stall', request)).toBeUndefined()
    expect(faults.list()).toEqual([{ id, name: 'stall', afterBytes: 0, count: 0 }])
    const heard: string[] = []
    faults.onCleared(id, () => heard.push('waiting'))
    expect(heard).toEqual([])
    faults.clear(id)
    faults.onCleared(id, () => heard.push('too late'))
    faults.clear(id)
    expect(heard).toEqual(['waiting', 'too late'])
    expect(faults.list()).toEqual([])
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
    [{ name: 'toString' }, 'There is no fault "toString"; there are slow, drop, stall, error'],
    [{ name: 'slow' }, 'The fault slow needs bytesPerSecond'],
    [{ name: 'slow', bytesPerSecond: 0 }, 'bytesPerSecond of the fault slow may not be 0'],
    [{ name: 'slow', bytesPerSecond: '9' }, 'bytesPerSecond of the fault slow may not be "9"'],
    [{ name: 'drop', afterBytes: 1, count: 0 }, 'count of the fault drop may not be 0'],
    [{ name: 'error', status: 200, code: 'x' }, 'status of the fault error may not be 200'],
    [
      { name: 'error', status: 429, code: 'x', retryAfterSeconds: 0.5 },
      'retryAfterSeconds of the fault error may not be 0.5',
    ],
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

  it('stall neither reads on nor answers until it is cleared', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    // More than a request brings with its head, which is another way to be held.
    oss.faults.set({ name: 'stall', afterBytes: 16 * MiB, count: 1 })
    const content = Buffer.alloc(24 * MiB, 'x')
    let isAnswered = false
    const answer = post(oss, [...signedFields(oss), { content }]).finally(() => {
      isAnswered = true
    })
    await vi.waitFor(() => expect(oss.faults.list()[0]?.count).toBe(0))
    // Others that are as long and came later overtake it, one after the other.
    for (const key of ['b.txt', 'c.txt', 'd.txt']) {
      expect((await post(oss, [...signedFields(oss, { key }), { content }])).status).toBe(204)
    }
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
    expect([isAnswered, oss.requests.list()[0]?.status]).toEqual([false, 0])
    oss.faults.clear()
    expect((await answer).status).toBe(204)
    const stored = await fetch(`${oss.origin}/photos/a.txt`)
    expect(Buffer.from(await stored.arrayBuffer()).equals(content)).toBe(true)
  })

  it('stall holds what is there already, and stores none of it when the client goes away', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    oss.faults.set({ name: 'stall', afterBytes: 0 })
    const leaving = new AbortController()
    const body = new Uint8Array(formBody([...signedFields(oss), file]))
    const headers = { 'content-type': FORM_TYPE }
    const answer = fetch(`${oss.origin}/photos`, { method: 'POST', headers, body, signal: leaving.signal })
    await vi.waitFor(() => expect(oss.requests.list()[0]?.key).toBe('a.txt'))
    leaving.abort()
    await expect(answer).rejects.toThrow()
    await vi.waitFor(() => expect(oss.requests.list()[0]?.message).toContain('went away'))
    oss.faults.clear()
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
  })

  it('error answers with it, once, and stores nothing', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    const error = { name: 'error', status: 503, code: 'ServiceUnavailable', retryAfterSeconds: 7 } as const
    oss.faults.set({ ...error, count: 1, operation: 'PostObject' })
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
    const answer = await post(oss, [...signedFields(oss), file])
    expect([answer.status, answer.error.code, answer.headers.get('retry-after')]).toEqual([
      503,
      'ServiceUnavailable',
      '7',
    ])
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

  it('lose-answer loses a refusal as well', async () => {
    const oss = await startOss()
    const fields = signedFields(oss, { fields: { 'x-oss-forbid-overwrite': 'true' } })
    oss.faults.set({ name: 'lose-answer', count: 2 })
    for (let time = 0; time < 2; time += 1) await expect(post(oss, [...fields, file])).rejects.toThrow()
    expect(oss.requests.list().map(({ status, code }) => [status, code])).toEqual([
      [0, undefined],
      [0, 'FileAlreadyExists'],
    ])
    expect((await post(oss, [...fields, file])).status).toBe(409)
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

import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  askForParts,
  begin,
  complete,
  ownerOf,
  PART,
  PIECES,
  partsAtOss,
  putParts,
  requestsOf,
  SIZE,
  sendAll,
  uploadIdOf,
} from '../test/parts.ts'
import { type Client, putObject, type Stage, startStage } from '../test/stage.ts'
import { type FailedEvent, type UploadedEvent, uploadRoute } from './upload-route.ts'

let onUploaded = (_event: UploadedEvent): unknown => 'fine'
const events: UploadedEvent[] = []
const failures: FailedEvent[] = []
let stage: Stage
let ann: Client

const routes = {
  big: uploadRoute({
    transports: ['multipart'],
    partBytes: PART,
    onUploaded: (event) => {
      events.push(event)
      return onUploaded(event)
    },
    onFailed: (event) => void failures.push(event),
  }),
}

beforeAll(async () => {
  stage = await startStage({ routes, uploads: { answerWithinMs: 1500 } })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => {
  onUploaded = () => 'fine'
  events.length = 0
  failures.length = 0
  stage.emulator.faults.clear()
})

describe('completing', () => {
  it('names the parts that are missing, and leaves the upload open', async () => {
    const grant = await begin(ann)
    expect((await complete(ann, grant.id)).body).toMatchObject({
      code: 'object-absent',
      detail: expect.stringContaining('none of them has been asked for'),
    })
    const answer = await askForParts(ann, grant.id, [1, 2, 3])
    await putParts({ ...answer, urls: answer.urls.slice(0, 1) }, PIECES)
    expect(await complete(ann, grant.id)).toMatchObject({
      status: 404,
      body: { code: 'object-absent', detail: expect.stringContaining('2 of 3, the first is part 2') },
    })
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted' })
    await putParts({ ...answer, urls: answer.urls.slice(1) }, PIECES.slice(1))
    expect((await complete(ann, grant.id)).status).toBe(200)
  })

  it.each([
    ['a last part that is too short', ['a'.repeat(PART), 'b'.repeat(PART), 'c'], 2 * PART + 1],
    ['a part that is too long', ['a'.repeat(PART + 1), 'b'.repeat(PART), 'c'.repeat(700)], SIZE + 1],
    ['parts cut elsewhere', ['a'.repeat(PART + 9), 'b'.repeat(PART - 9), 'c'.repeat(700)], SIZE],
  ])('refuses %s, aborts the upload and tells the application once', async (_case, pieces, total) => {
    const grant = await begin(ann)
    await sendAll(ann, grant, pieces)
    const refusal = {
      status: 422,
      body: { code: 'parts-mismatch', detail: expect.stringContaining(`${total} bytes instead of ${SIZE}`) },
    }
    expect(await complete(ann, grant.id)).toMatchObject(refusal)
    expect(await complete(ann, grant.id)).toMatchObject(refusal)
    expect(await partsAtOss(stage, grant.key)).toEqual([])
    expect(await ownerOf(stage).head(grant.key)).toBeNull()
    expect(await ann.record(grant.id)).toMatchObject({ status: 'failed', error: { code: 'parts-mismatch' } })
    expect(failures.map(({ id, error }) => [id, error.code])).toEqual([[grant.id, 'parts-mismatch']])
    expect(events).toEqual([])
    expect((await ann.send('POST', `/${grant.id}/parts`, { partNumbers: [1] })).body).toMatchObject({
      code: 'upload-ended',
    })
  })

  it('asks the bucket when OSS has completed it before and the answer was lost', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    stage.emulator.faults.set({ name: 'lose-answer', operation: 'CompleteMultipartUpload', count: 1 })
    expect(await complete(ann, grant.id)).toMatchObject({ status: 200, body: { result: 'fine' } })
    expect(requestsOf(stage, grant.key, 'CompleteMultipartUpload')).toHaveLength(2)
  })

  it('asks the bucket when a server died after it had completed it; parts are signed no more', async () => {
    const [asked, swept] = [await begin(ann), await begin(ann)]
    for (const grant of [asked, swept]) {
      await sendAll(ann, grant)
      const uploadId = await uploadIdOf(stage, grant.id)
      await ownerOf(stage).completeMultipart(grant.key, uploadId, await ownerOf(stage).listParts(grant.key, uploadId))
    }
    expect((await ann.send('POST', `/${asked.id}/parts`, { partNumbers: [1] })).body).toMatchObject({
      code: 'upload-ended',
      hint: 'Confirm it.',
    })
    expect(await complete(ann, asked.id)).toMatchObject({ status: 200 })
    await stage.uploads.sweep()
    expect(await ann.record(swept.id)).toMatchObject({ status: 'settled', evidence: 'head' })
  })

  it('never replaces an object that is there already', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    await putObject(stage, grant.key, { content: 'of somebody else', type: 'text/plain' })
    expect(await complete(ann, grant.id)).toMatchObject({
      status: 422,
      body: { detail: expect.stringContaining('16 bytes instead of') },
    })
    expect(requestsOf(stage, grant.key, 'CompleteMultipartUpload')[0]).toMatchObject({ status: 409 })
  })

  it('says what OSS said when it refuses, and works when it does not any more', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    for (const operation of ['ListParts', 'CompleteMultipartUpload']) {
      stage.emulator.faults.set({ name: 'error', operation, status: 403, code: 'AccessDenied', count: 1 })
      expect(await complete(ann, grant.id)).toMatchObject({
        status: 502,
        body: { code: 'oss-refused', oss: { code: 'AccessDenied' } },
      })
    }
    expect((await complete(ann, grant.id)).status).toBe(200)
  })

  it('many times at once: one does it, the others are told to ask again', async () => {
    onUploaded = () => sleep(200, 'slow')
    const grant = await begin(ann)
    await sendAll(ann, grant)
    const answers = await Promise.all(Array.from({ length: 10 }, () => complete(ann, grant.id)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(9).fill(202)])
    expect(requestsOf(stage, grant.key, 'CompleteMultipartUpload')).toHaveLength(1)
    expect(events).toHaveLength(1)
  })

  it('that OSS takes long for is not waited for, runs on, and its answer is kept', async () => {
    const slowly: typeof fetch = async (input, init) => {
      if (init?.method === 'POST' && String(input).includes('uploadId')) await sleep(600)
      return fetch(input, init)
    }
    const slow = await startStage({ routes, uploads: { fetch: slowly, answerWithinMs: 100 } })
    ann = slow.as('ann')
    const grant = await begin(ann)
    await sendAll(ann, grant)
    expect(await complete(ann, grant.id)).toMatchObject({ status: 202, body: { id: grant.id, status: 'pending' } })
    await vi.waitFor(async () => expect(await complete(ann, grant.id)).toMatchObject({ status: 200 }), 5000)
    expect(events).toHaveLength(1)
    await slow.close()
    ann = stage.as('ann')
  })
})

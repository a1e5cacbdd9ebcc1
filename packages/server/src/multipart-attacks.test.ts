import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { begin, complete, PART, PIECES, partsAtOss, putParts, requestsOf, sendAll } from '../test/parts.ts'
import { type Client, type Stage, startStage } from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

let stage: Stage
let ann: Client

const routes = {
  big: uploadRoute({ transports: ['multipart'], partBytes: PART, onUploaded: () => 'fine' }),
  demo: uploadRoute({ onUploaded: () => null }),
}

beforeAll(async () => {
  stage = await startStage({ routes })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => stage.emulator.faults.clear())

describe('whoever cheats', () => {
  it.each(['/parts', '/complete', '/confirm'])("does not find another caller's upload by POST %s", async (suffix) => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    const answer = await stage.as('bob').send('POST', `/${grant.id}${suffix}`, { partNumbers: [1] })
    expect(answer).toMatchObject({ status: 404, body: { code: 'upload-not-found' } })
    expect((await stage.as('bob').send('DELETE', `/${grant.id}`)).status).toBe(404)
    expect(await partsAtOss(stage, grant.key)).toHaveLength(1)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted' })
  })

  it.each<[string, unknown, number, string, string]>([
    ['a part beyond the last', { partNumbers: [1, 4] }, 400, 'request-invalid', 'has no part 4, only 1 to 3'],
    ['part 0', { partNumbers: [0] }, 400, 'request-invalid', 'partNumbers[0] must be a whole number, 1 to 10000'],
    ['101 parts', { partNumbers: Array(101).fill(1) }, 400, 'request-invalid', 'must be a list of 1 to 100, not 101'],
    ['no part', { partNumbers: [] }, 400, 'request-invalid', 'must be a list of 1 to 100, not 0'],
    ['no list', {}, 400, 'request-invalid', 'partNumbers must be a list'],
  ])('by asking for %s is refused, and nothing is begun', async (_case, body, status, code, detail) => {
    const grant = await begin(ann)
    const answer = await ann.send('POST', `/${grant.id}/parts`, body)
    expect(answer).toMatchObject({ status, body: { code, detail: expect.stringContaining(detail) } })
    expect(await partsAtOss(stage, grant.key)).toEqual([])
  })

  it.each(['/parts', '/complete'])(
    'by POST %s without a grant, or with that of a form, gets nothing',
    async (suffix) => {
      const nobody = await ann.send('POST', `/${'0'.repeat(32)}${suffix}`, { partNumbers: [1] })
      expect(nobody).toMatchObject({ status: 404, body: { code: 'upload-not-found' } })
      const form = await ann.grant()
      const answer = await ann.send('POST', `/${form.id}${suffix}`, { partNumbers: [1] })
      expect(answer).toMatchObject({ status: 400, body: { code: 'transport-unsupported' } })
      expect(requestsOf(stage, form.key, 'InitiateMultipartUpload')).toEqual([])
    },
  )

  it('by asking for parts of what is settled gets none, and its old addresses are dead', async () => {
    const grant = await begin(ann)
    const answer = await sendAll(ann, grant)
    await complete(ann, grant.id)
    const asked = stage.emulator.requests.list().length
    expect((await ann.send('POST', `/${grant.id}/parts`, { partNumbers: [1] })).body).toMatchObject({
      code: 'upload-ended',
    })
    expect(stage.emulator.requests.list()).toHaveLength(asked)
    expect(await putParts(answer, PIECES)).toEqual([404, 404, 404])
  })

  it('by a form of a foreign page gets no addresses', async () => {
    const grant = await begin(ann)
    const headers = { 'x-caller': 'ann', 'content-type': 'text/plain' }
    const body = JSON.stringify({ partNumbers: [1] })
    const answer = await fetch(`${stage.origin}/uploads/${grant.id}/parts`, { method: 'POST', headers, body })
    expect(await answer.json()).toMatchObject({ code: 'request-invalid', detail: 'The body must be JSON' })
  })
})

describe('an upload in parts that nobody wants any more', () => {
  it('is aborted with its record, which stays where OSS refuses', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    const refusal = { operation: 'AbortMultipartUpload', status: 403, code: 'AccessDenied', count: 1 } as const
    stage.emulator.faults.set({ name: 'error', ...refusal })
    expect((await ann.send('DELETE', `/${grant.id}`)).body).toMatchObject({ code: 'oss-refused' })
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted' })
    expect((await ann.send('DELETE', `/${grant.id}`)).status).toBe(204)
    expect(await partsAtOss(stage, grant.key)).toEqual([])
    expect((await ann.send('GET', `/${grant.id}`)).status).toBe(404)
  })

  it('is aborted by the sweeper when its grant ends, not before, and takes no parts then', async () => {
    const sweep = { intervalMs: 'never', firstLookMs: 0, retryAfterMs: 1 } as const
    const hasty = await startStage({ routes, uploads: { sweep, policyLifetimeMs: 500, maxTransferMs: 1500 } })
    ann = hasty.as('ann')
    const grant = await begin(ann)
    const answer = await sendAll(ann, grant)
    expect(Date.parse(grant.expiresAt) - Date.parse(answer.expiresAt)).toBeGreaterThan(500)
    expect(await hasty.uploads.sweep()).toMatchObject({ waiting: 1 })
    expect(await partsAtOss(hasty, grant.key)).toHaveLength(1)

    await sleep(Date.parse(grant.expiresAt) - Date.now() + 10)
    expect((await ann.send('POST', `/${grant.id}/parts`, { partNumbers: [1] })).body).toMatchObject({
      code: 'grant-expired',
    })
    const refusal = { operation: 'AbortMultipartUpload', status: 503, code: 'ServiceUnavailable', count: 2 } as const
    hasty.emulator.faults.set({ name: 'error', ...refusal })
    expect(await hasty.uploads.sweep()).toMatchObject({ postponed: 1 })
    const { dueAt } = (await hasty.store.find(grant.id)) ?? {}
    await sleep((dueAt?.getTime() ?? 0) - Date.now() + 10)
    expect(await hasty.uploads.sweep()).toMatchObject({ expired: 1 })
    expect(await partsAtOss(hasty, grant.key)).toEqual([])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'expired' })
    expect((await complete(ann, grant.id)).body).toMatchObject({ code: 'object-absent' })
    await hasty.close()
    ann = stage.as('ann')
  })
})

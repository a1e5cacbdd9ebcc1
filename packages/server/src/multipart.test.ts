import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
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
import { type Client, type Stage, startStage } from '../test/stage.ts'
import { type UploadedEvent, uploadRoute } from './upload-route.ts'

const events: UploadedEvent[] = []
let stage: Stage
let ann: Client
let log = ''

const routes = {
  big: uploadRoute({
    transports: ['multipart'],
    partBytes: PART,
    onUploaded: (event) => {
      events.push(event)
      return 'fine'
    },
  }),
}
const write = (facts: object, message: string) => {
  log += `${message} ${JSON.stringify(facts)}\n`
}
const logger = { info: write, warn: write, error: write }

beforeAll(async () => {
  stage = await startStage({ routes, uploads: { keepTrace: true, logger } })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => {
  events.length = 0
  stage.emulator.faults.clear()
})

describe.each(['V4', 'V1'] as const)('a file in parts, signed %s', (signatureVersion) => {
  it('is sent, completed without a callback, and settled once with what the bucket says', async () => {
    const own = await startStage({ routes, signatureVersion })
    ann = own.as('ann')
    const grant = await begin(ann)
    expect(grant).toMatchObject({ transport: 'multipart', partSize: PART, partCount: 3 })
    await sendAll(ann, grant)
    const settled = { status: 200, body: { id: grant.id, status: 'settled', result: 'fine' } }
    expect(await complete(ann, grant.id)).toMatchObject(settled)
    expect(await complete(ann, grant.id)).toMatchObject(settled)
    expect(events).toMatchObject([
      { id: grant.id, size: SIZE, mimeType: 'text/plain', etag: expect.stringMatching(/-3$/), evidence: 'complete' },
    ])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'complete' })
    const content = await fetch(await ownerOf(own).presign({ method: 'GET', key: grant.key, expiresInSeconds: 60 }))
    expect(await content.text()).toBe(PIECES.join(''))
    expect(content.headers.get('content-disposition')).toContain("filename*=UTF-8''%E5%AD%A3%E5%BA%A6.bin")
    const requests = own.emulator.requests.list()
    expect(requests.flatMap(({ callbacks }) => callbacks)).toEqual([])
    await own.close()
    ann = stage.as('ann')
  })
})

describe('the addresses of parts', () => {
  it('begin the upload when they are first asked for, and then once, however many ask at once', async () => {
    const grant = await begin(ann)
    expect(requestsOf(stage, grant.key, 'InitiateMultipartUpload')).toHaveLength(0)
    const answers = await Promise.all(Array.from({ length: 10 }, () => askForParts(ann, grant.id, [1])))
    const ids = new Set(answers.map(({ urls }) => new URL(urls[0]?.url ?? '').searchParams.get('uploadId')))
    expect(ids.size).toBe(1)
    expect(await partsAtOss(stage, grant.key)).toEqual([...ids])
  })

  it('come in the order asked for, are good for minutes, and say what OSS holds', async () => {
    const grant = await begin(ann)
    const first = await askForParts(ann, grant.id, [3, 1])
    expect(first).toMatchObject({ urls: [{ partNumber: 3 }, { partNumber: 1 }], have: [] })
    const lifetime = Date.parse(first.expiresAt) - Date.now()
    expect(lifetime).toBeGreaterThan(14 * 60_000)
    expect(lifetime).toBeLessThanOrEqual(15 * 60_000)
    await putParts(first, ['c'.repeat(700), 'a'.repeat(PART)])
    expect((await askForParts(ann, grant.id, [2])).have).toEqual([
      { partNumber: 1, size: PART },
      { partNumber: 3, size: 700 },
    ])
  })

  it('are bound to their part and their upload, and take nothing when they are over', async () => {
    const [grant, other] = [await begin(ann), await begin(ann)]
    const { urls } = await askForParts(ann, grant.id, [1])
    await askForParts(ann, other.id, [1])
    const altered = async (name: string, value: string) => {
      const url = new URL(urls[0]?.url ?? '')
      url.searchParams.set(name, value)
      return (await fetch(url, { method: 'PUT', body: new Blob(['x']) })).status
    }
    expect(await altered('partNumber', '2')).toBe(403)
    expect(await altered('uploadId', await uploadIdOf(stage, other.id))).toBe(403)
    const abort = new URL(urls[0]?.url ?? '')
    abort.searchParams.delete('partNumber')
    expect((await fetch(abort, { method: 'DELETE' })).status).toBe(403)
    stage.emulator.faults.set({ name: 'clock', offsetMs: 16 * 60_000 })
    expect(await putParts({ urls, expiresAt: '', have: [] }, ['x'])).toEqual([403])
  })

  it('begin anew where OSS has forgotten the parts', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    const forgotten = await uploadIdOf(stage, grant.id)
    await ownerOf(stage).abortMultipart(grant.key, forgotten)
    expect(await complete(ann, grant.id)).toMatchObject({ status: 404, body: { code: 'object-absent' } })
    expect((await askForParts(ann, grant.id, [1])).have).toEqual([])
    expect(await uploadIdOf(stage, grant.id)).not.toBe(forgotten)
    await sendAll(ann, grant)
    expect((await complete(ann, grant.id)).status).toBe(200)
  })

  it('end with the credentials that sign them', async () => {
    const expiresAt = new Date(Date.now() + 60_000)
    const short = await startStage({
      routes,
      uploads: { oss: { ...stage.oss, credentials: async () => ({ ...(await stage.credentials()), expiresAt }) } },
    })
    const grant = await short.as('ann').grantParts({ size: SIZE }, 'big')
    const answer = await askForParts(short.as('ann'), grant.id, [1])
    expect(Date.parse(answer.expiresAt)).toBeLessThanOrEqual(expiresAt.getTime())
    await short.close()
  })
})

it('leaves a trace, and neither there nor in the log an address that somebody could use', async () => {
  log = ''
  const grant = await begin(ann)
  const { urls } = await sendAll(ann, grant)
  await complete(ann, grant.id)
  const { body } = await ann.send('GET', `/${grant.id}/trace`)
  const { events: steps } = body as { events: { event: string; detail: unknown }[] }
  expect(steps.map(({ event }) => event)).toEqual([
    'granted',
    'parts begun',
    'parts signed',
    'parts listed',
    'parts completed',
    'bucket asked',
    'application answered',
  ])
  expect(steps[0]?.detail).toEqual({ transport: 'multipart', partSize: PART, partCount: 3 })
  const signature = new URL(urls[0]?.url ?? '').searchParams.get('x-oss-signature') ?? ''
  expect(signature).toHaveLength(64)
  expect(JSON.stringify(body) + log).not.toContain(signature)
  expect(log).toContain('parts signed')
  expect(log).toContain('upload completed')
})

import type { Evidence } from '@oss-direct/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import {
  askForParts,
  begin,
  CRC64,
  complete,
  ownerOf,
  PART,
  PIECES,
  partsAtOss,
  putParts,
  requestsOf,
  sendAll,
} from '../test/parts.ts'
import {
  type Client,
  callbackBodyOf,
  type FormGrant,
  postForm,
  type Stage,
  sendUnseen,
  startStage,
} from '../test/stage.ts'
import { parseCallbackBody } from './callback-body.ts'
import { type FailedEvent, type UploadedEvent, uploadRoute } from './upload-route.ts'

const HELLO = '11177612005948864433'
/** Of none of the files here. */
const OTHER = '11051210869376104954'
const events: UploadedEvent[] = []
const failures: FailedEvent[] = []
let stage: Stage
let ann: Client

const hooks = {
  onUploaded: (event: UploadedEvent) => {
    events.push(event)
    return 'fine'
  },
  onFailed: (event: FailedEvent) => void failures.push(event),
}
const routes = {
  demo: uploadRoute(hooks),
  big: uploadRoute({ ...hooks, transports: ['multipart'], partBytes: PART }),
}

beforeAll(async () => {
  stage = await startStage({ routes })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => {
  events.length = 0
  failures.length = 0
  stage.emulator.faults.clear()
})

const expectDamaged = async (
  { id, key }: { id: string; key: string },
  evidence: Evidence,
  { found, said }: { found: string; said: string },
) => {
  const detail = expect.stringContaining(`its CRC-64 is ${found} instead of ${said}`)
  const error = { code: 'checksum-mismatch', detail, hint: expect.any(String) }
  expect(await ann.record(id)).toMatchObject({ status: 'failed', evidence, error, file: { crc64: said } })
  expect(await ownerOf(stage).head(key)).toBeNull()
  expect(failures.map((failure) => [failure.id, failure.error.code])).toEqual([[id, 'checksum-mismatch']])
  expect(events).toEqual([])
}

describe('a checksum that comes with the request for a form', () => {
  it('is right: the upload is settled, and the record shows it', async () => {
    const grant = await ann.grant({ crc64: HELLO })
    expect(await (await postForm(grant, 'hello')).json()).toMatchObject({ id: grant.id, status: 'settled' })
    expect(events).toMatchObject([{ crc64: HELLO, file: { crc64: HELLO }, evidence: 'callback' }])
    expect(await ann.record(grant.id)).toMatchObject({ file: { crc64: HELLO }, object: { crc64: HELLO } })
  })

  it('is that of an empty file', async () => {
    const grant = await ann.grant({ size: 0, crc64: '0' })
    expect((await postForm(grant, '')).status).toBe(200)
  })

  const ways: Record<string, () => Promise<FormGrant>> = {
    callback: async () => {
      const grant = await ann.grant({ crc64: OTHER })
      expect((await postForm(grant, 'hello')).status).toBe(203)
      return grant
    },
    confirmation: async () => {
      const grant = await sendUnseen(stage, ann, { crc64: OTHER })
      expect(await ann.confirm(grant.id)).toMatchObject({ status: 422, body: { code: 'checksum-mismatch' } })
      return grant
    },
    sweeper: async () => {
      const grant = await sendUnseen(stage, ann, { crc64: OTHER })
      expect(await stage.uploads.sweep()).toMatchObject({ failed: 1 })
      return grant
    },
  }
  it.each(Object.entries(ways))(
    'is wrong, learned by %s: the object goes, the application hears of it once',
    async (way, learn) => {
      const grant = await learn()
      await expectDamaged(grant, way === 'callback' ? 'callback' : 'head', { found: HELLO, said: OTHER })
      expect(await ann.confirm(grant.id)).toMatchObject({ status: 422, body: { code: 'checksum-mismatch' } })
      expect(await stage.haveOssSay(callbackBodyOf(grant))).toBe(422)
      expect(failures).toHaveLength(1)
    },
  )

  it('is not compared where nobody says one, or the bucket has none', async () => {
    expect((await postForm(await ann.grant(), 'hello')).status).toBe(200)
    const withoutChecksums: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init)
      const headers = new Headers(answer.headers)
      headers.delete('x-oss-hash-crc64ecma')
      return new Response(answer.body, { status: answer.status, headers })
    }
    const bare = await startStage({ routes, uploads: { fetch: withoutChecksums } })
    const grant = await bare.as('ann').grant({ crc64: OTHER })
    expect((await postForm(grant, 'hello')).status).toBe(200)
    const record = await bare.as('ann').record(grant.id)
    expect(record).toMatchObject({ status: 'settled', file: { crc64: OTHER } })
    expect(record.object).not.toHaveProperty('crc64')
    await bare.close()
  })
})

describe('a checksum that comes with the completion', () => {
  it('is right: the upload is settled, and the record shows it', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    expect(await complete(ann, grant.id, { crc64: CRC64 })).toMatchObject({ status: 200, body: { result: 'fine' } })
    expect(await ann.record(grant.id)).toMatchObject({ file: { crc64: CRC64 }, object: { crc64: CRC64 } })
    expect(events).toMatchObject([{ crc64: CRC64, file: { crc64: CRC64 }, evidence: 'complete' }])
    for (const body of [{ crc64: CRC64 }, {}, undefined]) expect((await complete(ann, grant.id, body)).status).toBe(200)
  })

  it('is wrong: the object goes, the application hears of it once', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    const refused = { status: 422, body: { code: 'checksum-mismatch' } }
    expect(await complete(ann, grant.id, { crc64: OTHER })).toMatchObject(refused)
    await expectDamaged(grant, 'complete', { found: CRC64, said: OTHER })
    for (const body of [{ crc64: OTHER }, { crc64: CRC64 }, undefined]) {
      expect(await complete(ann, grant.id, body)).toMatchObject(refused)
    }
    expect(failures).toHaveLength(1)
  })

  it('of a part that was damaged on its way is wrong', async () => {
    const grant = await begin(ann)
    const [first = '', ...others] = PIECES
    await sendAll(ann, grant, [`b${first.slice(1)}`, ...others])
    expect(await complete(ann, grant.id, { crc64: CRC64 })).toMatchObject({ status: 422 })
    await expectDamaged(grant, 'complete', { found: '2225740480655666046', said: CRC64 })
  })

  it('may have come with the request for the parts', async () => {
    const ask = (crc64: string) => ann.grantParts({ size: PIECES.join('').length, crc64 }, 'big')
    const [right, wrong] = [await ask(CRC64), await ask(OTHER)]
    for (const grant of [right, wrong]) await sendAll(ann, grant)
    expect((await complete(ann, right.id)).status).toBe(200)
    expect(await complete(ann, wrong.id)).toMatchObject({ status: 422, body: { code: 'checksum-mismatch' } })
    expect(await ownerOf(stage).head(wrong.key)).toBeNull()
  })

  it('is kept before OSS makes the object: whoever tries again compares too', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    stage.emulator.faults.set({
      name: 'error',
      operation: 'CompleteMultipartUpload',
      status: 403,
      code: 'AccessDenied',
      count: 1,
    })
    expect((await complete(ann, grant.id, { crc64: OTHER })).status).toBe(502)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted', file: { crc64: OTHER } })
    expect(await complete(ann, grant.id)).toMatchObject({ status: 422 })
    await expectDamaged(grant, 'complete', { found: CRC64, said: OTHER })
  })

  it('is kept for the sweeper, when nobody comes back', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    stage.emulator.faults.set({ name: 'error', operation: 'HeadObject', status: 403, code: 'AccessDenied', count: 1 })
    expect((await complete(ann, grant.id, { crc64: OTHER })).status).toBe(502)
    expect(await ownerOf(stage).head(grant.key)).not.toBeNull()
    expect(await stage.uploads.sweep()).toMatchObject({ failed: 1 })
    await expectDamaged(grant, 'head', { found: CRC64, said: OTHER })
  })

  it('a second time is another one: refused, the first stands, and nothing else changes', async () => {
    const grant = await begin(ann)
    const answer = await askForParts(ann, grant.id, [1, 2, 3])
    await putParts({ ...answer, urls: answer.urls.slice(0, 2) }, PIECES)
    expect((await complete(ann, grant.id, { crc64: CRC64 })).body).toMatchObject({ code: 'object-absent' })
    const another = {
      status: 422,
      body: { code: 'checksum-mismatch', detail: expect.stringContaining(`CRC-64 is ${CRC64}, not ${OTHER}`) },
    }
    expect(await complete(ann, grant.id, { crc64: OTHER })).toMatchObject(another)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted', file: { crc64: CRC64 } })
    expect(await partsAtOss(stage, grant.key)).toHaveLength(1)

    await putParts({ ...answer, urls: answer.urls.slice(2) }, PIECES.slice(2))
    expect(await complete(ann, grant.id, { crc64: OTHER })).toMatchObject(another)
    expect(requestsOf(stage, grant.key, 'CompleteMultipartUpload')).toEqual([])
    expect((await complete(ann, grant.id, { crc64: CRC64 })).status).toBe(200)
    expect(await complete(ann, grant.id, { crc64: OTHER })).toMatchObject(another)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', file: { crc64: CRC64 } })
    expect(await ownerOf(stage).head(grant.key)).not.toBeNull()
    expect(failures).toEqual([])
  })

  it('comes when it is settled without one: compared with what the bucket said then', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    expect((await complete(ann, grant.id)).status).toBe(200)
    expect(await complete(ann, grant.id, { crc64: OTHER })).toMatchObject({
      status: 422,
      body: { code: 'checksum-mismatch' },
    })
    expect((await complete(ann, grant.id, { crc64: CRC64 })).status).toBe(200)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled' })
    expect(failures).toEqual([])
  })

  it('two of them at once: one stands, and decides', async () => {
    for (let round = 0; round < 4; round += 1) {
      const grant = await begin(ann)
      await sendAll(ann, grant)
      const said = Array.from({ length: 8 }, (_, index) => ((index + round) % 2 === 0 ? CRC64 : OTHER))
      const answers = await Promise.all(said.map((crc64) => complete(ann, grant.id, { crc64 })))
      await vi.waitFor(async () => expect(await ann.record(grant.id)).not.toMatchObject({ status: 'granted' }), 10_000)
      const { status, file, object } = await ann.record(grant.id)
      expect([status, file.crc64, object?.crc64]).toEqual(
        file.crc64 === CRC64 ? ['settled', CRC64, CRC64] : ['failed', OTHER, CRC64],
      )
      // Whoever said another one is never told that it is settled.
      answers.forEach((answer, index) => {
        if (said[index] !== file.crc64 || status === 'failed') expect([202, 422]).toContain(answer.status)
      })
    }
    expect(events.map(({ file }) => file.crc64)).not.toContain(OTHER)
  })
})

describe("a checksum with verify: 'signature'", () => {
  it('is compared with what OSS says in its callback', async () => {
    const trusting = await startStage({ routes, uploads: { verify: 'signature' } })
    const bob = trusting.as('bob')
    const [right, wrong, unsaid] = [
      await bob.grant({ crc64: HELLO }),
      await bob.grant({ crc64: HELLO }),
      await bob.grant({ crc64: HELLO }),
    ]
    expect(await trusting.haveOssSay(callbackBodyOf(right, { crc64: HELLO }))).toBe(200)
    expect(await trusting.haveOssSay(callbackBodyOf(wrong, { crc64: OTHER }))).toBe(422)
    expect(await trusting.haveOssSay(callbackBodyOf(unsaid))).toBe(200)
    expect(await bob.record(wrong.id)).toMatchObject({ status: 'failed', error: { code: 'checksum-mismatch' } })
    await trusting.close()
  })

  it('is not compared with a number that JSON could not hold', () => {
    const parse = (crc64: string) => {
      const body = `{"id":"1","ticket":"t","bucket":"b","object":"k","etag":"E","size":5,"mimeType":"a/b","crc64":${crc64}}`
      return parseCallbackBody(new TextEncoder().encode(body), 'application/json')
    }
    expect(parse(`"${HELLO}"`)).toMatchObject({ crc64: HELLO, size: 5 })
    expect(parse('12345')).toMatchObject({ crc64: '12345' })
    for (const none of [HELLO, 'null', '""']) expect(parse(none)).not.toHaveProperty('crc64')
  })
})

describe('whoever sends no checksum as one', () => {
  const wrong = [
    7,
    '',
    '-1',
    '1.5',
    '1e19',
    '007',
    '18446744073709551616',
    'x'.repeat(10_240),
    '1'.repeat(10_240),
    null,
    {},
  ]

  it('gets no grant', async () => {
    for (const crc64 of wrong) {
      const files = [{ name: 'a.txt', size: 5, type: 'text/plain', crc64 }]
      expect(await ann.send('POST', '', { route: 'demo', files })).toMatchObject({
        status: 400,
        body: { code: 'request-invalid', detail: expect.stringContaining('files[0].crc64 must be') },
      })
    }
  })

  it('completes nothing', async () => {
    const grant = await begin(ann)
    await sendAll(ann, grant)
    const bodies = [...wrong.map((crc64) => ({ crc64 })), [], 'null', '{', '"7"']
    for (const body of bodies) {
      const answer = await ann.send('POST', `/${grant.id}/complete`, body)
      expect(answer).toMatchObject({ status: 400, body: { code: 'request-invalid' } })
      expect(JSON.stringify(answer.body).length).toBeLessThan(400)
    }
    const path = `${stage.origin}/uploads/${grant.id}/complete`
    const asForm = { 'x-caller': 'ann', 'content-type': 'text/plain' }
    const foreign = await fetch(path, { method: 'POST', headers: asForm, body: JSON.stringify({ crc64: OTHER }) })
    expect(foreign.status).toBe(400)
    expect(await ann.record(grant.id)).toMatchObject({
      status: 'granted',
      file: expect.not.objectContaining({ crc64: OTHER }),
    })
    expect(requestsOf(stage, grant.key, 'CompleteMultipartUpload')).toEqual([])
    expect((await complete(ann, grant.id, { crc64: CRC64 })).status).toBe(200)
  })
})

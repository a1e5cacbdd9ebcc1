import {
  type Credentials,
  childText,
  objectUrl,
  readXml,
  roleCredentials,
  signHeaders,
  staticCredentials,
} from '@oss-direct/oss'
import type { GrantAnswer } from '@oss-direct/shared'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { ownerOf, PIECES, SIZE } from '../test/parts.ts'
import { type Client, putObject, ROLE, type SessionGrant, type Stage, startStage } from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

const log: string[] = []
const record = (facts: object, message: string) => void log.push(JSON.stringify({ ...facts, message }))
let stage: Stage
let ann: Client

beforeAll(async () => {
  stage = await startStage({
    uploads: { keepTrace: true, logger: { info: record, warn: record, error: record } },
    routes: {
      demo: uploadRoute({
        transports: ['sts'],
        callback: { variables: { album: '春天/a b' } },
        key: ({ id, extension, file }) => (file.name.startsWith('*') ? `demo/*${id}` : `demo/a+b/${id}${extension}`),
        onUploaded: ({ size, variables, evidence }) => ({ size, ...variables, evidence }),
      }),
      forms: uploadRoute({ onUploaded: () => null }),
    },
  })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => {
  stage.emulator.faults.clear()
  log.length = 0
})

interface Call {
  method?: string
  key?: string
  bucket?: string
  query?: Record<string, string>
  headers?: Record<string, string>
  body?: string
  version?: 'V4' | 'V1'
  laterMs?: number
}

/** A call as whoever has the temporary keys makes it. */
function call(grant: SessionGrant, request: Call): Promise<Response> {
  const { method = 'PUT', key = grant.key, bucket = grant.bucket, query = {}, headers = {}, body, version } = request
  const now = new Date(Date.now() + (request.laterMs ?? 0))
  const signed = signHeaders(
    { method, bucket, key, query, headers },
    { credentials: keysOf(grant), region: grant.region, now, ...(version && { version }) },
  )
  const url = objectUrl({ name: bucket, region: grant.region, url: `${grant.endpoint}/${bucket}` }, key)
  const text = new URLSearchParams(query).toString()
  return fetch(text ? `${url}?${text}` : url, {
    method,
    headers: signed,
    ...(body === undefined ? {} : { body: Buffer.from(body) }),
  })
}

function keysOf({ credentials: { accessKeyId, accessKeySecret, securityToken } }: SessionGrant): Credentials {
  return { accessKeyId, accessKeySecret, securityToken }
}

function callbackHeaders({ callback }: SessionGrant): Record<string, string> {
  return callback ? { 'x-oss-callback': callback.callback, 'x-oss-callback-var': callback.callbackVar } : {}
}

function put(grant: SessionGrant, body = 'hello', more: Call = {}): Promise<Response> {
  return call(grant, { ...more, body, headers: { ...grant.headers, ...callbackHeaders(grant), ...more.headers } })
}

async function sendParts(grant: SessionGrant, headers: Record<string, string>): Promise<Response> {
  const begun = await call(grant, { method: 'POST', query: { uploads: '' }, headers: grant.headers })
  const uploadId = childText(readXml(await begun.text()), 'UploadId') ?? ''
  const rows = PIECES.map(async (body, index) => {
    const answer = await call(grant, { query: { partNumber: String(index + 1), uploadId }, body })
    return `<Part><PartNumber>${index + 1}</PartNumber><ETag>${answer.headers.get('etag')}</ETag></Part>`
  })
  const listed = (await Promise.all(rows)).join('')
  expect((await call(grant, { method: 'GET', query: { uploadId } })).status).toBe(200)
  const body = `<CompleteMultipartUpload>${listed}</CompleteMultipartUpload>`
  return call(grant, { method: 'POST', query: { uploadId }, headers, body })
}

const assumed = () => stage.emulator.requests.list().filter(({ operation }) => operation === 'AssumeRole').length

describe('an object put with temporary keys', () => {
  it.each(['V4', 'V1'] as const)('is settled by its callback, signed by %s', async (version) => {
    const grant = await ann.grantSession({ name: '季度.txt' })
    const answer = await put(grant, 'hello', { version })
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { id: grant.id, status: 'settled', result: { size: 5, album: '春天/a b', evidence: 'callback' } },
    ])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'callback' })
  })

  it('in parts is settled by the callback of the last call, and by confirmation where that has none', async () => {
    const [told, untold] = [await ann.grantSession({ size: SIZE }), await ann.grantSession({ size: SIZE })]
    const answer = await sendParts(told, callbackHeaders(told))
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: told.id, result: { size: SIZE } }])
    expect((await sendParts(untold, {})).status).toBe(200)
    expect(await ann.record(untold.id)).toMatchObject({ status: 'granted' })
    expect(await ann.confirm(untold.id)).toMatchObject({ status: 200, body: { result: { evidence: 'head' } } })
    expect((await ann.send('POST', `/${untold.id}/complete`)).body).toMatchObject({ code: 'transport-unsupported' })
  })

  it('whose callback was lost is settled by the sweeper', async () => {
    const grant = await ann.grantSession()
    stage.emulator.faults.set({ name: 'callback-lost', count: 1 })
    expect((await put(grant)).status).toBe(203)
    await stage.uploads.sweep()
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'head' })
  })

  it.each<[string, { body?: string; headers?: Record<string, string> }, string]>([
    ['size', { body: 'hello!' }, '6 bytes instead of 5'],
    ['type', { headers: { 'content-type': 'text/html' } }, 'text/html instead of text/plain'],
  ])('of another %s than was granted is deleted', async (_what, { body, headers = {} }, detail) => {
    const grant = await ann.grantSession()
    expect((await put(grant, body, { headers })).status).toBe(203)
    expect(await ownerOf(stage).head(grant.key)).toBeNull()
    const error = { code: 'object-mismatch', detail: expect.stringContaining(detail) }
    expect(await ann.record(grant.id)).toMatchObject({ status: 'failed', error })
  })
})

describe('temporary keys', () => {
  it('come with what an SDK has to be told, ready and in its parts, for 15 minutes', async () => {
    const { grants, serverTime } = await askFor(1)
    const [outcome] = grants
    if (!outcome?.ok || outcome.grant.transport !== 'sts') throw new Error('no grant')
    const { id, key, callback, credentials, ...grant } = outcome.grant
    expect(grant).toEqual({
      transport: 'sts',
      endpoint: stage.emulator.origin,
      addressing: 'path',
      region: 'cn-hangzhou',
      bucket: 'uploads',
      expiresAt: credentials.expiresAt,
      headers: {
        'content-type': 'text/plain',
        'content-disposition': 'attachment; filename="a.txt"',
        'x-oss-forbid-overwrite': 'true',
      },
    })
    const lifetime = Date.parse(credentials.expiresAt) - Date.parse(serverTime)
    expect(Math.abs(lifetime - 900_000)).toBeLessThan(60_000)
    const read = (base64 = '') => JSON.parse(Buffer.from(base64, 'base64').toString()) as unknown
    expect(read(callback?.callback)).toEqual(callback?.plain.callback)
    expect(read(callback?.callbackVar)).toEqual(callback?.plain.callbackVar)
    expect(callback?.plain).toMatchObject({
      callback: { callbackUrl: `${stage.origin}/uploads/callback`, callbackBody: expect.stringContaining(`id=${id}`) },
      callbackVar: { 'x:album': '春天/a b' },
    })
    expect(key).toBe(`demo/a+b/${id}.txt`)
  })

  it('are one call of STS for each grant, and none for what is refused before', async () => {
    const before = assumed()
    const { grants } = await askFor(3)
    expect(assumed() - before).toBe(3)
    const ids = grants.map((outcome) =>
      outcome.ok && outcome.grant.transport === 'sts' ? outcome.grant.credentials.accessKeyId : undefined,
    )
    expect(new Set(ids).size).toBe(3)

    const files = [{ name: 'a.txt', size: 5, type: 'text/plain' }]
    const body = { route: 'demo', transport: 'sts', files }
    expect((await stage.as('').send('POST', '', body)).status).toBe(401)
    expect((await ann.send('POST', '', { ...body, route: 'forms' })).body).toMatchObject({
      code: 'transport-unsupported',
    })
    expect((await ann.send('POST', '', { ...body, files: [{ ...files[0], size: 1024 ** 4 }] })).status).toBe(201)
    // As a form of a foreign page would send it, with the visitor's cookie.
    const headers = { 'x-caller': 'ann', 'content-type': 'text/plain' }
    const forged = { method: 'POST', headers, body: JSON.stringify(body) }
    expect((await fetch(`${stage.origin}/uploads`, forged)).status).toBe(400)
    expect(assumed() - before).toBe(3)
  })

  it('may do nothing with any other object, nor anything else with theirs', async () => {
    const [grant, other] = [await ann.grantSession(), await ann.grantSession()]
    expect((await put(other)).status).toBe(200)
    const strangers = [
      other.key,
      `${grant.key}x`,
      grant.key.slice(0, -1),
      'demo/a+b/',
      'demo',
      grant.key.toUpperCase(),
      `demo/a b/${grant.id}.txt`,
      `x${grant.key}`,
      'demo/*',
    ]
    for (const key of strangers) expect((await call(grant, { key, body: 'x' })).status, key).toBe(403)
    expect((await call(grant, { bucket: 'elsewhere', body: 'x' })).status).toBe(403)
    expect((await put(grant)).status).toBe(200)

    const refused: Call[] = [
      { method: 'GET' },
      { method: 'HEAD' },
      { method: 'DELETE' },
      { method: 'GET', query: { acl: '' } },
      { query: { acl: '' }, headers: { 'x-oss-object-acl': 'public-read' } },
      { query: { tagging: '' }, body: '<Tagging><TagSet/></Tagging>' },
      { headers: { 'x-oss-copy-source': `/uploads/${other.key}` } },
      { method: 'GET', key: '' },
      { method: 'GET', key: '', query: { prefix: grant.key } },
      { method: 'GET', key: '', query: { 'list-type': '2' } },
      { method: 'GET', key: '', query: { uploads: '' } },
      { method: 'GET', key: '', query: { bucketInfo: '' } },
      { method: 'DELETE', key: '' },
      { method: 'GET', key: other.key },
      { method: 'DELETE', key: other.key },
      { method: 'POST', key: other.key, query: { uploads: '' } },
    ]
    for (const request of refused) expect((await call(grant, request)).status, JSON.stringify(request)).toBe(403)
    const again = { roleArn: ROLE, credentials: staticCredentials(keysOf(grant)), endpoint: stage.emulator.origin }
    await expect(roleCredentials(again)()).rejects.toMatchObject({ code: 'NoPermission' })
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled' })
  })

  it('are not to be had for a key that would be a pattern', async () => {
    const before = assumed()
    const answer = await ann.send('POST', '', {
      route: 'demo',
      transport: 'sts',
      files: [{ name: '*.txt', size: 5, type: 'text/plain' }],
    })
    expect([answer.status, assumed() - before]).toEqual([500, 0])
  })

  it('stand in no log and no trace', async () => {
    const grant = await ann.grantSession()
    await put(grant)
    const { body } = await ann.send('GET', `/${grant.id}/trace`)
    const text = JSON.stringify(body) + log.join('\n')
    expect(text).toContain(grant.credentials.accessKeyId)
    expect(text).toContain('ticket=[ticket]')
    for (const secret of [grant.credentials.accessKeySecret, grant.credentials.securityToken]) {
      expect(text).not.toContain(secret)
    }
    const { headers } = await ann.send('POST', '', { route: 'demo', files: [{ name: 'a', size: 1, type: '' }] })
    expect(headers.get('cache-control')).toBe('no-store')
  })

  it('end', async () => {
    const grant = await ann.grantSession()
    const laterMs = Date.parse(grant.expiresAt) - Date.now() + 2000
    stage.emulator.faults.set({ name: 'clock', offsetMs: laterMs })
    expect(await (await put(grant, 'hello', { laterMs })).text()).toContain('SecurityTokenExpired')
  })
})

describe('what temporary keys could still exchange', () => {
  const link = async (grant: SessionGrant, target: string) => {
    const headers = { 'x-oss-symlink-target': encodeURIComponent(target), 'content-type': 'text/plain' }
    expect((await call(grant, { query: { symlink: '' }, headers })).status).toBe(200)
  }

  it('is no way to read what they may not: a link is never taken for the upload', async () => {
    await putObject(stage, 'secret', { content: 'hello', type: 'text/plain' })
    const grant = await ann.grantSession()
    await link(grant, 'secret')
    expect(await ann.confirm(grant.id)).toMatchObject({
      status: 422,
      body: { code: 'object-mismatch', detail: expect.stringContaining('an object of the type Symlink') },
    })
    expect((await ann.send('GET', `/${grant.id}/content`)).status).toBe(404)
    expect(await ownerOf(stage).head('secret')).not.toBeNull()
    expect(await ownerOf(stage).head(grant.key)).toBeNull()
  })

  it('is no object that grows', async () => {
    const grant = await ann.grantSession()
    const headers = { 'content-type': 'text/plain' }
    expect(
      (await call(grant, { method: 'POST', query: { append: '', position: '0' }, headers, body: 'hello' })).status,
    ).toBe(200)
    expect((await ann.confirm(grant.id)).body).toMatchObject({ code: 'object-mismatch' })
  })

  it('is not shown before they have ended, and then only if it is what was settled', async () => {
    await putObject(stage, 'secret', { content: 'HELLO', type: 'text/plain' })
    const [kept, exchanged, linked] = [await ann.grantSession(), await ann.grantSession(), await ann.grantSession()]
    const unused = await ann.grantSession()
    for (const grant of [kept, exchanged, linked]) expect((await put(grant)).status).toBe(200)
    expect((await ann.send('GET', `/${kept.id}/content`)).body).toMatchObject({
      code: 'forbidden',
      detail: expect.stringContaining('can be exchanged by its temporary keys until'),
    })
    const overwriting = { 'content-type': 'text/plain' }
    expect((await call(exchanged, { body: 'HELLO', headers: overwriting })).status).toBe(200)
    await link(linked, 'secret')
    stage.emulator.faults.set({ name: 'clock', offsetMs: Date.parse(linked.expiresAt) - Date.now() + 60_000 })
    // Any call tells the server OSS's time.
    await ann.confirm(unused.id)
    const { headers } = await ann.send('GET', `/${kept.id}/content`)
    expect(await (await fetch(headers.get('location') ?? '')).text()).toBe('hello')
    for (const { id } of [exchanged, linked]) {
      expect((await ann.send('GET', `/${id}/content`)).body).toMatchObject({ code: 'object-mismatch' })
    }
    stage.emulator.faults.clear()
    await ann.confirm(unused.id)
  })
})

describe('STS', () => {
  it('that refuses makes a refusal of the file, in its words, and no record', async () => {
    stage.emulator.faults.set({ name: 'error', operation: 'AssumeRole', status: 403, code: 'NoPermission', count: 1 })
    const before = (await ann.list('?limit=100')).items.length
    const { grants } = await askFor(2)
    expect(grants.map(({ ok }) => ok).sort()).toEqual([false, true])
    expect(grants.find(({ ok }) => !ok)).toMatchObject({
      error: {
        code: 'oss-unavailable',
        detail: expect.stringMatching(/^STS gave no temporary keys: NoPermission, request [0-9A-F-]{36}: /),
        hint: expect.stringContaining('sts:AssumeRole'),
      },
    })
    expect((await ann.list('?limit=100')).items.length - before).toBe(1)
  })

  it('that cannot be reached says so', async () => {
    const lonely = await startStage({
      sessions: { endpoint: 'http://127.0.0.1:1' },
      routes: { demo: uploadRoute({ transports: ['sts'], onUploaded: () => null }) },
    })
    await expect(lonely.as('ann').grantSession()).rejects.toThrow(/oss-unavailable.*NetworkError/)
    await lonely.close()
  })

  it('is asked by the clock of OSS, once a call has told it', async () => {
    const skewed = await startStage({
      uploads: { now: () => new Date(Date.now() - 3600_000) },
      routes: { demo: uploadRoute({ transports: ['sts', 'post'], onUploaded: () => null }) },
    })
    const bob = skewed.as('bob')
    await bob.confirm((await bob.grant()).id)
    expect((await put(await bob.grantSession())).status).toBe(200)
    await skewed.close()
  })

  it('gives the server its own credentials as well, which sign forms that OSS takes', async () => {
    const role = { roleArn: ROLE, endpoint: stage.emulator.origin, credentials: stage.credentials }
    const assuming = await startStage({
      routes: { demo: uploadRoute({ transports: ['put'], onUploaded: () => 'fine' }) },
    })
    const sts = { ...role, endpoint: assuming.emulator.origin }
    const other = await startStage({
      uploads: {
        oss: { ...assuming.oss, credentials: roleCredentials(sts), sessions: sts },
        callbackUrl: 'none',
      },
      routes: { demo: uploadRoute({ transports: ['put', 'sts'], onUploaded: () => 'fine' }) },
    })
    const bob = other.as('bob')
    const grants = [await bob.grantPut(), await bob.grantPut()]
    for (const { url, method, headers } of grants) {
      expect(url).toContain('x-oss-security-token=')
      expect((await fetch(url, { method, headers, body: 'hello' })).status).toBe(200)
    }
    expect(await bob.confirm(grants[0]?.id ?? '')).toMatchObject({ status: 200 })
    const calls = () => assuming.emulator.requests.list().filter(({ operation }) => operation === 'AssumeRole').length
    expect(calls()).toBe(1)
    expect((await put(await bob.grantSession())).status).toBe(200)
    expect(calls()).toBe(2)
    await other.close()
    await assuming.close()
  })

  it('has to be named where a route needs it, and with a time that it takes', async () => {
    const { sessions: _, ...oss } = stage.oss
    const routes = { demo: uploadRoute({ transports: ['sts'], onUploaded: () => null }) }
    await expect(startStage({ routes, uploads: { oss } })).rejects.toThrow('The route "demo" has the transport "sts"')
    await expect(startStage({ sessions: { durationSeconds: 899 } })).rejects.toThrow('900 to 43200, not 899')
  })
})

async function askFor(count: number): Promise<GrantAnswer> {
  const files = Array.from({ length: count }, () => ({ name: 'a.txt', size: 5, type: 'text/plain' }))
  return (await ann.send('POST', '', { route: 'demo', files })).body as GrantAnswer
}

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ownerOf } from '../test/parts.ts'
import { type Client, type PutGrant, type Stage, startStage } from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

const GiB = 1024 ** 3
const stages: Record<'V4' | 'V1', Stage> = {} as never

beforeAll(async () => {
  for (const signatureVersion of ['V4', 'V1'] as const) {
    stages[signatureVersion] = await startStage({
      signatureVersion,
      uploads: { keepTrace: true },
      routes: {
        demo: uploadRoute({
          transports: ['put'],
          maxBytes: 5 * GiB,
          callback: { variables: { album: '春天/a b' } },
          onUploaded: ({ size, variables, evidence }) => ({ size, ...variables, evidence }),
        }),
        forms: uploadRoute({ onUploaded: () => null }),
      },
    })
  }
})
afterAll(async () => {
  for (const stage of Object.values(stages)) await stage.close()
})

function put({ url, method, headers }: PutGrant, body = 'hello'): Promise<Response> {
  return fetch(url, { method, headers, body })
}

describe.each(['V4', 'V1'] as const)('a signed PUT, %s', (version) => {
  let stage: Stage
  let ann: Client
  beforeAll(() => {
    stage = stages[version]
    ann = stage.as('ann')
  })

  it('is answered by the application, and gives the object its type and name', async () => {
    const grant = await ann.grantPut({ name: '季度.txt' })
    const answer = await put(grant)
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { id: grant.id, status: 'settled', result: { size: 5, album: '春天/a b', evidence: 'callback' } },
    ])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'callback' })
    const stored = await fetch(await ownerOf(stage).presign({ method: 'GET', key: grant.key, expiresInSeconds: 60 }))
    expect(stored.headers.get('content-type')).toBe('text/plain')
    expect(stored.headers.get('content-disposition')).toBe(grant.headers['content-disposition'])
  })

  it('is refused once any of its headers is left out, changed or joined by another of OSS', async () => {
    const grant = await ann.grantPut()
    const names = Object.keys(grant.headers)
    expect(names.sort()).toEqual([
      'content-disposition',
      'content-type',
      'x-oss-callback',
      'x-oss-callback-var',
      'x-oss-forbid-overwrite',
    ])
    // V1 has no place for it.
    for (const name of names.filter((name) => version === 'V4' || name !== 'content-disposition')) {
      const { [name]: value = '', ...rest } = grant.headers
      // Without a content type `fetch` sends one of its own.
      expect((await put({ ...grant, headers: rest })).status, name).toBe(403)
      expect((await put({ ...grant, headers: { ...rest, [name]: `${value}A` } })).status, name).toBe(403)
    }
    for (const more of [
      { 'x-oss-object-acl': 'public-read' },
      { 'x-oss-symlink-target': 'a' },
      { 'x-oss-meta-a': '1' },
    ]) {
      expect((await put({ ...grant, headers: { ...grant.headers, ...more } })).status).toBe(403)
    }
    expect((await put(grant)).status).toBe(200)
  })

  it('is good for this key, this method and this call alone', async () => {
    const [grant, other] = [await ann.grantPut(), await ann.grantPut()]
    expect((await put({ ...grant, url: grant.url.replace(grant.id, other.id) })).status).toBe(403)
    for (const more of ['&symlink', '&acl', '&tagging', '&partNumber=1&uploadId=1', '&callback=e30=']) {
      expect((await put({ ...grant, url: grant.url + more })).status, more).toBe(403)
    }
    for (const method of ['GET', 'DELETE', 'POST', 'HEAD']) {
      const body = method === 'POST' ? { body: 'hello' } : {}
      const { status } = await fetch(grant.url, { method, headers: grant.headers, ...body })
      expect(status, method).toBeGreaterThanOrEqual(400)
    }
    expect((await put(grant)).status).toBe(200)
    expect((await put(grant, 'HELLO')).status).toBe(409)
    expect(new TextDecoder().decode(await ownerOf(stage).read(grant.key, { start: 0, end: 9 }))).toBe('hello')
  })

  it.each(['hello!', 'hell', ''])(
    'of another size (%j) ends: the object is deleted, the record failed',
    async (body) => {
      const grant = await ann.grantPut()
      expect((await put(grant, body)).status).toBe(203)
      expect(await ownerOf(stage).head(grant.key)).toBeNull()
      expect(await ann.record(grant.id)).toMatchObject({
        status: 'failed',
        error: { code: 'object-mismatch', detail: expect.stringContaining(`${body.length} bytes instead of 5`) },
      })
    },
  )

  it('whose callback was lost is settled by confirmation, and by the sweeper', async () => {
    for (const settle of [(id: string) => ann.confirm(id), () => stage.uploads.sweep()]) {
      const grant = await ann.grantPut()
      stage.emulator.faults.set({ name: 'callback-lost', count: 1 })
      expect((await put(grant)).status).toBe(203)
      await settle(grant.id)
      expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', evidence: 'head' })
    }
  })

  it('ends when the grant does', async () => {
    const grant = await ann.grantPut()
    const offsetMs = Date.parse(grant.expiresAt) - Date.now() + 2000
    const id = stage.emulator.faults.set({ name: 'clock', offsetMs })
    expect((await put(grant)).status).toBe(403)
    stage.emulator.faults.clear(id)
  })

  it('is traced readably, and without what would let a reader use it', async () => {
    const grant = await ann.grantPut()
    const { body } = await ann.send('GET', `/${grant.id}/trace`)
    const text = JSON.stringify(body)
    expect(text).toContain('"callbackBody":"bucket=${bucket}')
    expect(text).toContain('ticket=[ticket]')
    const signature = new URL(grant.url).searchParams.get(version === 'V4' ? 'x-oss-signature' : 'Signature') ?? ''
    expect(signature).not.toBe('')
    expect(text).not.toContain(signature)
  })
})

describe('the transport put', () => {
  it('is refused where a route does not take it, and for a file that no request takes', async () => {
    const ann = stages.V4.as('ann')
    const files = [{ name: 'a', size: 5, type: '' }]
    for (const transport of ['put', 'sts', 'multipart']) {
      expect(await ann.send('POST', '', { route: 'forms', transport, files })).toMatchObject({
        status: 400,
        body: { code: 'transport-unsupported', hint: 'It takes: post.' },
      })
    }
    await expect(ann.grantPut({ size: 5 * GiB + 1 })).rejects.toThrow('file-too-large')
  })

  it('has no callback where OSS does not call, and is confirmed', async () => {
    const quiet = await startStage({
      uploads: { callbackUrl: 'none' },
      routes: { demo: uploadRoute({ transports: ['put'], onUploaded: () => 'fine' }) },
    })
    const bob = quiet.as('bob')
    const grant = await bob.grantPut()
    expect(grant.headers).not.toHaveProperty('x-oss-callback')
    const answer = await put(grant)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(await bob.confirm(grant.id)).toMatchObject({ status: 200, body: { result: 'fine' } })
    await quiet.close()
  })

  it('is settled as well where an SDK calls by a URL with a question mark behind it', async () => {
    const stage = stages.V4
    const grant = await stage.as('ann').grantPut()
    const { callbackBody } = JSON.parse(Buffer.from(grant.headers['x-oss-callback'] ?? '', 'base64').toString()) as {
      callbackBody: string
    }
    const facts: Record<string, string> = {
      bucket: 'uploads',
      object: grant.key,
      etag: 'E',
      size: '5',
      mimeType: 'a/b',
    }
    const body = callbackBody.replace(/\$\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(facts[name] ?? ''))
    // Nothing is there yet, which is said after the signature and the ticket were found to be right.
    expect(await stage.haveOssSay(body, { path: '/uploads/callback?' })).toBe(404)
    expect(await stage.haveOssSay(body, { path: '/uploads/callback?a' })).toBe(403)
  })
})

import { Writable } from 'node:stream'
import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Client, postForm, SECRET, type Stage, startStage } from '../test/stage.ts'
import { type Caller, uploadRoute } from './upload-route.ts'
import { createUploads } from './uploads.ts'
import type { UploadsOptions } from './uploads-options.ts'

let log = ''
let stage: Stage
let ann: Client
let bob: Client

beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  stage = await startStage({
    routes: {
      demo: uploadRoute({ minBytes: 0, onUploaded: ({ key }) => ({ key }) }),
      photos: uploadRoute({ onUploaded: () => null }),
    },
    uploads: { keepTrace: true, logger: pino(sink) },
  })
  ann = stage.as('ann')
  bob = stage.as('bob')
})
afterAll(() => stage.close())

describe('an unforeseen error', () => {
  it('is answered with where to look, and with nothing of itself', async () => {
    const identify = () => {
      throw new Error('connect postgres://admin:hunter2@db')
    }
    const broken = await startStage({ uploads: { identify } })
    const { status, headers, body } = await broken.as('ann').send('GET', '')
    expect(status).toBe(500)
    expect(JSON.stringify(body)).not.toContain('hunter2')
    expect(body).toMatchObject({ code: 'internal', hint: expect.stringContaining(headers.get('x-request-id') ?? '-') })
    await broken.close()
  })
})

describe('without a callback', () => {
  it('uploads are settled by confirmation, and callbacks are not taken', async () => {
    const quiet = await startStage({ uploads: { callbackUrl: 'none' } })
    const grant = await quiet.as('ann').grant()
    expect((await postForm(grant, 'hello')).status).toBe(200)
    expect((await quiet.as('ann').confirm(grant.id)).body).toMatchObject({ status: 'settled' })
    expect((await quiet.as('ann').send('POST', '/callback', {})).body).toMatchObject({ code: 'not-found' })
    await quiet.close()
  })
})

describe("another caller's record", () => {
  it.each([
    ['GET', ''],
    ['POST', '/confirm'],
    ['GET', '/content'],
    ['GET', '/trace'],
    ['DELETE', '?object=true'],
  ])('is not found by %s %s', async (method, suffix) => {
    const grant = await ann.grant()
    await postForm(grant, 'hello')
    const answer = await bob.send(method, `/${grant.id}${suffix}`, method === 'POST' ? {} : undefined)
    expect(answer).toMatchObject({ status: 404, body: { code: 'upload-not-found' } })
    expect((await ann.record(grant.id)).status).toBe('settled')
  })
})

describe('the list', () => {
  it('gives every record of the caller once, newest first, page by page', async () => {
    const cyd = stage.as('cyd')
    const files = Array.from({ length: 5 }, (_, index) => ({ name: `${index}.txt`, size: 1, type: '' }))
    await cyd.send('POST', '', { route: 'demo', files })
    const newest = await cyd.grant({ name: 'newest.txt' })
    await cyd.send('POST', '', {
      route: 'photos',
      files: [{ name: 'p.png', size: 5, type: 'image/png' }],
    })

    const first = await cyd.list('?route=demo&limit=4')
    const second = await cyd.list(`?route=demo&limit=4&cursor=${first.nextCursor}`)
    expect(first.items[0]?.id).toBe(newest.id)
    expect([first.items.length, second.items.length, second.nextCursor]).toEqual([4, 2, undefined])
    expect(new Set([...first.items, ...second.items].map(({ id }) => id)).size).toBe(6)
    expect((await cyd.list()).items).toHaveLength(7)
  })

  it.each([
    ['?cursor=x', 'cursor is none that this server gave'],
    ['?limit=0', 'limit must be a whole number from 1 to 100, not "0"'],
    ['?limit=101', 'limit must be a whole number from 1 to 100, not "101"'],
  ])('refuses %s', async (query, detail) => {
    expect(await ann.send('GET', query)).toMatchObject({ status: 400, body: { code: 'request-invalid', detail } })
  })
})

describe('the content', () => {
  it.each([
    ['a.png', 'image/png', 'inline'],
    ['a.txt', 'text/plain', 'inline'],
    ['a.svg', 'image/svg+xml', 'attachment'],
    ['a.html', 'text/html', 'attachment'],
    ['a.js', 'text/javascript', 'attachment'],
    ['a.pdf', 'application/pdf', 'attachment'],
    ['a.png', 'image/pngx', 'attachment'],
    ['a', '', 'attachment'],
  ])('of %s (%s) is given %s/%s', async (name, type, disposition) => {
    const grant = await ann.grant({ name, type })
    expect((await ann.send('GET', `/${grant.id}/content`)).body).toMatchObject({ code: 'object-absent' })
    await postForm(grant, 'hello')
    const { status, headers } = await ann.send('GET', `/${grant.id}/content`)
    expect(status).toBe(302)
    expect(headers.get('cache-control')).toBe('no-store')
    const content = await fetch(headers.get('location') ?? '')
    expect(content.headers.get('content-disposition')).toBe(`${disposition}; filename="${name}"`)
    expect(await content.text()).toBe('hello')
  })
})

describe('removing', () => {
  it('forgets the record, and the object with it where asked', async () => {
    const [kept, gone] = [await ann.grant(), await ann.grant()]
    for (const grant of [kept, gone]) await postForm(grant, 'hello')
    const address = async (id: string) => (await ann.send('GET', `/${id}/content`)).headers.get('location') ?? ''
    const addresses = [await address(kept.id), await address(gone.id)]
    expect((await ann.send('DELETE', `/${kept.id}`)).status).toBe(204)
    expect((await ann.send('DELETE', `/${gone.id}?object=true`)).status).toBe(204)
    expect((await ann.send('GET', `/${gone.id}`)).status).toBe(404)
    expect(await Promise.all(addresses.map(async (url) => (await fetch(url)).status))).toEqual([200, 404])
  })

  it('waits for nobody: a record that is being settled stays', async () => {
    const now = new Date()
    const open = await ann.grant()
    stage.emulator.faults.set({ name: 'callback-lost', count: 1 })
    await postForm(open, 'hello')
    await stage.store.claim(open.id, { holder: 'h', until: new Date(now.getTime() + 5000), now })
    expect((await ann.send('DELETE', `/${open.id}?object=true`)).body).toMatchObject({ code: 'settling-elsewhere' })
    await stage.store.end(open.id, 'h', { status: 'unchanged' })
    expect((await ann.confirm(open.id)).status).toBe(200)
  })

  it('keeps the record when OSS does not remove the object, and says what OSS said', async () => {
    const grant = await ann.grant()
    stage.emulator.faults.set({ name: 'error', operation: 'DeleteObject', status: 403, code: 'AccessDenied', count: 1 })
    const refused = await ann.send('DELETE', `/${grant.id}?object=true`)
    expect(refused).toMatchObject({ status: 502, body: { code: 'oss-refused', oss: { code: 'AccessDenied' } } })
    expect((await ann.send('DELETE', `/${grant.id}?object=true`)).status).toBe(204)
  })
})

describe('the trace', () => {
  it('shows every step, readable and without what could be used again', async () => {
    const grant = await ann.grant()
    await postForm(grant, 'hello')
    const { body } = await ann.send('GET', `/${grant.id}/trace`)
    const { events } = body as { events: { event: string; detail: object }[] }
    expect(events.map(({ event }) => event)).toEqual([
      'granted',
      'callback received',
      'bucket asked',
      'application answered',
      'callback answered',
    ])
    expect(events[0]?.detail).toMatchObject({
      policy: { conditions: expect.arrayContaining([['eq', '$key', grant.key]]) },
      fields: { callback: expect.stringContaining('ticket=[ticket]'), 'x-oss-signature': '[hidden]' },
    })
    expect(events[1]?.detail).toMatchObject({
      request: {
        method: 'POST',
        path: '/uploads/callback',
        headers: { authorization: '[hidden]', 'x-oss-bucket': 'uploads' },
        body: expect.stringMatching(/^bucket=uploads&.*ticket=\[ticket\]$/),
      },
      keyUrl: stage.emulator.callbackKeyUrl,
      facts: { key: grant.key, size: 5 },
    })
    expect(JSON.stringify(body)).not.toContain(ticketOf(grant.fields))
  })

  it('holds no signature, no policy and no callback that could be sent again, nor what a proxy added', async () => {
    let authorization = ''
    const proxied = await startStage({
      before: [
        (request, _response, next) => {
          if (request.url.endsWith('/callback')) authorization = request.headers.authorization ?? ''
          Object.assign(request.headers, { cookie: 'session=of-somebody', 'x-forwarded-for': '10.1.2.3' })
          next()
        },
      ],
      uploads: { keepTrace: true },
    })
    const own = proxied.as('ann')
    const grant = await own.grant()
    await postForm(grant, 'hello')
    const text = JSON.stringify((await own.send('GET', `/${grant.id}/trace`)).body)
    await proxied.close()
    const { policy = '', callback = '', 'x-oss-signature': signature = '' } = grant.fields
    const secrets = [policy, callback, signature, ticketOf(grant.fields), authorization]
    expect(secrets.map(({ length }) => length > 40)).toEqual([true, true, true, true, true])
    for (const secret of [...secrets, 'of-somebody', '10.1.2.3']) expect(text).not.toContain(secret)
  })

  it('is off where nobody asked for it', async () => {
    const plain = await startStage()
    const grant = await plain.as('ann').grant()
    expect((await plain.as('ann').send('GET', `/${grant.id}/trace`)).body).toMatchObject({ code: 'trace-off' })
    await plain.close()
  })
})

describe('the log', () => {
  it('has a line for grant, callback and confirmation, with ids, and no secret in any', async () => {
    log = ''
    const grant = await ann.grant()
    const ossRequestId = (await postForm(grant, 'hello')).headers.get('x-oss-request-id')
    await ann.confirm(grant.id)
    await postForm({ url: grant.url, fields: { ...grant.fields } }, 'hello')
    await fetch(`${stage.origin}/uploads/callback`, { method: 'POST', body: `ticket=${ticketOf(grant.fields)}` })
    const { headers } = await ann.send('GET', `/${grant.id}/content`)

    const lines = log
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'uploads granted', uploadIds: [grant.id], requestId: expect.any(String) }),
    )
    expect(lines).toContainEqual(
      expect.objectContaining({ msg: 'callback accepted', uploadId: grant.id, ossRequestId }),
    )
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'upload confirmed', uploadId: grant.id }))
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'callback refused', code: 'callback-key-url-refused' }))
    const signature = new URL(headers.get('location') ?? '').searchParams.get('x-oss-signature') ?? ''
    for (const secret of [
      SECRET,
      ticketOf(grant.fields),
      grant.fields.policy,
      grant.fields['x-oss-signature'],
      signature,
      'local-access-key-secret',
    ]) {
      expect(secret).toBeTruthy()
      expect(log).not.toContain(secret)
    }
  })
})

describe('createUploads', () => {
  const manyVariables = Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`variable-${index}`, '']))
  const valid: UploadsOptions<Caller> = {
    identify: () => null,
    routes: {},
    oss: {
      publicAddress: bucketAddress({ bucket: 'photos', region: 'cn-hangzhou' }),
      credentials: staticCredentials({ accessKeyId: 'a', accessKeySecret: 'b' }),
    },
    callbackUrl: 'https://app.example.com/uploads/callback',
    secret: SECRET,
    get store() {
      return stage.store
    },
  }
  it('takes a real bucket and a public address', () => {
    expect(createUploads(valid).rules()).toEqual({ routes: {} })
  })

  it.each<[string, Partial<UploadsOptions<Caller>>, string]>([
    [
      'a callback host that OSS would refuse',
      { callbackUrl: 'http://192.168.0.7/uploads/callback' },
      'Private address',
    ],
    ['localhost with a real bucket', { callbackUrl: 'http://localhost:3000/uploads/callback' }, "use 'none'"],
    ['a callback address without scheme', { callbackUrl: 'app.example.com/cb' }, 'no absolute http or https address'],
    ['a short secret', { secret: ['a long enough secret', 'short'] }, 'secret 2 is shorter than 16 bytes'],
    ['no secret', { secret: undefined }, 'at least one secret'],
    [
      'a callback that OSS would refuse for its length',
      {
        routes: {
          demo: uploadRoute({
            callback: { bodyType: 'application/json', variables: manyVariables },
            onUploaded: () => null,
          }),
        },
      },
      'OSS would refuse the callback of the route "demo"',
    ],
    [
      'a route name that cannot stand in an address',
      { routes: { 'a b': uploadRoute({ onUploaded: () => null }) } },
      'The route name "a b"',
    ],
  ])('refuses %s at once', (_case, wrong, message) => {
    expect(() => createUploads({ ...valid, ...wrong })).toThrow(message)
  })
})

function ticketOf(fields: Record<string, string>): string {
  return /ticket=([\w.-]+)/.exec(Buffer.from(fields.callback ?? '', 'base64').toString())?.[1] ?? ''
}

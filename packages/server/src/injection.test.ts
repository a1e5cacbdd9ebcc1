import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { connect } from 'node:net'
import { Writable } from 'node:stream'
import express from 'express'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { postForm, type Stage, startStage } from '../test/stage.ts'
import { safeMimeType } from './object-headers.ts'
import { uploadRoute } from './upload-route.ts'

// Texts that others choose, in the places where a line of its own would be a header, a line of the log, or another record.

let stage: Stage
let log = ''
beforeAll(async () => {
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  stage = await startStage({
    routes: {
      demo: uploadRoute({ transports: ['post', 'put'], onUploaded: ({ file }) => ({ name: file.name }) }),
      albums: uploadRoute({
        input: z.object({ album: z.string() }),
        key: ({ id, input }) =>
          `${input.album.startsWith('/') || input.album.startsWith('\\') ? '' : 'albums/'}${input.album}/${id}`,
        onUploaded: () => null,
      }),
      picky: uploadRoute({ accept: ['image/*', '.pdf', 'a/b+c'], onUploaded: () => null }),
    },
    uploads: { keepTrace: true, logger: pino(sink) },
  })
})
afterAll(() => stage.close())
beforeEach(() => {
  log = ''
})

/** Every line of the log is one object that we wrote. */
function logged(): Record<string, unknown>[] {
  return log
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>)
}

const FILE = '{"name":"a","size":1,"type":""}'
const NAMES = [
  'a.txt\r\nX-Injected: yes\r\n\r\n<script>alert(1)</script>',
  'a.txt"; filename="b.exe',
  "a'; DROP TABLE uploads; --.txt",
  '{"level":60,"msg":"all is lost"}\n{"level":60}.txt',
  '\u001b[2J\u0007.txt',
  '../../etc/passwd',
  '${filename}.txt',
  '\u202Egnp.exe',
]

describe.each(NAMES)('a file that is called %j', (name) => {
  it('adds no header to a form, a PUT or its download, and no line to the log', async () => {
    const ann = stage.as('ann')
    const [form, put] = [await ann.grant({ name }), await ann.grantPut({ name })]
    for (const headers of [form.fields, put.headers]) {
      for (const [field, value] of Object.entries(headers)) {
        expect([field, value]).toEqual([field, expect.stringMatching(/^[\x20-\x7e]*$/)])
      }
    }
    expect([form.key, put.key].join()).toMatch(/^demo\/[0-9a-f]{32}(\.[a-z]{3})?,demo\/[0-9a-f]{32}(\.[a-z]{3})?$/)
    expect(await (await postForm(form, 'hello')).json()).toMatchObject({ result: { name } })
    const { status, headers } = await ann.send('GET', `/${form.id}/content`)
    expect(status).toBe(302)
    expect(headers.get('x-injected')).toBeNull()
    const object = await fetch(headers.get('location') ?? '')
    expect(object.headers.get('content-disposition')).toMatch(
      /^inline; filename="[\w .()-]*"(; filename\*=UTF-8''[^\s"]*)?$/,
    )
    expect(object.headers.get('x-injected')).toBeNull()
    expect((await ann.record(form.id)).file.name).toBe(name)
    expect(logged().map(({ msg }) => msg)).toEqual(['uploads granted', 'uploads granted', 'callback accepted'])
  })
})

describe('texts of a request', () => {
  const raw = (lines: string[]) =>
    new Promise<string>((resolve, reject) => {
      const { hostname, port } = new URL(stage.origin)
      const socket = connect(Number(port), hostname)
      let answer = ''
      socket.on('data', (chunk) => {
        answer += chunk
      })
      socket.on('error', reject)
      socket.on('close', () => resolve(answer))
      socket.write(`${lines.join('\r\n')}\r\n\r\n`)
    })

  it.each(['a b', 'a"b', 'a\tb', '{"a":1}', '<script>', 'a\u0080b'])(
    'that is no sane id, %j, does not come back as one',
    async (id) => {
      const answer = await raw(['GET /uploads/routes HTTP/1.1', 'Host: x', 'Connection: close', `X-Request-Id: ${id}`])
      expect(answer).toMatch(/^x-request-id: [\w-]{36}\r$/im)
    },
  )

  it('of two lines never come in: neither as a header nor as an address', async () => {
    for (const line of ['X-Caller: ann\rX-Injected: yes', 'X-Caller: ann\nlog: x', 'X-Request-Id: a\0b']) {
      const answer = await raw(['GET /uploads HTTP/1.1', 'Host: x', 'Connection: close', line])
      expect(answer).toMatch(/^HTTP\/1\.1 (400|200)/)
      expect(answer).not.toMatch(/^x-injected/im)
    }
    const answer = await raw([
      'GET /uploads/%0d%0aX-Injected:%20yes/content HTTP/1.1',
      'Host: x',
      'Connection: close',
      'X-Caller: ann',
    ])
    expect(answer).toMatch(/^HTTP\/1\.1 404/)
    expect(answer).not.toMatch(/^x-injected/im)
  })

  it.each(["' OR ''='", '../secret', '%00', '__proto__', 'constructor', '\u{1F408}', 'x'.repeat(2000)])(
    'as the id of an upload, %j, find nothing',
    async (id) => {
      const ann = stage.as('ann')
      for (const [method, path] of [
        ['GET', ''],
        ['POST', '/confirm'],
        ['GET', '/trace'],
        ['DELETE', ''],
      ] as const) {
        const { status, body } = await ann.send(method, `/${encodeURIComponent(id)}${path}`)
        expect([method, status, (body as { code: string }).code]).toEqual([method, 404, 'upload-not-found'])
      }
      logged()
    },
  )

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'demo\n', 'demo/../picky', ''])(
    'as the name of a route, %j, are none',
    async (route) => {
      const files = [{ name: 'a', size: 1, type: '' }]
      const { status } = await stage.as('ann').send('POST', '', { route, files })
      expect([404, 400]).toContain(status)
      expect((await stage.as('ann').send('GET', `?route=${encodeURIComponent(route)}`)).body).toEqual({ items: [] })
    },
  )

  it.each(['*', '?', '${object}', '/', '\\', '..', '../../other', 'a/../../b', '\0', '\ud800', 'x'.repeat(1024)])(
    'in an input of which the application makes a folder, %j, lead to no other one',
    async (album) => {
      const ann = stage.as('ann')
      const before = (await ann.list()).items[0]?.id
      const files = [{ name: 'a.txt', size: 1, type: '' }]
      const { status, body } = await ann.send('POST', '', { route: 'albums', input: { album }, files })
      expect([status, body]).toMatchObject([500, { code: 'internal' }])
      expect((await ann.list()).items[0]?.id).toBe(before)
      // Whoever runs the server is told which function to mend.
      expect(log).toContain('Mend the `key` function')
    },
  )

  it('as members of an object change nothing of others', async () => {
    const text =
      '{"route":"demo","__proto__":{"isAdmin":true},"files":[{"name":"a","size":1,"type":"","__proto__":{"x":1}}]}'
    expect((await stage.as('ann').send('POST', '', text)).status).toBe(201)
    expect(({} as { isAdmin?: boolean }).isAdmin).toBeUndefined()
  })

  it('of a forged callback stand in the log neither whole nor as secrets', async () => {
    const { fields } = await stage.as('ann').grant()
    const { callbackBody } = JSON.parse(Buffer.from(fields.callback ?? '', 'base64').toString()) as {
      callbackBody: string
    }
    const [, ticket = ''] = /ticket=([^&]+)/.exec(callbackBody) ?? []
    const facts = { bucket: 'uploads', etag: 'a', size: '5', mimeType: 'a/b', ticket }
    for (const wrong of [{ id: ticket }, { size: ticket }, { object: ticket }, { object: 'x'.repeat(2000) }]) {
      const id = /id=(\w+)/.exec(callbackBody)?.[1] ?? ''
      await stage.haveOssSay(new URLSearchParams({ ...facts, id, object: 'a', ...wrong }).toString())
    }
    const headers = { 'x-oss-request-id': 'U2lnbmF0dXJl'.repeat(40), authorization: 'a' }
    await fetch(`${stage.origin}/uploads/callback`, { method: 'POST', headers, body: 'a=b' })
    const refused = logged().filter(({ msg }) => msg === 'callback refused')
    expect(refused).toHaveLength(5)
    for (const line of refused) expect(JSON.stringify(line).length).toBeLessThan(700)
    expect(log).not.toContain(ticket)
    expect(log).not.toContain('U2lnbmF0dXJl')
  })

  it('that end in the middle raise no alarm', async () => {
    const { hostname, port } = new URL(stage.origin)
    const socket = connect(Number(port), hostname)
    const ended = once(socket, 'close')
    const lines = ['POST /uploads HTTP/1.1', 'Host: x', 'X-Caller: ann', 'Content-Type: application/json']
    socket.resume().end([...lines, 'Content-Length: 99', '', '{"route"'].join('\r\n'))
    await ended
    await stage.as('ann').grant()
    expect(logged().map(({ msg }) => msg)).toEqual(['uploads granted'])
  })

  it('of a caller are kept apart, whatever quotes and wildcards are in them', async () => {
    const tag = randomUUID()
    for (const id of [`${tag}%`, `${tag}_`, `${tag}'`, `${tag}"`]) await stage.as(id).grant()
    expect((await stage.as(`${tag}%`).list()).items).toHaveLength(1)
    expect((await stage.as(tag).list()).items).toEqual([])
  })
})

// A pattern that tries every way to read these would not end within the time of a test, or of the sun.
describe('texts that are made to keep a pattern busy', () => {
  const long = (text: string, length: number) => text.repeat(Math.ceil(length / text.length)).slice(0, length)

  it.each([
    ['a type of semicolons', long('; ', 255)],
    ['a type of parameters without an end', `a/b${long('; a=b', 251)}!`],
    ['a type of spaces', `a/b${long(' ', 251)}!`],
    ['a type of slashes', long('a/', 255)],
    ['a type of dots and pluses', `${long('a+.', 100)}/${long('a+.-', 100)} ;!`],
  ])('%s is no type', async (_case, type) => {
    expect(safeMimeType(type)).toBe('application/octet-stream')
    const files = [{ name: 'a.bin', size: 1, type }]
    const { body } = await stage.as('ann').send('POST', '', { route: 'picky', files })
    expect(body).toMatchObject({ grants: [{ ok: false, error: { code: 'file-type-refused' } }] })
  })

  it.each([
    ['dots', long('.', 1024)],
    ['extensions', `${long('.a', 1023)}/`],
    ['backslashes', long('\\', 1024)],
    ['half characters', long('\uD83D', 1024)],
    ['quotes', long('"\\', 1024)],
    ['percent signs', long('%', 1024)],
  ])('a name of %s is a name', async (_case, name) => {
    const { status } = await stage.as('ann').send('POST', '', { route: 'demo', files: [{ name, size: 1, type: '' }] })
    expect(status).toBe(201)
  })

  const nested = (depth: number) =>
    `{"route":"free","input":${'['.repeat(depth)}${']'.repeat(depth)},"files":[${FILE}]}`
  it.each([
    ['by us', []],
    ['by somebody before us', [express.json()]],
  ])('an input within an input without end, read %s, is refused before anybody walks it', async (_case, before) => {
    const free = await startStage({ before, routes: { free: uploadRoute({ input: z.any(), onUploaded: () => null }) } })
    const ann = free.as('ann')
    // Beneath the body itself.
    expect((await ann.send('POST', '', nested(64))).status).toBe(201)
    for (const depth of [65, 20_000]) {
      const { status, body } = await ann.send('POST', '', nested(depth))
      expect([status, body]).toMatchObject([
        400,
        { code: 'request-invalid', detail: expect.stringContaining('64 levels') },
      ])
    }
    await free.close()
  })

  it('headers of spaces are read once', async () => {
    const headers = { 'x-caller': 'ann', 'content-type': `application/json${long(' ', 8000)}x` }
    const answer = await fetch(`${stage.origin}/uploads`, { method: 'POST', headers, body: '{}' })
    expect(await answer.json()).toMatchObject({ code: 'request-invalid', detail: 'The body must be JSON' })
  })
})

import { readFileSync } from 'node:fs'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { expect, it, onTestFinished } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { type Answer, post, send, signedFields, startOss } from '../stage/stage.fixture.ts'

const PIXEL = readFileSync(new URL('../stage/pixel.fixture.png', import.meta.url))

async function put(oss: Emulator, key: string, content: string | Buffer, type = 'text/plain'): Promise<void> {
  expect((await post(oss, [...signedFields(oss, { key }), { content, type }])).status).toBe(204)
}

async function read<T>(oss: Emulator, path: string): Promise<T> {
  return JSON.parse((await send(`${oss.origin}/_console/api/buckets${path}`)).text) as T
}

function content(oss: Emulator, key: string, more = ''): Promise<Answer> {
  return send(`${oss.origin}/_console/api/buckets/photos/object/content?key=${encodeURIComponent(key)}${more}`)
}

it('lists buckets with access and CORS rules', async () => {
  const cors = [{ allowedOrigins: ['http://a.example'], allowedMethods: ['POST'] }]
  const oss = await startOss({
    buckets: [
      { name: 'second', acl: 'public-read' },
      { name: 'first', cors },
    ],
  })
  expect(await read(oss, '')).toMatchObject({
    buckets: [
      { name: 'first', acl: 'private', cors: { rules: cors } },
      { name: 'second', acl: 'public-read', createdAt: expect.stringMatching(/^\d{4}-/) },
    ],
  })
})

it('lists objects by prefix, page by page', async () => {
  const oss = await startOss()
  for (const key of ['a/1', 'a/2', 'a/3', 'b/1']) await put(oss, key, key)
  type Page = { objects: { key: string; size: number }[]; next: string | null }
  const first = await read<Page>(oss, '/photos/objects?prefix=a/&limit=2')
  expect(first.objects.map(({ key }) => key)).toEqual(['a/1', 'a/2'])
  const second = await read<Page>(oss, `/photos/objects?prefix=a/&limit=2&after=${first.next}`)
  expect([second.objects.map(({ key }) => key), second.next]).toEqual([['a/3'], null])
  expect(first.objects[0]).toMatchObject({
    size: 3,
    contentType: 'text/plain',
    type: 'Normal',
    storageClass: 'Standard',
  })
})

it('tells the facts of one object, and deletes it', async () => {
  const oss = await startOss()
  const fields = { 'x-oss-meta-who': '李雷', 'cache-control': 'no-cache' }
  await post(oss, [...signedFields(oss, { key: '猫.txt', fields }), { content: 'hello', type: 'text/plain' }])
  const path = `/photos/object?key=${encodeURIComponent('猫.txt')}`
  expect(await read(oss, path)).toMatchObject({
    key: '猫.txt',
    size: 5,
    etag: '5D41402ABC4B2A76B9719D911017C592',
    headers: { 'x-oss-meta-who': '李雷', 'cache-control': 'no-cache' },
    preview: 'text',
  })
  const address = `${oss.origin}/_console/api/buckets${path}`
  expect((await send(address, { method: 'DELETE' })).status).toBe(204)
  expect((await send(address)).status).toBe(404)
  expect((await send(address, { method: 'DELETE' })).status).toBe(404)
})

it.each([
  ['a picture', PIXEL, 'image/png', 'inline', 'image/png'],
  ['a picture that says it is HTML', PIXEL, 'text/html', 'inline', 'image/png'],
  ['HTML', '<script>alert(1)</script>', 'text/html', 'inline', 'text/plain; charset=utf-8'],
  ['HTML that says it is a picture', '<script>alert(1)</script>', 'image/png', 'inline', 'text/plain; charset=utf-8'],
  ['SVG', '<svg onload="alert(1)"/>', 'image/svg+xml', 'inline', 'text/plain; charset=utf-8'],
  ['a script', 'alert(1)', 'text/javascript', 'inline', 'text/plain; charset=utf-8'],
  ['a type that is no type', 'x', 'text/html;\tcharset="', 'inline', 'text/plain; charset=utf-8'],
  ['a PDF', '%PDF-1.7\n', 'text/html', 'inline', 'application/pdf'],
  ['bytes', Buffer.from([0, 1, 2, 255]), 'text/html', 'attachment', 'application/octet-stream'],
  ['nothing', '', 'text/html', 'inline', 'text/plain; charset=utf-8'],
])('shows %s so that nothing in it can run', async (_what, bytes, type, disposition, shownAs) => {
  const oss = await startOss()
  await put(oss, 'dir/a"b\r\n.html', bytes, type)
  const { status, headers } = await content(oss, 'dir/a"b\r\n.html')
  expect([status, headers.get('content-type')]).toEqual([200, shownAs])
  expect(headers.get('content-disposition')).toBe(`${disposition}; filename*=UTF-8''a%22b%0D%0A.html`)
  expect(headers.get('content-security-policy')).toBe("sandbox; default-src 'none'; frame-ancestors 'none'")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
  expect(headers.get('cross-origin-resource-policy')).toBe('same-origin')
})

it('gives the bytes as they are, or the first of them, or as a download', async () => {
  const oss = await startOss()
  await put(oss, 'a.txt', '猫 hello')
  expect((await content(oss, 'a.txt')).text).toBe('猫 hello')
  expect((await content(oss, 'a.txt', '&bytes=3')).text).toBe('猫')
  expect((await content(oss, 'a.txt', '&bytes=0')).status).toBe(400)
  expect((await content(oss, 'a.txt', '&download=1')).headers.get('content-disposition')).toMatch(/^attachment/)
})

it('takes it calmly when somebody leaves in the middle of an object', async () => {
  const lines: string[] = []
  const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const oss = await startOss({ logger })
  await put(oss, 'a.bin', Buffer.alloc(16 * 1024 * 1024))
  const leaving = new AbortController()
  const address = `${oss.origin}/_console/api/buckets/photos/object/content?key=a.bin`
  const response = await fetch(address, { signal: leaving.signal })
  expect(response.status).toBe(200)
  leaving.abort()
  await expect.poll(() => lines.filter((line) => line.includes('the console failed')).length).toBe(1)
  expect(lines.map((line) => (JSON.parse(line) as { level: number }).level).filter((level) => level >= 40)).toEqual([])
  expect((await content(oss, 'a.bin', '&bytes=1')).status).toBe(200)
})

it('takes every key for a key and none for a path', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'oss-console-'))
  onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
  const oss = await startOss({ dataDir })
  const keys = [
    '../../bucket.json',
    '..',
    './',
    'a/../../callback-key.pem',
    '%2e%2e/x',
    'a\u0000b',
    '..\\..\\x',
    '__proto__',
  ]
  for (const key of keys) expect((await content(oss, key)).status, key).toBe(404)
  for (const key of keys.filter((each) => !/^[/\\]/.test(each))) {
    await put(oss, key, `this is ${key}`)
    expect((await content(oss, key)).text).toBe(`this is ${key}`)
    const address = `${oss.origin}/_console/api/buckets/photos/object?key=${encodeURIComponent(key)}`
    expect((await send(address, { method: 'DELETE' })).status).toBe(204)
  }
  expect(await readdir(join(dataDir, 'buckets', 'photos'))).toContain('bucket.json')
})

it.each([
  ['/..%2f..%2fetc/objects', 404],
  ['/%2e%2e/objects', 404],
  ['/photos%00/objects', 404],
  ['/photos/..%2fother/object?key=a', 404],
  ['/__proto__/objects', 404],
  ['/photos/object', 400],
  ['/photos/object?key=a&key=b', 400],
  ['/photos/object?key[]=a', 400],
  ['/photos/objects?limit=1001', 400],
  ['/photos/objects?prefix[a]=b', 200],
])('answers %s with %d and a sentence', async (path, status) => {
  const oss = await startOss()
  const answer = await send(`${oss.origin}/_console/api/buckets${path}`)
  expect(answer.status).toBe(status)
  if (status >= 400) expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) })
})

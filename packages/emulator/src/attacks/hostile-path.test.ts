import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { post } from '../stage/stage.fixture.ts'
import { requestHead, startTarget, talk } from './hostile.fixture.ts'

const target = startTarget()

describe('a path', () => {
  const keys = [
    '../../etc/passwd',
    '..',
    '.',
    'a/../../b',
    '..%2f..%2fpasswd',
    '..\\..\\passwd',
    'C:\\x',
    'CON',
    'nul.txt',
    'object.json',
    'bucket.json',
    'a\0b',
    '\x01\x1f\x7f\r\n\t',
    'a//b///',
    'a/',
    ' ',
    'a ',
    'a.',
    'a+b&c=d?e#f%g%25;h:i@j,k',
    '"<>|*\'`$(x)',
    'e\u0301',
    '\u00e9',
    '\uFEFFa',
    '\u202Eb',
    '🐈'.repeat(255),
    'k'.repeat(1023),
    '__proto__',
    'constructor',
  ]

  it('to any key there is leads to an object of just that name, by PutObject and by PostObject', async () => {
    for (const [index, key] of keys.entries()) {
      expect(
        await talk(
          target.oss.origin,
          requestHead('PUT', `/public/${encodeURIComponent(key)}`, { 'Content-Length': 3 }),
          `p${index}`.padEnd(3),
        ),
      ).toMatch(/^HTTP\/1\.1 200 /)
      expect(await read(key)).toBe(`p${index}`.padEnd(3))
    }
    for (const [index, key] of keys.entries()) {
      expect((await post(target.oss, [['key', key], { content: `f${index}` }], { bucket: 'public' })).status).toBe(204)
    }
    for (const [index, key] of keys.entries()) expect(await read(key)).toBe(`f${index}`)
    const list = await sendSigned(target.oss, 'GET', {
      bucket: 'public',
      query: { 'encoding-type': 'url', 'max-keys': '1000' },
    })
    const listed = [...list.text.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => decodeURIComponent(key))
    expect(listed).toEqual([...keys].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))))
  })

  it.each([
    ['/public//etc/passwd', 'InvalidObjectName'],
    ['/public/%2Fetc%2Fpasswd', 'InvalidObjectName'],
    ['/public/%5Cwindows', 'InvalidObjectName'],
    [`/public/${'k'.repeat(1024)}`, 'InvalidObjectName'],
    ['/public/%FF%FE', 'InvalidArgument'],
    ['/public/%C0%AE%C0%AE%C0%AF', 'InvalidArgument'],
    ['/public/%', 'InvalidArgument'],
    ['/../../etc/passwd', 'NoSuchBucket'],
    ['/..%2f..%2fetc/passwd', 'NoSuchBucket'],
    ['/..%5c..%5cetc/passwd', 'NoSuchBucket'],
    ['/%2e%2e/passwd', 'NoSuchBucket'],
    ['/public%00/a', 'NoSuchBucket'],
    ['/public%00.png/a', 'NoSuchBucket'],
    ['/CON/a', 'NoSuchBucket'],
    ['/C:/a', 'NoSuchBucket'],
    ['/constructor/a', 'NoSuchBucket'],
    ['/__proto__/a', ''],
    ['http://public.localhost/public/x/../../../y/', 'NoSuchBucket'],
  ])('PUT %s is refused', async (path, code) => {
    const answer = await talk(
      target.oss.origin,
      requestHead('PUT', path.replace(/^http:.*localhost\/public/, '/public.'), { 'Content-Length': 1 }),
      'x',
    )
    expect(answer).toMatch(/^HTTP\/1\.1 40[0-9] /)
    expect(answer).toContain(code)
  })

  it.each(['..', '../x', '.', 'con\0', 'a/b', 'CON', '..%2fx', 'a\\b', 'ab', '-ab', 'x'.repeat(64), '_x'])(
    'to a bucket called %j makes none, signed as it may be',
    async (bucket) => {
      const answer = await sendSigned(target.oss, 'PUT', { bucket: encodeURIComponent(bucket) })
      expect(answer.status).toBeGreaterThanOrEqual(400)
      expect(await readdir(join(target.dataDir, 'buckets'))).toEqual(['photos', 'public'])
    },
  )

  it.each([
    'constructor',
    '__proto__',
    'toString',
    '..',
    '[',
    '%00',
    'a'.repeat(60_000),
    '_console',
    '-',
    '.localhost',
  ])('at a host called %s is a path all the same', async (host) => {
    const answer = await talk(target.oss.origin, `GET /public/x HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`)
    expect(answer).toContain('<Code>NoSuchKey</Code>')
  })
})

async function read(key: string): Promise<string> {
  const answer = await talk(target.oss.origin, requestHead('GET', `/public/${encodeURIComponent(key)}`, {}))
  const [head = '', content = ''] = answer.split('\r\n\r\n')
  expect(head).toMatch(/^HTTP\/1\.1 200 /)
  return content
}

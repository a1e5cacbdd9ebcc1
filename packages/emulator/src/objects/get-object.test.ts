import { createHash, createHmac } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bucketAddress, presignUrl, readOssError } from '@oss-direct/oss'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { accessKey, MiB, post, send, signedFields, startOss } from '../stage/stage.fixture.ts'

let oss: Emulator
let url: string
const etag = '"5EB63BBBE01EEED093CB22BB8F5ACDC3"'

beforeEach(async () => {
  oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
  url = `${oss.origin}/photos/a.txt`
  await post(oss, [...signedFields(oss), { content: 'hello world', type: 'text/plain' }])
})

describe('a range', () => {
  it.each([
    ['bytes=0-4', 206, 'hello', 'bytes 0-4/11'],
    ['bytes=6-', 206, 'world', 'bytes 6-10/11'],
    ['bytes=-5', 206, 'world', 'bytes 6-10/11'],
    ['bytes=6-999', 206, 'world', 'bytes 6-10/11'],
    ['bytes=-999', 206, 'hello world', 'bytes 0-10/11'],
    ['bytes=abc', 200, 'hello world', null],
    ['bytes=5-2', 200, 'hello world', null],
    ['bytes=-', 200, 'hello world', null],
    ['bytes=0-1,3-4', 200, 'hello world', null],
    ['bytes=11-', 200, 'hello world', null],
  ])('%s is answered by %d %j', async (range, status, text, contentRange) => {
    const answer = await send(url, { headers: { range } })
    expect([answer.status, answer.text, answer.headers.get('content-range')]).toEqual([status, text, contentRange])
    expect(answer.headers.get('content-length')).toBe(String(text.length))
  })

  it('behind the end is an error where the client asks for the standard', async () => {
    const answer = await send(url, { headers: { range: 'bytes=11-', 'x-oss-range-behavior': 'standard' } })
    expect([answer.status, answer.error.code, answer.error.details.ActualObjectSize]).toEqual([
      416,
      'InvalidRange',
      '11',
    ])
  })
})

describe('a condition', () => {
  const past = new Date(Date.now() - 60_000).toUTCString()
  const future = new Date(Date.now() + 60_000).toUTCString()
  it.each([
    ['if-none-match', etag, 304],
    ['if-none-match', '*', 304],
    ['if-none-match', '"other", W/"5EB63BBBE01EEED093CB22BB8F5ACDC3"', 304],
    ['if-none-match', '"other"', 200],
    ['if-match', etag, 200],
    ['if-match', '"other"', 412],
    ['if-modified-since', future, 304],
    ['if-modified-since', past, 200],
    ['if-unmodified-since', future, 200],
    ['if-unmodified-since', past, 412],
    ['if-modified-since', 'nonsense', 200],
  ])('%s: %s is answered by %d', async (name, value, status) => {
    const answer = await send(url, { headers: { [name]: value } })
    expect(answer.status).toBe(status)
    if (status === 304) expect([answer.text, answer.headers.get('etag')]).toEqual(['', etag])
    if (status === 412) expect(answer.error.details.Condition?.toLowerCase()).toBe(name)
  })
})

it('HEAD has every header of GET, and no body', async () => {
  const head = await fetch(url, { method: 'HEAD' })
  const get = await fetch(url)
  // Those of the connection and of the moment aside.
  const others = ['connection', 'keep-alive', 'date', 'x-oss-request-id', 'x-oss-server-time']
  const aboutObject = (headers: Headers) => [...headers].filter(([name]) => !others.includes(name))
  expect(aboutObject(head.headers)).toEqual(aboutObject(get.headers))
  expect([await head.text(), await get.text()]).toEqual(['', 'hello world'])
})

it('HEAD tells its error in a header', async () => {
  const { status, headers } = await fetch(`${url}x`, { method: 'HEAD' })
  expect(status).toBe(404)
  const error = readOssError({ status, headers, body: '' })
  expect(error).toMatchObject({ code: 'NoSuchKey', ec: '0026-00000001', details: { Key: 'a.txtx' } })
  expect(error.requestId).toBe(headers.get('x-oss-request-id'))
})

it('a signed query changes what a browser is told about the bytes, an anonymous one does not', async () => {
  const query = {
    'response-content-disposition': 'attachment; filename="b.txt"',
    'response-content-type': 'application/octet-stream',
  }
  const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', endpoint: oss.origin })
  const asked = { address, method: 'GET', key: 'a.txt', query, expiresInSeconds: 60 }
  const { headers } = await send(presignUrl({ ...asked, credentials: accessKey, now: new Date(), version: 'V4' }))
  expect(headers.get('content-disposition')).toBe('attachment; filename="b.txt"')
  expect(headers.get('content-type')).toBe('application/octet-stream')

  for (const method of ['GET', 'HEAD']) {
    const anonymous = await send(`${url}?${new URLSearchParams(query)}`, { method })
    expect([anonymous.status, anonymous.error.code]).toEqual([400, 'InvalidRequest'])
  }
})

describe('an object that is replaced while somebody reads it', () => {
  it.each(['to the end', 'in part'])('%s, stays what it was, and leaves no bytes behind', async (way) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'read-and-replace-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const own = await startOss({ dataDir, buckets: [{ name: 'photos', acl: 'public-read' }] })
    const old = Buffer.alloc(24 * MiB, 'old')
    await post(own, [...signedFields(own), { content: old }])
    const reader = (await fetch(`${own.origin}/photos/a.txt`)).body?.getReader()
    const first = (await reader?.read())?.value ?? new Uint8Array()
    await post(own, [...signedFields(own), { content: 'new' }])
    expect((await send(`${own.origin}/photos/a.txt`)).text).toBe('new')
    if (way === 'to the end') {
      const md5 = createHash('md5').update(first)
      for (let next = await reader?.read(); next?.value; next = await reader?.read()) md5.update(next.value)
      expect(md5.digest('hex')).toBe(createHash('md5').update(old).digest('hex'))
    } else {
      await reader?.cancel()
    }
    const pieces = async () => (await readdir(join(dataDir, 'buckets'), { recursive: true })).filter(isPiece)
    await expect.poll(async () => (await pieces()).length).toBe(1)
  })

  const isPiece = (path: string) => /objects.*[0-9a-f]{8}-[0-9a-f]{4}-[^/\\]*$/.test(path)
})

describe('who may read', () => {
  it.each([
    ['private', 'default', 403],
    ['private', 'public-read', 200],
    ['public-read', 'default', 200],
    ['public-read', 'private', 403],
    ['public-read-write', 'default', 200],
  ] as const)('anybody, from a %s bucket an object that is %s: %d', async (acl, objectAcl, status) => {
    const own = await startOss({ buckets: [{ name: 'photos', acl }] })
    await post(own, [...signedFields(own, { fields: { 'x-oss-object-acl': objectAcl } }), { content: 'x' }])
    const answer = await send(`${own.origin}/photos/a.txt`)
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.error).toMatchObject({ code: 'AccessDenied', ec: '0003-00000001' })
  })

  it('nobody whose clock is 16 minutes off, and the answer says which clock is right', async () => {
    const date = new Date(Date.now() - 16 * 60_000).toUTCString()
    const signature = createHmac('sha1', accessKey.accessKeySecret)
      .update(`GET\n\n\n${date}\nx-oss-date:${date}\n/photos/a.txt`)
      .digest('base64')
    const { error } = await send(url, {
      headers: { 'x-oss-date': date, authorization: `OSS ${accessKey.accessKeyId}:${signature}` },
    })
    expect(error).toMatchObject({ code: 'RequestTimeTooSkewed', ec: '0002-00000504' })
    expect(Date.parse(error.details.ServerTime ?? '')).toBeGreaterThan(Date.now() - 5000)
  })

  it('nobody deletes without a signature', async () => {
    expect((await send(url, { method: 'DELETE' })).status).toBe(403)
    expect((await send(url)).status).toBe(200)
  })
})

it('what is not there yet is told by name', async () => {
  const { status, error } = await send(`${oss.origin}/photos?inventory`)
  expect([status, error.code, error.message]).toEqual([
    501,
    'NotImplemented',
    'The local OSS does not implement GET bucket?inventory.',
  ])
  expect((await send(url, { method: 'POST' })).status).toBe(405)
  expect((await send(`${oss.origin}/photos/%E4`)).error.code).toBe('InvalidArgument')
})

import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'

let oss: Emulator
beforeEach(async () => {
  oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'open', acl: 'public-read-write' }] })
})

const put = (key: string, body = key, headers: Record<string, string> = {}) =>
  sendSigned(oss, 'PUT', { key, body, headers })
const head = async (key: string) => (await sendSigned(oss, 'HEAD', { key })).headers
const read = async (key: string) => (await sendSigned(oss, 'GET', { key })).text

describe('CopyObject', () => {
  const copy = (key: string, source: string, headers: Record<string, string> = {}) =>
    sendSigned(oss, 'PUT', { key, headers: { 'x-oss-copy-source': source, ...headers } })

  it('answers XML and the facts of the copy', async () => {
    await put('a', 'hello')
    const { status, headers, text } = await copy('b', '/photos/a')
    expect(status).toBe(200)
    expect(headers.get('etag')).toBe('"5D41402ABC4B2A76B9719D911017C592"')
    expect(headers.get('x-oss-hash-crc64ecma')).toBe((await head('a')).get('x-oss-hash-crc64ecma'))
    expect(text).toMatch(
      /<CopyObjectResult><ETag>"5D41402ABC4B2A76B9719D911017C592"<\/ETag><LastModified>[-\d]+T[\d:]+\.000Z<\/LastModified>/,
    )
  })

  it.each([
    ['/photos/a%20b%2F%E7%8C%AB%2B', 'encoded whole'],
    ['photos/a%20b/%E7%8C%AB%2B', 'without a slash in front'],
    ['/photos/a+b/%E7%8C%AB%2B', 'as the Go SDK has it'],
    ['%2Fphotos%2Fa%20b%2F%E7%8C%AB%2B', 'with every slash encoded'],
    ['/photos/a%20b%2F%E7%8C%AB%2B?versionId=null', 'with the version of those that have none'],
  ])('reads %s (%s)', async (source) => {
    await put('a b/猫+', 'meow')
    expect((await copy('b', source)).status).toBe(200)
    expect(await read('b')).toBe('meow')
  })

  it.each([
    ['', 400, 'InvalidArgument'],
    ['/photos', 400, 'InvalidArgument'],
    ['/photos/', 400, 'InvalidArgument'],
    ['//a', 400, 'InvalidArgument'],
    ['/photos/%ff', 400, 'InvalidArgument'],
    ['/nowhere/a', 404, 'NoSuchBucket'],
    ['/photos/absent', 404, 'NoSuchKey'],
    ['/photos/../photos/a', 404, 'NoSuchKey'],
    ['/photos/a?versionId=CAEQNRiBgICv8uaA0BYi', 501, 'NotImplemented'],
  ])('refuses the source %j', async (source, status, code) => {
    await put('a')
    const { status: answered, error } = await copy('b', source)
    expect([answered, error.code]).toEqual([status, code])
    expect((await head('b')).get('x-oss-err')).not.toBeNull()
  })

  it('keeps headers or replaces them', async () => {
    await put('a', 'x', {
      'content-type': 'text/a',
      'cache-control': 'no-cache',
      'x-oss-meta-uid': '1',
      'x-oss-server-side-encryption': 'AES256',
      'x-oss-storage-class': 'IA',
      'x-oss-object-acl': 'public-read',
    })
    await copy('kept', '/photos/a', { 'content-type': 'text/b', 'x-oss-meta-uid': '2' })
    const kept = await head('kept')
    const names = [
      'content-type',
      'cache-control',
      'x-oss-meta-uid',
      'x-oss-server-side-encryption',
      'x-oss-storage-class',
    ]
    expect(names.map((name) => kept.get(name))).toEqual(['text/a', 'no-cache', '1', null, 'Standard'])
    expect((await fetch(`${oss.origin}/photos/kept`)).status).toBe(403)
    await copy('replaced', '/photos/a', {
      'x-oss-metadata-directive': 'REPLACE',
      'content-type': 'text/b',
      'x-oss-meta-uid': '2',
      'x-oss-storage-class': 'Archive',
      'x-oss-object-acl': 'public-read',
    })
    const replaced = await head('replaced')
    expect(names.map((name) => replaced.get(name))).toEqual(['text/b', null, '2', null, 'Archive'])
    expect((await fetch(`${oss.origin}/photos/replaced`)).status).toBe(200)
  })

  it('keeps tags or replaces them', async () => {
    await put('a', 'x', { 'x-oss-tagging': 'from=a' })
    const tagsOf = async (key: string) => (await sendSigned(oss, 'GET', { key, query: { tagging: '' } })).text
    await copy('kept', '/photos/a', { 'x-oss-tagging': 'from=request' })
    expect(await tagsOf('kept')).toContain('<Value>a</Value>')
    await copy('replaced', '/photos/a', { 'x-oss-tagging': 'from=request', 'x-oss-tagging-directive': 'Replace' })
    expect(await tagsOf('replaced')).toContain('<Value>request</Value>')
  })

  it('onto itself changes headers and class, and neither bytes nor type', async () => {
    await sendSigned(oss, 'POST', { key: 'log', query: { append: '', position: '0' }, body: 'hello' })
    const before = await head('log')
    expect((await copy('log', '/photos/log', { 'x-oss-meta-uid': '2', 'x-oss-storage-class': 'IA' })).status).toBe(200)
    const after = await head('log')
    expect(after.get('x-oss-meta-uid')).toBe('2')
    expect(after.get('x-oss-storage-class')).toBe('IA')
    for (const name of ['etag', 'content-length', 'x-oss-object-type', 'x-oss-next-append-position']) {
      expect([name, after.get(name)]).toEqual([name, before.get(name)])
    }
    expect(await read('log')).toBe('hello')
  })

  it('makes a normal object of an appended one, and a symlink of a symlink', async () => {
    await sendSigned(oss, 'POST', { key: 'log', query: { append: '', position: '0' }, body: 'hel' })
    await sendSigned(oss, 'POST', { key: 'log', query: { append: '', position: '3' }, body: 'lo' })
    await copy('copy', '/photos/log')
    expect((await head('copy')).get('x-oss-object-type')).toBe('Normal')
    expect((await head('copy')).get('etag')).toBe('"5D41402ABC4B2A76B9719D911017C592"')
    expect(await read('copy')).toBe('hello')
    await sendSigned(oss, 'PUT', { key: 'link', query: { symlink: '' }, headers: { 'x-oss-symlink-target': 'copy' } })
    await copy('link2', '/photos/link')
    const link = await sendSigned(oss, 'GET', { key: 'link2', query: { symlink: '' } })
    expect(link.headers.get('x-oss-symlink-target')).toBe('copy')
  })

  const past = new Date(Date.now() - 3_600_000).toUTCString()
  const future = new Date(Date.now() + 3_600_000).toUTCString()
  it.each([
    ['if-match', '"5D41402ABC4B2A76B9719D911017C592"', 200],
    ['if-match', '5d41402abc4b2a76b9719d911017c592', 200],
    ['if-match', '"0"', 412],
    ['if-none-match', '"0"', 200],
    ['if-none-match', '"5D41402ABC4B2A76B9719D911017C592"', 304],
    ['if-unmodified-since', future, 200],
    ['if-unmodified-since', past, 412],
    ['if-modified-since', past, 200],
    ['if-modified-since', future, 304],
  ])('%s: %s is answered by %d', async (name, value, status) => {
    await put('a', 'hello')
    const answer = await copy('b', '/photos/a', { [`x-oss-copy-source-${name}`]: value })
    expect(answer.status).toBe(status)
    if (status === 412) expect(answer.error.details.Condition).toBe(`x-oss-copy-source-${name}`)
    if (status === 304) expect(answer.text).toBe('')
    expect((await sendSigned(oss, 'GET', { key: 'b' })).status).toBe(status === 200 ? 200 : 404)
  })

  it.each([
    ['x-oss-metadata-directive', 'MERGE', 400, 'InvalidArgument'],
    ['x-oss-tagging-directive', 'MERGE', 400, 'InvalidArgument'],
    ['x-oss-storage-class', 'Fast', 400, 'InvalidArgument'],
    ['x-oss-object-acl', 'wide-open', 400, 'InvalidArgument'],
    ['x-oss-forbid-overwrite', 'yes', 400, 'InvalidArgument'],
    ['x-oss-forbid-overwrite', 'true', 409, 'FileAlreadyExists'],
  ])('refuses %s: %s', async (name, value, status, code) => {
    await put('a', 'new')
    await put('b', 'old')
    const answer = await copy('b', '/photos/a', { [name]: value })
    expect([answer.status, answer.error.code]).toEqual([status, code])
    expect(await read('b')).toBe('old')
  })

  it('refuses to change itself, where nothing may be overwritten', async () => {
    await put('a', 'x', { 'x-oss-meta-uid': '1' })
    const answer = await copy('a', '/photos/a', { 'x-oss-meta-uid': '2', 'x-oss-forbid-overwrite': 'true' })
    expect([answer.status, answer.error.code]).toEqual([409, 'FileAlreadyExists'])
    expect((await head('a')).get('x-oss-meta-uid')).toBe('1')
  })

  it('needs the right to read there and to write here', async () => {
    await put('secret', 'x')
    await sendSigned(oss, 'PUT', { bucket: 'open', key: 'a', body: 'x' })
    const anonymous = (path: string, source: string) =>
      fetch(`${oss.origin}${path}`, { method: 'PUT', headers: { 'x-oss-copy-source': source } })
    expect((await anonymous('/open/b', '/photos/secret')).status).toBe(403)
    expect((await anonymous('/open/b', '/photos/absent')).status).toBe(403)
    expect((await anonymous('/photos/b', '/open/a')).status).toBe(403)
    expect((await anonymous('/open/b', '/open/a')).status).toBe(200)
  })

  it('refuses more than 5 GB', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'copy-of-much-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    oss = await startOss({ dataDir })
    await put('a', 'x')
    for (const file of await readdir(dataDir, { recursive: true })) {
      if (!file.endsWith('object.json')) continue
      const text = await readFile(join(dataDir, file), 'utf8')
      await writeFile(join(dataDir, file), text.replace('"size":1', `"size":${5 * 1024 ** 3 + 1}`))
    }
    const { status, error } = await copy('b', '/photos/a')
    expect([status, error.code, error.details.ArgumentName]).toEqual([400, 'InvalidArgument', 'x-oss-copy-source'])
  })
})

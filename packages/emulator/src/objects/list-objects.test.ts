import { childText, readXml, type XmlElement } from '@oss-direct/oss'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'

let oss: Emulator
beforeEach(async () => {
  oss = await startOss()
})

async function put(...keys: string[]): Promise<void> {
  for (const key of keys) expect((await sendSigned(oss, 'PUT', { key, body: key })).status).toBe(200)
}

async function list(query: Record<string, string>): Promise<XmlElement> {
  const { status, text } = await sendSigned(oss, 'GET', { query })
  expect([status, text]).toEqual([200, expect.stringContaining('<ListBucketResult>')])
  const root = readXml(text)
  if (root === undefined) throw new Error(`no XML: ${text}`)
  return root
}

const children = (root: XmlElement, name: string) => root.children.filter((child) => child.name === name)
const keysOf = (root: XmlElement) => children(root, 'Contents').map((entry) => childText(entry, 'Key'))
const foldersOf = (root: XmlElement) => children(root, 'CommonPrefixes').map((entry) => childText(entry, 'Prefix'))

/** Everything that a walk page by page sees, in its order within each page. */
async function walk(query: Record<string, string>, version: 1 | 2): Promise<(string | undefined)[]> {
  const seen: (string | undefined)[] = []
  const [sent, answered] = version === 1 ? ['marker', 'NextMarker'] : ['continuation-token', 'NextContinuationToken']
  let next: string | undefined
  do {
    const root = await list({
      ...query,
      ...(version === 2 && { 'list-type': '2' }),
      ...(next !== undefined && { [sent]: next }),
    })
    const page = [...keysOf(root), ...foldersOf(root)]
    expect(page.length).toBeGreaterThan(0)
    seen.push(...page)
    expect(seen.length, 'a walk that does not end').toBeLessThan(100)
    next = childText(root, answered)
    expect(childText(root, 'IsTruncated')).toBe(String(next !== undefined))
  } while (next !== undefined)
  return seen
}

describe('a list', () => {
  it('has its elements in the order that was recorded', async () => {
    await put('a')
    const first = await list({ 'max-keys': '1' })
    expect(first.children.map(({ name }) => name)).toEqual([
      'Name',
      'Prefix',
      'Marker',
      'MaxKeys',
      'Delimiter',
      'IsTruncated',
      'Contents',
    ])
    const [contents] = children(first, 'Contents')
    expect(contents?.children.map(({ name }) => name)).toEqual([
      'Key',
      'LastModified',
      'ETag',
      'Type',
      'Size',
      'StorageClass',
      'Owner',
    ])
    expect(childText(contents, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)
    expect(childText(contents, 'ETag')).toBe('"0CC175B9C0F1B6A831C399E269772661"')
  })

  it('is in the order of UTF-8 bytes', async () => {
    // JavaScript's own order puts the second before the first: surrogates come before U+FF5E.
    await put('\u{ff5e}', '\u{1f600}', 'b', 'a', 'B', 'a/', 'é')
    expect(keysOf(await list({}))).toEqual(['B', 'a', 'a/', 'b', 'é', '\u{ff5e}', '\u{1f600}'])
    expect(await walk({ 'max-keys': '1' }, 1)).toEqual(['B', 'a', 'a/', 'b', 'é', '\u{ff5e}', '\u{1f600}'])
  })

  it('shows what is overwritten once, and not what is deleted', async () => {
    await put('a', 'b', 'a')
    expect(keysOf(await list({}))).toEqual(['a', 'b'])
    await sendSigned(oss, 'DELETE', { key: 'a' })
    expect(keysOf(await list({}))).toEqual(['b'])
  })

  it('encodes names on request, and only then', async () => {
    await put('a b/猫&\u0001<', 'z&')
    const query = { prefix: 'a b', marker: 'a ', delimiter: '&', 'max-keys': '1', 'encoding-type': 'url' }
    const encoded = await list(query)
    const texts = ['Prefix', 'Marker', 'Delimiter', 'EncodingType'].map((name) => childText(encoded, name))
    expect(texts).toEqual(['a%20b', 'a%20', '%26', 'url'])
    expect(foldersOf(encoded)).toEqual(['a%20b%2F%E7%8C%AB%26'])
    expect(keysOf(await list({ 'encoding-type': 'url' }))).toEqual(['a%20b%2F%E7%8C%AB%26%01%3C', 'z%26'])
    expect(keysOf(await list({ prefix: 'z' }))).toEqual(['z&'])
  })

  it('has 100 keys where nobody says how many, and up to 1000', async () => {
    const keys = Array.from({ length: 101 }, (_, at) => `k${String(at).padStart(3, '0')}`)
    await put(...keys)
    const page = await list({})
    expect([keysOf(page).length, childText(page, 'MaxKeys'), childText(page, 'NextMarker')]).toEqual([
      100,
      '100',
      'k099',
    ])
    expect(keysOf(await list({ 'max-keys': '1000' }))).toEqual(keys)
    const none = await list({ 'max-keys': '0' })
    expect([keysOf(none), childText(none, 'IsTruncated')]).toEqual([[], 'false'])
  })
})

describe('folders', () => {
  const keys = ['a', 'b/', 'b/1', 'b/2/x', 'b/2/y', 'b0', 'c/1', 'c/2', 'd']

  it.each([
    ['', '/', ['a', 'b0', 'd'], ['b/', 'c/']],
    ['b/', '/', ['b/', 'b/1'], ['b/2/']],
    ['b', '/', ['b0'], ['b/']],
    ['b/2/', '/', ['b/2/x', 'b/2/y'], []],
    ['', '/2', ['a', 'b/', 'b/1', 'b0', 'c/1', 'd'], ['b/2', 'c/2']],
    ['', '', keys, []],
    ['x', '/', [], []],
  ])('below %j by %j', async (prefix, delimiter, expectedKeys, expectedFolders) => {
    await put(...keys)
    const root = await list({ prefix, delimiter })
    expect([keysOf(root), foldersOf(root)]).toEqual([expectedKeys, expectedFolders])
  })

  it.each([1, 2] as const)('come once, whatever a page holds (version %d)', async (version) => {
    await put(...keys)
    for (const maxKeys of ['1', '2', '3', '7']) {
      const seen = await walk({ delimiter: '/', 'max-keys': maxKeys }, version)
      expect([maxKeys, seen.sort()]).toEqual([maxKeys, ['a', 'b/', 'b0', 'c/', 'd']])
    }
  })

  it.each([
    ['b', ['b0', 'd'], ['b/', 'c/']],
    ['b/', ['b0', 'd'], ['c/']],
    ['b/1', ['b0', 'd'], ['c/']],
    ['b/2/x', ['b0', 'd'], ['c/']],
    ['b/zzz', ['b0', 'd'], ['c/']],
    ['c/2', ['d'], []],
    ['d', [], []],
  ])('are continued behind the marker %j', async (marker, expectedKeys, expectedFolders) => {
    await put(...keys)
    const first = await list({ delimiter: '/', marker })
    expect([keysOf(first), foldersOf(first)]).toEqual([expectedKeys, expectedFolders])
    const second = await list({ delimiter: '/', 'list-type': '2', 'start-after': marker })
    expect([keysOf(second), foldersOf(second)]).toEqual([expectedKeys, expectedFolders])
    expect(childText(second, 'KeyCount')).toBe(String(expectedKeys.length + expectedFolders.length))
  })

  it('hold even the keys behind every other', async () => {
    await put('a/\u{10ffff}', 'a/\u{10ffff}\u{10ffff}', 'b')
    expect(await walk({ delimiter: '/', 'max-keys': '1' }, 1)).toEqual(['a/', 'b'])
  })
})

describe('the second version', () => {
  it('has its elements in the order of the API reference', async () => {
    await put('a', 'b/1', 'c')
    const query = { 'list-type': '2', 'max-keys': '2', delimiter: '/', 'start-after': '0', 'encoding-type': 'url' }
    const page = await list(query)
    expect(page.children.map(({ name }) => name)).toEqual([
      'Name',
      'Prefix',
      'StartAfter',
      'MaxKeys',
      'Delimiter',
      'EncodingType',
      'IsTruncated',
      'NextContinuationToken',
      'Contents',
      'CommonPrefixes',
      'KeyCount',
    ])
    const token = childText(page, 'NextContinuationToken') ?? ''
    const next = await list({ ...query, 'continuation-token': token })
    expect([keysOf(next), childText(next, 'ContinuationToken'), childText(next, 'KeyCount')]).toEqual([
      ['c'],
      token,
      '1',
    ])
    expect(children(next, 'Contents').map((entry) => childText(entry, 'Owner'))).toEqual([undefined])
  })
})

describe('is refused', () => {
  it.each([
    ['max-keys', '1001'],
    ['max-keys', '-1'],
    ['max-keys', 'many'],
    ['max-keys', '1e2'],
    ['encoding-type', 'base64'],
    ['prefix', 'x'.repeat(1024)],
    ['marker', '猫'.repeat(342)],
    ['delimiter', '/'.repeat(1024)],
    ['list-type', '3'],
  ])('%s: %s', async (name, value) => {
    const { status, error } = await sendSigned(oss, 'GET', { query: { [name]: value } })
    expect([status, error.code, error.details.ArgumentName]).toEqual([400, 'InvalidArgument', name])
  })

  it('a token that nobody gave', async () => {
    const query = { 'list-type': '2', 'continuation-token': 'test1.txt' }
    const { status, error } = await sendSigned(oss, 'GET', { query })
    expect([status, error.details.ArgumentName]).toEqual([400, 'continuation-token'])
  })

  it('without a signature, even of a public bucket', async () => {
    const open = await startOss({ buckets: [{ name: 'photos', acl: 'public-read-write' }] })
    for (const query of ['', '?list-type=2']) {
      const answer = await fetch(`${open.origin}/photos/${query}`)
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('AccessDenied')])
    }
  })

  it('of a bucket that is not there', async () => {
    const { status, error } = await sendSigned(oss, 'GET', { bucket: 'nowhere' })
    expect([status, error.code]).toEqual([404, 'NoSuchBucket'])
  })
})

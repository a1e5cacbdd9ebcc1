import { childText, percentEncode, readXml } from '@oss-direct/oss'
import { beforeEach, describe, expect, it } from 'vitest'
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

describe('tags', () => {
  const tagging = (key: string, pairs: readonly (readonly [string, string])[]) =>
    sendSigned(oss, 'PUT', {
      key,
      query: { tagging: '' },
      body: `<Tagging><TagSet>${pairs.map(([k, v]) => `<Tag><Key>${k}</Key><Value>${v}</Value></Tag>`).join('')}</TagSet></Tagging>`,
    })
  const eleven = Array.from({ length: 11 }, (_, at) => [`k${at}`, 'v'] as const)

  it.each([
    ['eleven', eleven],
    [
      'a key twice',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['an empty key', [['', '1']]],
    ['a key of 129 bytes', [['k'.repeat(129), '1']]],
    ['a value of 257 bytes', [['k', 'v'.repeat(257)]]],
    ['other characters', [['k', 'a*b']]],
  ] as const)('refuses %s, in XML and in the header', async (_case, pairs) => {
    await put('a')
    const { status, error } = await tagging('a', pairs)
    expect([status, error.code]).toEqual([400, 'InvalidTag'])
    const header = pairs.map(([k, v]) => `${percentEncode(k)}=${percentEncode(v)}`).join('&')
    const answer = await put('b', 'x', { 'x-oss-tagging': header })
    expect([answer.status, answer.error.code]).toEqual([400, 'InvalidTag'])
    expect((await head('a')).get('x-oss-tagging-count')).toBeNull()
  })

  it('takes ten, of the greatest length', async () => {
    await put('a')
    const ten = Array.from({ length: 10 }, (_, at) => [String(at).repeat(128), String(at).repeat(256)] as const)
    expect((await tagging('a', ten)).status).toBe(200)
    expect((await head('a')).get('x-oss-tagging-count')).toBe('10')
  })

  it.each(['aa=bb=cc', 'a=%ff'])('refuses the header %s', async (header) => {
    expect((await put('b', 'x', { 'x-oss-tagging': header })).error.code).toBe('InvalidTag')
  })

  it.each([
    '',
    '<Tagging/>',
    '<Tagging><TagSet><Label><Key>a</Key></Label></TagSet></Tagging>',
    '<Tags><TagSet></TagSet></Tags>',
  ])('refuses the body %j', async (body) => {
    await put('a')
    const { status, error } = await sendSigned(oss, 'PUT', { key: 'a', query: { tagging: '' }, body })
    expect([status, error.code]).toEqual([400, 'MalformedXML'])
  })

  it('change no time, and are nobody else’s to see', async () => {
    await sendSigned(oss, 'PUT', {
      key: 'a',
      body: 'x',
      headers: { 'x-oss-object-acl': 'public-read', 'x-oss-tagging': 'a=1' },
    })
    const before = (await head('a')).get('last-modified')
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await tagging('a', [['b', '2']])
    expect((await head('a')).get('last-modified')).toBe(before)
    const anonymous = await fetch(`${oss.origin}/photos/a`)
    expect([anonymous.status, anonymous.headers.get('x-oss-tagging-count')]).toEqual([200, null])
    for (const method of ['GET', 'PUT', 'DELETE']) {
      expect([method, (await fetch(`${oss.origin}/photos/a?tagging`, { method })).status]).toEqual([method, 403])
    }
  })
})

describe('the ACL of an object', () => {
  it('is its owner’s to see and to change, whatever it opens', async () => {
    await sendSigned(oss, 'PUT', { bucket: 'open', key: 'a', body: 'x' })
    for (const method of ['GET', 'PUT']) {
      const headers = { 'x-oss-object-acl': 'private' }
      const answer = await fetch(`${oss.origin}/open/a?acl`, { method, ...(method === 'PUT' && { headers }) })
      expect([method, answer.status]).toEqual([method, 403])
    }
    expect((await fetch(`${oss.origin}/open/a`)).status).toBe(200)
  })

  it('is refused where none is named', async () => {
    await put('a')
    const { status, error } = await sendSigned(oss, 'PUT', { key: 'a', query: { acl: '' } })
    expect([status, error.details.ArgumentName]).toEqual([400, 'x-oss-object-acl'])
  })
})

describe('a symlink', () => {
  const link = (key: string, target: string, headers: Record<string, string> = {}) =>
    sendSigned(oss, 'PUT', { key, query: { symlink: '' }, headers: { 'x-oss-symlink-target': target, ...headers } })

  it('shows bytes and ETag of its target, and its own headers', async () => {
    await put('target', 'hello', { 'content-type': 'text/target', 'x-oss-meta-of': 'target' })
    await link('link', 'target', { 'content-type': 'text/link', 'x-oss-meta-of': 'link' })
    const { status, headers, text } = await sendSigned(oss, 'GET', { key: 'link', headers: { range: 'bytes=1-2' } })
    expect([status, text, headers.get('content-range')]).toEqual([206, 'el', 'bytes 1-2/5'])
    const target = await head('target')
    for (const name of ['etag', 'content-md5', 'x-oss-hash-crc64ecma']) {
      expect([name, headers.get(name)]).toEqual([name, target.get(name)])
    }
    expect(['content-type', 'x-oss-meta-of', 'x-oss-object-type'].map((name) => headers.get(name))).toEqual([
      'text/link',
      'link',
      'Symlink',
    ])
    const conditional = await sendSigned(oss, 'GET', {
      key: 'link',
      headers: { 'if-none-match': target.get('etag') ?? '' },
    })
    expect(conditional.status).toBe(304)
  })

  it('gives a part the bytes of its target, under conditions on those', async () => {
    await put('target', 'hello')
    await link('link', 'target')
    const { text } = await sendSigned(oss, 'POST', { key: 'big', query: { uploads: '' } })
    const uploadId = childText(readXml(text), 'UploadId') ?? ''
    const copyPart = (partNumber: string, etag: string) =>
      sendSigned(oss, 'PUT', {
        key: 'big',
        query: { partNumber, uploadId },
        headers: { 'x-oss-copy-source': '/photos/link', 'x-oss-copy-source-if-match': etag },
      })
    const copied = await copyPart('1', '"5D41402ABC4B2A76B9719D911017C592"')
    expect([copied.status, copied.headers.get('etag')]).toEqual([200, '"5D41402ABC4B2A76B9719D911017C592"'])
    expect((await copyPart('2', '"0"')).status).toBe(412)
    await sendSigned(oss, 'DELETE', { key: 'target' })
    expect((await copyPart('2', '*')).error.code).toBe('SymlinkTargetNotExist')
  })

  it('opens nothing that is closed', async () => {
    await put('secret', 'x', { 'x-oss-object-acl': 'private' })
    await put('public', 'y', { 'x-oss-object-acl': 'public-read' })
    await link('to-secret', 'secret', { 'x-oss-object-acl': 'public-read' })
    await link('to-public', 'public', { 'x-oss-object-acl': 'public-read' })
    await link('to-nothing', 'nothing', { 'x-oss-object-acl': 'public-read' })
    const status = async (key: string) => (await fetch(`${oss.origin}/photos/${key}`)).status
    expect([await status('to-secret'), await status('to-public'), await status('to-nothing')]).toEqual([403, 200, 403])
    await link('closed', 'public', { 'x-oss-object-acl': 'private' })
    for (const method of ['GET', 'PUT']) {
      expect([method, (await fetch(`${oss.origin}/photos/closed?symlink`, { method })).status]).toEqual([method, 403])
    }
  })

  it.each([
    ['', 400, 'InvalidObjectName'],
    ['%2Fa', 400, 'InvalidObjectName'],
    ['%ff', 400, 'InvalidArgument'],
    ['x'.repeat(1024), 400, 'InvalidObjectName'],
  ])('is refused for the target %j', async (target, status, code) => {
    const answer = await link('link', target)
    expect([answer.status, answer.error.code]).toEqual([status, code])
  })

  it('does not take a name that is taken, where that is forbidden', async () => {
    await put('a', 'x')
    const { status, error } = await link('a', 'b', { 'x-oss-forbid-overwrite': 'true' })
    expect([status, error.code]).toEqual([409, 'FileAlreadyExists'])
    expect(await read('a')).toBe('x')
    await link('a', 'b')
    await put('b', 'through')
    expect(await read('a')).toBe('through')
  })
})

it.each('stat referer lifecycle logging website policy tagging encryption versioning'.split(' '))(
  'nobody else is told of a bucket’s %s, however open it is',
  async (name) => {
    const { status } = await fetch(`${oss.origin}/open/?${name}`)
    expect(status).toBe(403)
    const { error } = await sendSigned(oss, 'GET', { bucket: 'nowhere', query: { [name]: '' } })
    expect(error.code).toBe('NoSuchBucket')
  },
)

// Source: OSS Developer Reference, signed subresources.
const SUBRESOURCES = `acl append asyncFetch bucketInfo cname comp cors delete encryption inventory inventoryId lifecycle
  link list-type live location logging metaQuery objectMeta partNumber policy qosInfo referer regionList replication
  requestPayment resourceGroup restore rtc stat style symlink tagging transferAcceleration uploadId uploads versions
  versioning vod website worm wormExtend wormId x-oss-async-process x-oss-process`.split(/\s+/)
const PLAIN = [
  'ListBuckets',
  'PutBucket',
  'DeleteBucket',
  'ListObjects',
  'PostObject',
  'PutObject',
  'CopyObject',
].concat(['GetObject', 'HeadObject', 'DeleteObject'])

describe.each([
  ['service', '', ''],
  ['bucket', 'photos', ''],
  ['object', 'photos', 'a'],
])('at the level of the %s', (level, bucket, key) => {
  it.each(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])(
    '%s with a subresource is that operation or none',
    async (method) => {
      for (const name of SUBRESOURCES) {
        await put('a')
        const { status, headers, text } = await sendSigned(oss, method, { bucket, key, query: { [name]: '' } })
        const operation = oss.requests
          .list()
          .find(({ requestId }) => requestId === headers.get('x-oss-request-id'))?.operation
        expect([name, PLAIN.includes(operation ?? '')]).toEqual([name, false])
        if (operation !== '') continue
        expect([name, status]).toEqual([name, 501])
        if (method !== 'HEAD') expect(text).toContain(`${method} ${level}?${name}`)
      }
    },
  )
})

import { createHash } from 'node:crypto'
import { childText } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'
import { complete, initiate, putPart, upload, xmlOf } from './multipart.fixture.ts'

const etagOf = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase()
const start = () => startOss({ buckets: [{ name: 'photos' }, { name: 'open', acl: 'public-read-write' }] })
const refused = ({ status, error }: { status: number; error: { code: string } }) => [status, error.code]

describe('ListParts', () => {
  it('pages by part number', async () => {
    const oss = await start()
    const uploadId = await initiate(oss, 'k')
    for (const number of [10, 2, 1, 3]) await putPart(oss, { key: 'k', uploadId, number }, `part ${number}`)
    const list = async (query: Record<string, string> = {}) =>
      xmlOf(await sendSigned(oss, 'GET', { key: 'k', query: { uploadId, ...query } }))
    const numbersOf = (root: Awaited<ReturnType<typeof list>>) =>
      root.children.filter(({ name }) => name === 'Part').map((part) => Number(childText(part, 'PartNumber')))

    const all = await list()
    expect(numbersOf(all)).toEqual([1, 2, 3, 10])
    expect(all.children.map(({ name }) => name).slice(0, -4)).toEqual([
      'Bucket',
      'Key',
      'UploadId',
      'PartNumberMarker',
      'NextPartNumberMarker',
      'MaxParts',
      'IsTruncated',
    ])
    const [first] = all.children.filter(({ name }) => name === 'Part')
    expect(first?.children.map(({ name }) => name)).toEqual([
      'PartNumber',
      'LastModified',
      'ETag',
      'Size',
      'HashCrc64ecma',
    ])
    expect(childText(first, 'ETag')).toBe(`"${etagOf('part 1')}"`)
    expect(childText(first, 'LastModified')).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z$/)

    const one = await list({ 'max-parts': '3' })
    expect([numbersOf(one), childText(one, 'IsTruncated')]).toEqual([[1, 2, 3], 'true'])
    const next = childText(one, 'NextPartNumberMarker') ?? ''
    const two = await list({ 'max-parts': '3', 'part-number-marker': next })
    expect([numbersOf(two), childText(two, 'IsTruncated')]).toEqual([[10], 'false'])
    for (const query of [{ 'max-parts': '1001' }, { 'max-parts': 'x' }, { 'part-number-marker': '-1' }]) {
      const answer = await sendSigned(oss, 'GET', { key: 'k', query: { uploadId, ...query } })
      expect(refused(answer)).toEqual([400, 'InvalidArgument'])
    }
  })
})

describe('ListMultipartUploads', () => {
  const KEYS = ['b/2', 'a', 'b/1', 'c', 'b/1', 'ｚ', '😀', 'd/x/y']

  async function stage() {
    const oss = await start()
    const ids: string[] = []
    for (const key of KEYS) ids.push(await initiate(oss, key))
    const list = async (query: Record<string, string> = {}) => {
      const root = xmlOf(await sendSigned(oss, 'GET', { query: { uploads: '', ...query } }))
      const uploads = root.children.filter(({ name }) => name === 'Upload')
      const folders = root.children.filter(({ name }) => name === 'CommonPrefixes')
      return {
        root,
        keys: uploads.map((each) => childText(each, 'Key')),
        ids: uploads.map((each) => childText(each, 'UploadId')),
        folders: folders.map((each) => childText(each, 'Prefix')),
        next: {
          'key-marker': childText(root, 'NextKeyMarker') ?? '',
          'upload-id-marker': childText(root, 'NextUploadIdMarker') ?? '',
        },
        isTruncated: childText(root, 'IsTruncated') === 'true',
      }
    }
    return { oss, ids, list }
  }

  it('is in the order of keys, which is that of their bytes, and then of age', async () => {
    const { ids, list } = await stage()
    const all = await list()
    expect(all.keys).toEqual(['a', 'b/1', 'b/1', 'b/2', 'c', 'd/x/y', 'ｚ', '😀'])
    expect(all.ids.slice(1, 3)).toEqual([ids[2], ids[4]])
    expect(all.isTruncated).toBe(false)
    expect(all.root.children.map(({ name }) => name).slice(0, 10)).toEqual([
      'Bucket',
      'KeyMarker',
      'UploadIdMarker',
      'NextKeyMarker',
      'NextUploadIdMarker',
      'Delimiter',
      'Prefix',
      'MaxUploads',
      'IsTruncated',
      'Upload',
    ])
    const [first] = all.root.children.filter(({ name }) => name === 'Upload')
    expect(first?.children.map(({ name }) => name)).toEqual(['Key', 'UploadId', 'StorageClass', 'Initiated'])
  })

  it.each(['', '/'])('shows every upload once, page by page, with the delimiter "%s"', async (delimiter) => {
    const { list } = await stage()
    const whole = await list({ delimiter })
    for (const size of ['1', '2', '3']) {
      const keys: unknown[] = []
      const folders: unknown[] = []
      for (let page = await list({ delimiter, 'max-uploads': size }); ; ) {
        keys.push(...page.ids)
        folders.push(...page.folders)
        expect(page.ids.length + page.folders.length).toBeLessThanOrEqual(Number(size))
        if (!page.isTruncated) break
        page = await list({ delimiter, 'max-uploads': size, ...page.next })
      }
      expect([keys, folders]).toEqual([whole.ids, whole.folders])
    }
  })

  it('folds what has a delimiter behind the prefix', async () => {
    const { list } = await stage()
    const top = await list({ delimiter: '/' })
    expect([top.keys, top.folders]).toEqual([
      ['a', 'c', 'ｚ', '😀'],
      ['b/', 'd/'],
    ])
    const inside = await list({ delimiter: '/', prefix: 'd/' })
    expect([inside.keys, inside.folders]).toEqual([[], ['d/x/']])
    expect((await list({ prefix: 'b' })).keys).toEqual(['b/1', 'b/1', 'b/2'])
  })

  it('begins behind a key, or behind one upload of it', async () => {
    const { ids, list } = await stage()
    expect((await list({ 'key-marker': 'b/1', prefix: 'b' })).keys).toEqual(['b/2'])
    const behind = await list({ 'key-marker': 'b/1', 'upload-id-marker': ids[2] ?? '', prefix: 'b' })
    expect(behind.ids).toEqual([ids[4], ids[0]])
    expect((await list({ 'upload-id-marker': ids[7] ?? '' })).keys).toHaveLength(KEYS.length)
  })

  it('encodes, and refuses what it cannot read', async () => {
    const { oss, list } = await stage()
    const { root } = await list({ 'encoding-type': 'url', prefix: 'b/', delimiter: '/', 'max-uploads': '1' })
    expect(['EncodingType', 'Prefix', 'Delimiter', 'NextKeyMarker'].map((name) => childText(root, name))).toEqual([
      'url',
      'b%2F',
      '%2F',
      'b%2F1',
    ])
    for (const query of [{ 'max-uploads': '1001' }, { 'encoding-type': 'x' }, { prefix: 'x'.repeat(1024) }]) {
      expect(refused(await sendSigned(oss, 'GET', { query: { uploads: '', ...query } }))).toEqual([
        400,
        'InvalidArgument',
      ])
    }
  })

  it('forgets what is complete or aborted', async () => {
    const { oss, list } = await stage()
    const { xml, ...begun } = await upload(oss, 'done', ['x'])
    expect((await list({ prefix: 'done' })).keys).toEqual(['done'])
    await complete(oss, { ...begun, xml })
    expect((await list({ prefix: 'done' })).keys).toEqual([])
  })
})

import { createHash } from 'node:crypto'
import { childText } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { send, startOss } from '../stage/stage.fixture.ts'
import { complete, initiate, partList, putPart, xmlOf } from './multipart.fixture.ts'

const etagOf = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase()
const start = () => startOss({ buckets: [{ name: 'photos' }, { name: 'open', acl: 'public-read-write' }] })
const refused = ({ status, error }: { status: number; error: { code: string } }) => [status, error.code]

describe('UploadPartCopy', () => {
  async function stage() {
    const oss = await start()
    const { headers } = await sendSigned(oss, 'PUT', { key: 'from a/猫', body: '0123456789' })
    const target = { key: 'k', uploadId: await initiate(oss, 'k') }
    const source = `/photos/${encodeURIComponent('from a/猫')}`
    const copy = (more: Record<string, string> = {}) =>
      putPart(oss, target, undefined, { 'x-oss-copy-source': source, ...more })
    return { oss, target, copy, etag: headers.get('etag') ?? '' }
  }

  it('copies a range, and says which', async () => {
    const { oss, target, copy } = await stage()
    const answer = await copy({ 'x-oss-copy-source-range': 'bytes=2-5' })
    expect([answer.status, answer.headers.get('content-range')]).toEqual([200, 'bytes 2-5/10'])
    expect(answer.headers.get('etag')).toBe(`"${etagOf('2345')}"`)
    const root = xmlOf(answer)
    expect([root.name, ...root.children.map(({ name }) => name)]).toEqual(['CopyPartResult', 'LastModified', 'ETag'])
    expect(childText(root, 'ETag')).toBe(`"${etagOf('2345')}"`)
    await complete(oss, { ...target, xml: partList([[1, etagOf('2345')]]) })
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe('2345')
  })

  it.each([
    ['bytes=8-', '89', 'bytes 8-9/10'],
    ['bytes=8-99', '89', 'bytes 8-9/10'],
    [undefined, '0123456789', null],
    ['bytes=10-12', '0123456789', null],
    ['bytes=5-2', '0123456789', null],
    ['2-5', '0123456789', null],
  ])('copies for the range %s: %s', async (range, text, contentRange) => {
    const { copy } = await stage()
    const answer = await copy(range === undefined ? {} : { 'x-oss-copy-source-range': range })
    expect([answer.headers.get('etag'), answer.headers.get('content-range')]).toEqual([
      `"${etagOf(text)}"`,
      contentRange,
    ])
  })

  it('has conditions, a source that must be there, and one that may be read', async () => {
    const { oss, target, copy, etag } = await stage()
    expect((await copy({ 'x-oss-copy-source-if-match': etag })).status).toBe(200)
    expect((await copy({ 'x-oss-copy-source-if-match': '"x"' })).status).toBe(412)
    expect((await copy({ 'x-oss-copy-source-if-none-match': etag })).status).toBe(304)
    expect(refused(await copy({ 'x-oss-copy-source': '/photos/absent' }))).toEqual([404, 'NoSuchKey'])
    expect(refused(await copy({ 'x-oss-copy-source': '/nowhere/k' }))).toEqual([404, 'NoSuchBucket'])
    expect(
      refused(await putPart(oss, { ...target, uploadId: '0'.repeat(32) }, '', { 'x-oss-copy-source': '/photos/k' })),
    ).toEqual([404, 'NoSuchUpload'])
    // Anybody writes into the open bucket; nobody reads the closed one through it.
    const open = `${oss.origin}/open/k`
    const uploadId = childText(xmlOf(await send(`${open}?uploads`, { method: 'POST' })), 'UploadId')
    const headers = { 'x-oss-copy-source': '/photos/from%20a/%E7%8C%AB' }
    const stolen = await send(`${open}?partNumber=1&uploadId=${uploadId}`, { method: 'PUT', headers })
    expect(refused(stolen)).toEqual([403, 'AccessDenied'])
  })
})

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { childText, multipartEtag } from '@oss-direct/oss'
import { describe, expect, it, onTestFinished } from 'vitest'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { encodeCallback, send, startApplication, startOss } from '../stage/stage.fixture.ts'
import { complete, initiate, PART_BYTES, partList, putPart, upload, xmlOf } from './multipart.fixture.ts'

const full = (letter: string) => letter.repeat(PART_BYTES)
const md5 = (text: string) => createHash('md5').update(text).digest('base64')
const etagOf = (text: string) => createHash('md5').update(text).digest('hex').toUpperCase()
const start = () => startOss({ buckets: [{ name: 'photos' }, { name: 'open', acl: 'public-read-write' }] })
const refused = ({ status, error }: { status: number; error: { code: string } }) => [status, error.code]

describe('an upload in parts', () => {
  it('begins with what the object is going to be, and ends with it', async () => {
    const oss = await start()
    const { xml, ...begun } = await upload(oss, 'a b/猫&.txt', [full('a'), 'end'], {
      'content-type': 'text/x-cat',
      'cache-control': 'no-cache',
      'x-oss-meta-who': 'me',
      'x-oss-storage-class': 'IA',
      'x-oss-object-acl': 'public-read',
      'x-oss-tagging': 'a=1&b=2',
    })
    expect(begun.uploadId).toMatch(/^[0-9A-F]{32}$/)
    const answer = await complete(oss, { ...begun, xml })
    const etag = multipartEtag([etagOf(full('a')), etagOf('end')])
    expect(answer.status).toBe(200)
    expect(answer.headers.get('etag')).toBe(`"${etag}"`)
    expect(answer.headers.get('content-type')).toBe('application/xml')
    const result = xmlOf(answer)
    expect(result.name).toBe('CompleteMultipartUploadResult')
    expect(result.children.map(({ name, text }) => [name, text])).toEqual([
      ['Location', `${oss.origin}/photos/a%20b/%E7%8C%AB%26.txt`],
      ['Bucket', 'photos'],
      ['Key', 'a b/猫&.txt'],
      ['ETag', `"${etag}"`],
    ])
    const read = await send(childText(result, 'Location') ?? '')
    expect(read.text).toBe(`${full('a')}end`)
    expect(Object.fromEntries(read.headers)).toMatchObject({
      'content-type': 'text/x-cat',
      'cache-control': 'no-cache',
      'x-oss-meta-who': 'me',
      'x-oss-storage-class': 'IA',
      'x-oss-object-type': 'Multipart',
      etag: `"${etag}"`,
    })
    expect(read.headers.has('content-md5')).toBe(false)
    // The same bytes in one piece have the same CRC-64.
    const whole = await sendSigned(oss, 'PUT', { key: 'whole', body: `${full('a')}end` })
    const crc64 = whole.headers.get('x-oss-hash-crc64ecma')
    expect([answer, read].map(({ headers }) => headers.get('x-oss-hash-crc64ecma'))).toEqual([crc64, crc64])
    const tags = await sendSigned(oss, 'GET', { key: 'a b/猫&.txt', query: { tagging: '' } })
    expect(tags.text).toContain('<Key>b</Key><Value>2</Value>')
  })

  it('answers a part with its digests, and nothing else', async () => {
    const oss = await start()
    const uploadId = await initiate(oss, 'k')
    const answer = await putPart(oss, { key: 'k', uploadId, number: 10_000 }, '123456789')
    expect([answer.status, answer.text]).toEqual([200, ''])
    expect(Object.fromEntries(answer.headers)).toMatchObject({
      etag: '"25F9E794323B453885F5181F1B624D0B"',
      'x-oss-hash-crc64ecma': '11051210869376104954',
      'content-md5': 'JfnnlDI7RTiF9RgfG2JNCw==',
      'content-length': '0',
    })
    expect(answer.headers.has('content-type')).toBe(false)
  })

  it('takes part numbers from 1 to 10000', async () => {
    const oss = await start()
    const uploadId = await initiate(oss, 'k')
    for (const number of ['0', '10001', '-1', '1.5', 'x', '99999999999']) {
      const answer = await putPart(oss, { key: 'k', uploadId, number }, 'x')
      expect([number, ...refused(answer)]).toEqual([number, 400, 'InvalidArgument'])
      expect([answer.error.details.ArgumentName, answer.error.ec]).toEqual(['PartNumber', '0017-00000220'])
    }
    for (const query of [{ uploadId }, { partNumber: '', uploadId }]) {
      const answer = await sendSigned(oss, 'PUT', { key: 'k', query, body: 'x' })
      expect([...refused(answer), answer.error.ec]).toEqual([400, 'InvalidArgument', '0017-00000219'])
    }
  })

  it('checks the digest of a part, and takes no encryption with it', async () => {
    const oss = await start()
    const target = { key: 'k', uploadId: await initiate(oss, 'k') }
    expect(refused(await putPart(oss, target, 'x', { 'content-md5': md5('y') }))).toEqual([400, 'InvalidDigest'])
    expect((await putPart(oss, target, 'x', { 'content-md5': md5('x') })).status).toBe(200)
    const encrypted = await putPart(oss, target, 'x', { 'x-oss-server-side-encryption': 'AES256' })
    expect(refused(encrypted)).toEqual([400, 'InvalidArgument'])
  })

  it('wants the length of a part, or chunks', async () => {
    const oss = await start()
    const begun = await send(`${oss.origin}/open/k?uploads`, { method: 'POST' })
    const target = `/open/k?partNumber=1&uploadId=${childText(xmlOf(begun), 'UploadId')}`
    const socket = connect(Number(new URL(oss.origin).port), '127.0.0.1')
    socket.write(`PUT ${target} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n`)
    const answer = await text(socket)
    expect(answer).toMatch(/^HTTP\/1\.1 411 /)
    expect(answer).toContain('<Code>MissingContentLength</Code>')
  })

  it('leaves nothing of a part but the part', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'oss-multipart-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const oss = await startOss({ dataDir })
    const { key, uploadId } = await upload(oss, 'k', ['x'])
    await putPart(oss, { key, uploadId, number: 2 }, 'x', { 'content-md5': md5('y') })
    await sendSigned(oss, 'PUT', { key: 'from', body: 'x' })
    await putPart(oss, { key, uploadId, number: 3 }, undefined, { 'x-oss-copy-source': '/photos/from' })
    expect(await readdir(join(dataDir, 'incoming'))).toEqual([])
    expect(await readdir(join(dataDir, 'buckets/photos/uploads', uploadId))).toHaveLength(4)
  })

  it('replaces a part that comes again', async () => {
    const oss = await start()
    const { xml, ...begun } = await upload(oss, 'k', ['old'])
    await putPart(oss, begun, 'new')
    expect(refused(await complete(oss, { ...begun, xml }))).toEqual([400, 'InvalidPart'])
    expect((await complete(oss, { ...begun, xml: partList([[1, etagOf('new')]]) })).status).toBe(200)
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe('new')
  })

  it('takes numbers with gaps, ETags in either case, and leaves out what is not listed', async () => {
    const oss = await start()
    const uploadId = await initiate(oss, 'k')
    for (const [number, body] of [
      [9, 'end'],
      [2, full('b')],
      [5, 'not wanted'],
    ] as const) {
      await putPart(oss, { key: 'k', uploadId, number }, body)
    }
    const xml = partList([
      [2, etagOf(full('b')).toLowerCase()],
      [9, `&quot;${etagOf('end')}&quot;`],
    ])
    expect((await complete(oss, { key: 'k', uploadId, xml })).status).toBe(200)
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe(`${full('b')}end`)
  })

  it('encodes keys where the client asks for it', async () => {
    const oss = await start()
    const key = 'a b/\u0001+猫'
    const query = { 'encoding-type': 'url' }
    const begun = await sendSigned(oss, 'POST', { key, query: { uploads: '', ...query } })
    const encoded = 'a%20b%2F%01%2B%E7%8C%AB'
    expect(xmlOf(begun).children.map(({ name }) => name)).toEqual(['Bucket', 'Key', 'UploadId', 'EncodingType'])
    expect(childText(xmlOf(begun), 'Key')).toBe(encoded)
    const uploadId = childText(xmlOf(begun), 'UploadId') ?? ''
    await putPart(oss, { key, uploadId }, 'x')
    const list = await sendSigned(oss, 'GET', { key, query: { uploadId, ...query } })
    expect([childText(xmlOf(list), 'Key'), childText(xmlOf(list), 'EncodingType')]).toEqual([encoded, 'url'])
    const done = await complete(oss, { key, uploadId, xml: partList([[1, etagOf('x')]]) }, { query })
    expect([childText(xmlOf(done), 'Key'), childText(xmlOf(done), 'EncodingType')]).toEqual([encoded, 'url'])
    const wrong = await sendSigned(oss, 'POST', { key, query: { uploads: '', 'encoding-type': 'gzip' } })
    expect(refused(wrong)).toEqual([400, 'InvalidArgument'])
  })
})

describe('an upload that is not there', () => {
  it('is NoSuchUpload for every call: unknown, of another key, of another bucket, or no id at all', async () => {
    const oss = await start()
    const real = await initiate(oss, 'mine')
    const ids = [
      real,
      '0'.repeat(32),
      real.toLowerCase(),
      '',
      '../../open',
      `${real}/../${real}`,
      '\u0000',
      'é'.repeat(99),
    ]
    for (const uploadId of ids) {
      const query = { uploadId }
      const answers = [
        await putPart(oss, { key: 'k', uploadId }, 'x'),
        await sendSigned(oss, 'GET', { key: 'k', query }),
        await sendSigned(oss, 'DELETE', { key: 'k', query }),
        await complete(oss, { key: 'k', uploadId, xml: partList([[1, 'x']]) }),
      ]
      for (const answer of answers) {
        expect(refused(answer)).toEqual([404, 'NoSuchUpload'])
        expect(answer.error.details.UploadId).toBe(uploadId.replace('\u0000', '\ufffd'))
      }
    }
    const elsewhere = await sendSigned(oss, 'DELETE', { bucket: 'open', key: 'mine', query: { uploadId: real } })
    expect(refused(elsewhere)).toEqual([404, 'NoSuchUpload'])
    expect((await sendSigned(oss, 'GET', { key: 'mine', query: { uploadId: real } })).status).toBe(200)
  })

  it('was aborted', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    const abort = () => sendSigned(oss, 'DELETE', { key: 'k', query: { uploadId: begun.uploadId } })
    expect((await abort()).status).toBe(204)
    expect(refused(await abort())).toEqual([404, 'NoSuchUpload'])
    expect(refused(await complete(oss, begun))).toEqual([404, 'NoSuchUpload'])
    expect(refused(await putPart(oss, begun, 'x'))).toEqual([404, 'NoSuchUpload'])
  })

  it('is complete: of several who complete it at once one wins', async () => {
    const oss = await start()
    const application = await startApplication()
    const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'w=${imageInfo.width}' })
    const begun = await upload(oss, 'k', [full('a'), 'end'])
    const answers = await Promise.all(
      [1, 2, 3, 4].map(() => complete(oss, begun, { headers: { 'x-oss-callback': callback } })),
    )
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 404, 404, 404])
    expect(application.received).toHaveLength(1)
    expect(refused(await complete(oss, begun))).toEqual([404, 'NoSuchUpload'])
  })

  it('belongs to no deleted bucket: one with unfinished uploads is not empty', async () => {
    const oss = await start()
    const uploadId = await initiate(oss, 'k')
    expect(refused(await sendSigned(oss, 'DELETE'))).toEqual([409, 'BucketNotEmpty'])
    await sendSigned(oss, 'DELETE', { key: 'k', query: { uploadId } })
    expect((await sendSigned(oss, 'DELETE')).status).toBe(204)
    expect(refused(await sendSigned(oss, 'POST', { key: 'k', query: { uploads: '' } }))).toEqual([404, 'NoSuchBucket'])
  })
})

describe('who may', () => {
  it('nobody unsigned, where the bucket is not open', async () => {
    const oss = await start()
    const uploadId = await initiate(oss, 'k')
    const url = `${oss.origin}/photos/k`
    const calls: [string, string][] = [
      ['POST', `${url}?uploads`],
      ['PUT', `${url}?partNumber=1&uploadId=${uploadId}`],
      ['GET', `${url}?uploadId=${uploadId}`],
      ['POST', `${url}?uploadId=${uploadId}`],
      ['DELETE', `${url}?uploadId=${uploadId}`],
      ['GET', `${oss.origin}/photos/?uploads`],
    ]
    for (const [method, address] of calls) {
      expect([method, ...refused(await send(address, { method }))]).toEqual([method, 403, 'AccessDenied'])
    }
  })

  it('everybody, where the bucket is; but nobody lists its uploads', async () => {
    const oss = await start()
    const url = `${oss.origin}/open/k`
    const uploadId = childText(xmlOf(await send(`${url}?uploads`, { method: 'POST' })), 'UploadId')
    const part = await send(`${url}?uploadId=${uploadId}&partNumber=1`, { method: 'PUT', body: 'x' })
    const xml = partList([[1, part.headers.get('etag') ?? '']])
    expect((await send(`${url}?uploadId=${uploadId}`)).status).toBe(200)
    expect((await send(`${oss.origin}/open/?uploads`)).status).toBe(403)
    expect((await send(`${url}?uploadId=${uploadId}`, { method: 'POST', body: xml })).status).toBe(200)
  })
})

describe('faults', () => {
  it('meet a part: error, drop', async () => {
    const oss = await start()
    const target = { key: 'k', uploadId: await initiate(oss, 'k') }
    oss.faults.set({ name: 'error', status: 503, code: 'ServiceUnavailable', operation: 'UploadPart', count: 1 })
    expect(refused(await putPart(oss, target, 'x'))).toEqual([503, 'ServiceUnavailable'])
    oss.faults.set({ name: 'drop', afterBytes: 1000, operation: 'UploadPart', count: 1 })
    await expect(putPart(oss, target, full('x'))).rejects.toThrow()
    const { text } = await sendSigned(oss, 'GET', { key: 'k', query: { uploadId: target.uploadId } })
    expect(text).not.toContain('<Part>')
    expect((await putPart(oss, target, 'x')).status).toBe(200)
  })

  it('lose the answer to a part, which is stored', async () => {
    const oss = await start()
    const target = { key: 'k', uploadId: await initiate(oss, 'k') }
    oss.faults.set({ name: 'lose-answer', operation: 'UploadPart', count: 1 })
    await expect(putPart(oss, target, 'x')).rejects.toThrow()
    const { text } = await sendSigned(oss, 'GET', { key: 'k', query: { uploadId: target.uploadId } })
    expect(text).toContain('<PartNumber>1</PartNumber>')
    expect((await putPart(oss, target, 'x')).status).toBe(200)
  })

  it('lose the answer of a completed upload', async () => {
    const oss = await start()
    const begun = await upload(oss, 'k', ['a'])
    oss.faults.set({ name: 'lose-answer', operation: 'CompleteMultipartUpload', count: 1 })
    await expect(complete(oss, begun)).rejects.toThrow()
    expect((await sendSigned(oss, 'GET', { key: 'k' })).text).toBe('a')
    expect(refused(await complete(oss, begun))).toEqual([404, 'NoSuchUpload'])
  })
})

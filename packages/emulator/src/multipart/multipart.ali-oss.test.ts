import { createHash, randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import OSS from 'ali-oss'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type Emulator, startEmulator } from '../emulator.ts'
import { ALI_OSS_WAYS, aliOssOptions, fetchByName } from '../stage/ali-oss.fixture.ts'
import { MiB, startApplication, startOss } from '../stage/stage.fixture.ts'

// What the published types leave out or have otherwise.
interface Sdk extends Omit<OSS, 'multipartUpload' | 'multipartUploadCopy' | 'listParts' | 'listUploads'> {
  multipartUpload(key: string, file: string | Buffer, options?: object): Promise<Completed>
  multipartUploadCopy(key: string, source: object, options?: object): Promise<Completed>
  listParts(key: string, uploadId: string, query?: object): Promise<{ parts: ListedPart[]; isTruncated: string }>
  listUploads(query: object): Promise<{
    uploads: { name: string; uploadId: string; initiated: string }[]
    isTruncated: boolean
    nextKeyMarker: string
    nextUploadIdMarker: string
  }>
}

interface Completed {
  res: { status: number; headers: Record<string, string> }
  etag: string
  data?: unknown
}

interface ListedPart {
  PartNumber: string
  ETag: string
  Size: string
  HashCrc64ecma: string
}

interface Checkpoint {
  uploadId: string
  doneParts: { number: number }[]
}

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')

// Judged by the vendor's own SDK, unmodified.
describe.each(ALI_OSS_WAYS)('ali-oss, signature %s, %s', (_version, _style, authorizationV4, sldEnable) => {
  const sdk = (oss: Pick<Emulator, 'origin'>): Sdk => {
    const client: object = new OSS(aliOssOptions(oss, { authorizationV4, sldEnable }))
    return client as Sdk
  }
  const start = async () => {
    const oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'other' }] })
    return { oss, client: sdk(oss) }
  }

  it('uploads a file in parts, several at once, and says how far it is', async () => {
    const { client } = await start()
    const content = randomBytes(5 * MiB + 12_345)
    const folder = await mkdtemp(join(tmpdir(), 'oss-multipart-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const file = join(folder, '猫.bin')
    await writeFile(file, content)
    const seen: number[] = []
    const options = {
      partSize: 512 * 1024,
      parallel: 4,
      mime: 'text/x-cat',
      meta: { uid: 1 },
      progress: (part: number) => void seen.push(part),
    }
    const done = await client.multipartUpload('a b/猫+%&.bin', file, options)
    expect(done.res.status).toBe(200)
    expect(done.etag).toMatch(/^"[0-9A-F]{32}-11"$/)
    expect(seen.length).toBe(13)
    expect(seen.at(-1)).toBe(1)

    const { content: stored } = await client.get('a b/猫+%&.bin')
    expect(sha256(stored)).toBe(sha256(content))
    const head = await client.head('a b/猫+%&.bin')
    expect(head.meta).toEqual({ uid: '1' })
    expect(head.res.headers).toMatchObject({
      'content-type': 'text/x-cat',
      'x-oss-object-type': 'Multipart',
      etag: done.etag,
    })
    const middle = await client.get('a b/猫+%&.bin', { headers: { Range: 'bytes=524280-1048590' } })
    expect(sha256(middle.content)).toBe(sha256(content.subarray(524_280, 1_048_591)))
  })

  it('goes on where it was interrupted, after a restart too', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'oss-multipart-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const first = await startEmulator({ dataDir, buckets: [{ name: 'photos' }] })
    const content = randomBytes(3 * MiB)
    let checkpoint: Checkpoint | undefined
    const options = {
      partSize: 256 * 1024,
      parallel: 1,
      progress: (_part: number, reached: Checkpoint) => {
        checkpoint = structuredClone(reached)
        if (reached.doneParts.length === 5)
          first.faults.set({ name: 'drop', afterBytes: 1000, operation: 'UploadPart' })
      },
    }
    await expect(sdk(first).multipartUpload('k', content, options)).rejects.toThrow()
    await first.close()
    expect(checkpoint?.doneParts).toHaveLength(5)

    const second = await startOss({ dataDir, buckets: [] })
    const client = sdk(second)
    const resumed = { ...checkpoint, file: content }
    await client.multipartUpload('k', content, { parallel: 3, checkpoint: resumed })
    const sent = second.requests.list().map(({ operation }) => operation)
    expect(sent.filter((operation) => operation === 'UploadPart')).toHaveLength(7)
    expect(sent).not.toContain('InitiateMultipartUpload')
    expect(sha256((await client.get('k')).content)).toBe(sha256(content))
    expect((await client.listUploads({ 'max-uploads': 10 })).uploads).toEqual([])
  })

  it('stops for good once somebody aborts its upload', async () => {
    const { oss, client } = await start()
    const other = sdk(oss)
    const options = {
      partSize: 200 * 1024,
      parallel: 1,
      progress: async (_part: number, reached: Checkpoint) => {
        if (reached.doneParts.length === 2) await other.abortMultipartUpload('k', reached.uploadId, {})
      },
    }
    await expect(client.multipartUpload('k', randomBytes(MiB), options)).rejects.toMatchObject({ name: 'abort' })
    await expect(client.head('k')).rejects.toMatchObject({ code: 'NoSuchKey' })
  })

  it('signs a URL for one part of one upload', async () => {
    const { client } = await start()
    const { uploadId } = await client.initMultipartUpload('a b/猫')
    const part = { partNumber: '2', uploadId }
    const url = authorizationV4
      ? await client.signatureUrlV4('PUT', 60, { headers: {}, queries: part }, 'a b/猫')
      : client.signatureUrl('a b/猫', { method: 'PUT', expires: 60, subResource: part } as OSS.SignatureUrlOptions)
    const put = (address: string) => fetchByName(address, { method: 'PUT', body: 'hello' })
    expect((await put(url)).status).toBe(200)
    expect((await put(url.replace('partNumber=2', 'partNumber=3'))).status).toBe(403)
    expect((await put(url.replace(uploadId, '0'.repeat(32)))).status).toBe(403)
    const { parts } = await client.listParts('a b/猫', uploadId)
    // One part comes as it is, not as a list.
    expect(parts).toMatchObject({ PartNumber: '2', Size: '5' })
  })

  it('copies in parts, from another bucket', async () => {
    const { client } = await start()
    const content = randomBytes(MiB + 5000)
    client.useBucket('other')
    await client.put('from/猫 a.bin', content)
    client.useBucket('photos')
    const source = { sourceKey: 'from/猫 a.bin', sourceBucketName: 'other' }
    const done = await client.multipartUploadCopy('copy', source, { partSize: 300 * 1024, parallel: 2 })
    expect(done.etag).toMatch(/-4"$/)
    expect(sha256((await client.get('copy')).content)).toBe(sha256(content))

    const { uploadId } = await client.initMultipartUpload('part')
    const part = await client.uploadPartCopy('part', uploadId, 1, '10-19', source, {})
    expect(part.res.headers).toMatchObject({ 'content-range': `bytes 10-19/${content.length}` })
    await client.completeMultipartUpload('part', uploadId, [{ number: 1, etag: part.etag }])
    expect((await client.get('part')).content).toEqual(content.subarray(10, 20))
    await expect(
      client.uploadPartCopy('part', uploadId, 1, '0-1', { ...source, sourceKey: 'absent' }, {}),
    ).rejects.toMatchObject({ code: 'NoSuchUpload', status: 404 })
  })

  it('lists uploads and parts, completes one by hand and aborts the other', async () => {
    const { client } = await start()
    const content = randomBytes(250 * 1024)
    const { uploadId } = await client.initMultipartUpload('by/hand')
    const { uploadId: other } = await client.initMultipartUpload('by/hand')
    await client.initMultipartUpload('elsewhere')
    const parts: { number: number; etag: string }[] = []
    for (const number of [3, 1, 2]) {
      const from = (number - 1) * 100 * 1024
      const to = Math.min(number * 100 * 1024, content.length)
      const { etag } = await client.uploadPart('by/hand', uploadId, number, content, from, to)
      parts.push({ number, etag })
    }

    const uploads = await client.listUploads({ prefix: 'by/', 'max-uploads': 1 })
    expect(uploads.uploads.map(({ name, uploadId: id }) => [name, id])).toEqual([['by/hand', uploadId]])
    expect(uploads.isTruncated).toBe(true)
    const rest = await client.listUploads({
      prefix: 'by/',
      'max-uploads': 10,
      'key-marker': uploads.nextKeyMarker,
      'upload-id-marker': uploads.nextUploadIdMarker,
    })
    expect(rest.uploads.map(({ uploadId: id }) => id)).toEqual([other])

    const listed = await client.listParts('by/hand', uploadId, { 'max-parts': 2 })
    expect(listed.parts.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      ['1', '102400'],
      ['2', '102400'],
    ])
    expect(listed.isTruncated).toBe('true')
    expect(listed.parts[0]?.ETag).toBe(parts[1]?.etag)

    const unsorted = await client.completeMultipartUpload('by/hand', uploadId, parts)
    expect(unsorted.res.status).toBe(200)
    expect((await client.get('by/hand')).content).toEqual(content)
    await client.abortMultipartUpload('by/hand', other)
    for (const call of [
      client.listParts('by/hand', other),
      client.abortMultipartUpload('by/hand', other),
      client.completeMultipartUpload('by/hand', uploadId, parts),
    ]) {
      await expect(call).rejects.toMatchObject({ code: 'NoSuchUpload', status: 404 })
    }
  })

  it('reads why it may not complete', async () => {
    const { client } = await start()
    const content = randomBytes(250 * 1024)
    const { uploadId } = await client.initMultipartUpload('k')
    const small = await client.uploadPart('k', uploadId, 1, content, 0, 1000)
    const large = await client.uploadPart('k', uploadId, 2, content, 1000, content.length)
    const complete = (...etags: string[]) =>
      client.completeMultipartUpload(
        'k',
        uploadId,
        etags.map((etag, index) => ({ number: index + 1, etag })),
      )
    await expect(complete(small.etag, large.etag)).rejects.toMatchObject({ code: 'EntityTooSmall', status: 400 })
    await expect(complete(large.etag, small.etag)).rejects.toMatchObject({ code: 'InvalidPart', status: 400 })
    await expect(complete()).rejects.toMatchObject({ code: 'MalformedXML', status: 400 })
    await expect(client.uploadPart('k', uploadId, 10_001, content, 0, 10)).rejects.toMatchObject({
      code: 'InvalidArgument',
    })
  })

  describe('with a callback', () => {
    const stage = async () => {
      const application = await startApplication((response, { url, body }) => {
        const answer = JSON.stringify({ got: body.toString() })
        response.writeHead(url === '/ok' ? 200 : 500, { 'content-length': answer.length }).end(answer)
      })
      const callback = (path: string, body: string) => ({
        url: application.origin + path,
        body,
        customValue: { mine: 'a/b' },
      })
      return { ...(await start()), application, callback }
    }

    it('gets the answer of the application, called once and for the whole object', async () => {
      const { oss, client, application, callback } = await stage()
      const content = randomBytes(MiB)
      const done = await client.multipartUpload('k', content, {
        partSize: 256 * 1024,
        callback: callback('/ok', 'key=${object}&size=${size}&etag=${etag}&op=${operation}&mine=${x:mine}'),
      })
      const etag = done.etag.replaceAll('"', '')
      const got = `key=k&size=${MiB}&etag=${etag}&op=CompleteMultipartUpload&mine=a%2Fb`
      expect(done.data).toEqual({ got })
      expect(application.received).toHaveLength(1)
      expect(oss.requests.list().at(-1)?.callbacks).toMatchObject([{ status: 200, body: got }])
    })

    it('tells of the image that the parts make together', async () => {
      const { client, callback } = await stage()
      const body = '${imageInfo.width}x${imageInfo.height} ${imageInfo.format}'
      const ask = async (content: Buffer) => {
        const options = { partSize: 100 * 1024, callback: callback('/ok', body) }
        return (await client.multipartUpload('image', content, options)).data
      }
      const png = readFileSync(new URL('../stage/pixel.fixture.png', import.meta.url))
      expect(await ask(Buffer.concat([png, randomBytes(150 * 1024)]))).toEqual({ got: '1x1 png' })
      expect(await ask(jpegWithSizeAt(120 * 1024))).toEqual({ got: '5x7 jpg' })
    })

    it('throws its own error for a 203, and the object is there', async () => {
      const { client, callback } = await stage()
      const content = randomBytes(MiB)
      await expect(client.multipartUpload('k', content, { callback: callback('/broken', 'x') })).rejects.toMatchObject({
        name: 'CallbackFailedError',
        code: 'CallbackFailed',
        status: 203,
        ecCode: '0007-00000203',
      })
      expect(sha256((await client.get('k')).content)).toBe(sha256(content))
      expect((await client.listUploads({ 'max-uploads': 10 })).uploads).toEqual([])
    })
  })
})

/** A JPEG of 5 by 7 whose size stands behind so many bytes of comments, in the second part of an upload. */
function jpegWithSizeAt(bytes: number): Buffer {
  const segment = (marker: number, content: Buffer) => {
    const head = Buffer.from([0xff, marker, 0, 0])
    head.writeUInt16BE(content.length + 2, 2)
    return Buffer.concat([head, content])
  }
  const comments = Array.from({ length: 4 }, () => segment(0xfe, Buffer.alloc(bytes / 4, 'x')))
  const size = segment(0xc0, Buffer.from([8, 0, 7, 0, 5, 1, 1, 0x11, 0]))
  return Buffer.concat([Buffer.from([0xff, 0xd8]), ...comments, size, Buffer.alloc(20 * 1024)])
}

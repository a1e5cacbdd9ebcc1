import { createHash } from 'node:crypto'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { multipartEtag } from '@oss-direct/oss'
import { describe, expect, it, onTestFinished } from 'vitest'
import { contentOf, type Recorded, readRecordings, replay } from '../stage/recording.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'

// Byte for byte what 15 SDKs sent, headers in their order and spelling, the clock set to their time.
describe.each(readRecordings(/-mp-form\.json$/))('the multipart upload of %s', (_name, capture) => {
  const { accessKeyId, accessKeySecret, bucket, region, requests } = capture
  const initiate = requests.find(({ method, url }) => method === 'POST' && /[?&]uploads/.test(url))
  const parts = requests.filter(({ method }) => method === 'PUT')
  const complete = requests.find(({ method, url }) => method === 'POST' && url.includes('uploadId='))
  if (!initiate || !complete || parts.length !== 2) throw new Error('The recording is not whole')
  const recordedId = /uploadId=([0-9A-F]{32})/.exec(complete.url)?.[1] ?? ''

  async function stage() {
    const dataDir = await mkdtemp(join(tmpdir(), 'oss-wire-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const accessKeys = [{ accessKeyId, accessKeySecret }]
    const oss = await startOss({ dataDir, accessKeys, buckets: [{ name: bucket }], region })
    return { oss, uploads: join(dataDir, 'buckets', bucket, 'uploads') }
  }

  it('is verified, part for part', async () => {
    const { oss } = await stage()
    expect(await replay(oss, initiate)).toMatch(/^HTTP\/1\.1 200 .*<UploadId>[0-9A-F]{32}<\/UploadId>/s)
    // Signed well, and for an upload that is another server's.
    for (const request of [...parts, complete])
      expect(await replay(oss, request)).toContain('<Code>NoSuchUpload</Code>')
  })

  it('is stored, and its callback sent, once the upload has the id that was recorded', async () => {
    const { oss, uploads } = await stage()
    const begun = await replay(oss, initiate)
    await rename(uploads, /<UploadId>(.*)<\/UploadId>/.exec(begun)?.[1] ?? '', recordedId)
    for (const part of parts) {
      const etag = Buffer.from(part.bodyMd5, 'base64').toString('hex').toUpperCase()
      expect(await replay(oss, part)).toMatch(new RegExp(`^HTTP/1\\.1 200 .*\r\nETag: "${etag}"\r\n`, 's'))
    }
    oss.faults.set({ name: 'callback-lost' })
    const answer = await replay(oss, complete)
    expect(answer).toContain('HTTP/1.1 203 ')
    expect(answer).toContain('<Code>CallbackFailed</Code>')
    const inOrder = [...parts].sort((a, b) => b.bodyLength - a.bodyLength).map(contentOf)
    const etags = inOrder.map((content) => createHash('md5').update(content).digest('hex').toUpperCase())
    expect(answer).toContain(`\r\nETag: "${multipartEtag(etags)}"\r\n`)
    expect(oss.requests.list().at(-1)?.callbacks[0]?.body).toMatch(/size["=:]+107400\b/)
    expect(await replay(oss, complete)).toContain('<Code>NoSuchUpload</Code>')
  })

  it('is refused once its part, its upload or its callback is another', async () => {
    const { oss } = await stage()
    const [part] = parts
    if (!part) return
    const swap = (request: Recorded, from: string | RegExp, to: string) => ({
      ...request,
      url: request.url.replace(from, to),
    })
    const callback = complete.headers.map(([name, value]): [string, string] =>
      name.toLowerCase() === 'x-oss-callback' ? [name, value.replace(/^.{8}/, 'eyJhIjox')] : [name, value],
    )
    for (const altered of [
      swap(part, /partNumber=\d+/, 'partNumber=77'),
      swap(part, recordedId, '0'.repeat(32)),
      swap(complete, recordedId, '0'.repeat(32)),
      swap(initiate, 'uploads', 'uploadId=1&uploads'),
      { ...complete, headers: callback },
    ]) {
      expect(await replay(oss, altered)).toContain('SignatureDoesNotMatch')
    }
  })
})

/** Gives an upload the id under which another server knew it. */
async function rename(uploads: string, from: string, to: string): Promise<void> {
  await cp(join(uploads, from), join(uploads, to), { recursive: true })
  const file = join(uploads, to, 'upload.json')
  await writeFile(file, (await readFile(file, 'utf8')).replaceAll(from, to))
}

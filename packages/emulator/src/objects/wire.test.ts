import { describe, expect, it } from 'vitest'
import { readRecordings, replay } from '../stage/recording.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'

// Byte for byte what 15 SDKs sent, headers in their order and spelling, the clock set to their time.
describe.each(readRecordings(/-(put|post)-form\.json$/))('the upload of %s', (_name, recording) => {
  const { accessKeyId, accessKeySecret, bucket, region } = recording
  const uploads = recording.requests.filter(({ method }) => /^(PUT|POST)$/.test(method))
  const start = () => startOss({ accessKeys: [{ accessKeyId, accessKeySecret }], buckets: [{ name: bucket }], region })

  it('is stored, and its callback sent', async () => {
    expect(uploads.length).toBeGreaterThan(0)
    const oss = await start()
    for (const upload of uploads) {
      oss.faults.set({ name: 'callback-lost' })
      const answer = await replay(oss, upload)
      expect(answer).toContain('HTTP/1.1 203 ')
      expect(answer).toContain('<Code>CallbackFailed</Code>')
      oss.faults.clear()
    }
  })

  it('is refused once its path, its type or its clock is another', async () => {
    const oss = await start()
    const [upload] = uploads
    if (!upload) throw new Error('The capture has no upload')
    expect(await replay(oss, upload, 8 * 24 * 3_600_000)).toMatch(/^HTTP\/1\.1 403 /)
    if (upload.method === 'POST') return
    expect(await replay(oss, { ...upload, url: `${upload.url}x` })).toContain('SignatureDoesNotMatch')
    const headers = upload.headers.map(([name, value]): [string, string] =>
      name.toLowerCase() === 'content-type' ? [name, 'text/evil'] : [name, value],
    )
    expect(await replay(oss, { ...upload, headers })).toContain('SignatureDoesNotMatch')
  })
})

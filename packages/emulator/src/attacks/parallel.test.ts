import { createHash, randomBytes } from 'node:crypto'
import { expect, it } from 'vitest'
import { type Answer, post, startOss } from '../stage/stage.fixture.ts'
import { borrowCrc64 } from '../store/crc64.ts'

const UPLOADS = 200
const KEYS = 60
// None, one byte, around the sizes in which streams and files are cut, and large.
const SIZES = [0, 1, 1000, 16_384, 65_535, 65_536, 65_537, 262_144, 1_048_576, 1_500_000]

it('keeps every byte of 200 uploads at once, some of them for the same key', { timeout: 60_000 }, async () => {
  const { origin } = await startOss({ buckets: [{ name: 'photos', acl: 'public-read-write' }] })
  const uploads = Array.from({ length: UPLOADS }, (_, index) => ({
    key: `k${(index * 7) % KEYS}`,
    // A step that no multiple of KEYS undoes: those of one key differ in size.
    content: randomBytes(SIZES[(index + Math.floor(index / KEYS)) % SIZES.length] ?? 0),
    byForm: index % 3 === 0,
  }))
  const put = async ({ key, content }: { key: string; content: Buffer }) =>
    fetch(`${origin}/photos/${key}`, { method: 'PUT', body: new Uint8Array(content) })
  const answers: Pick<Answer, 'status' | 'headers'>[] = await Promise.all(
    uploads.map(({ key, content, byForm }) =>
      byForm ? post({ origin }, [['key', key], { content }]) : put({ key, content }),
    ),
  )
  for (const [index, { content, byForm }] of uploads.entries()) {
    const { status, headers } = answers[index] ?? {}
    expect(status).toBe(byForm ? 204 : 200)
    expect(headers?.get('x-oss-hash-crc64ecma')).toBe(await crc64(content))
    expect(headers?.get('etag')).toBe(`"${createHash('md5').update(content).digest('hex').toUpperCase()}"`)
  }

  for (const key of new Set(uploads.map((upload) => upload.key))) {
    const answer = await fetch(`${origin}/photos/${key}`)
    const stored = Buffer.from(await answer.arrayBuffer())
    const candidates = uploads.filter((upload) => upload.key === key).map(({ content }) => sha256(content))
    expect(candidates).toContain(sha256(stored))
    expect(answer.headers.get('x-oss-hash-crc64ecma')).toBe(await crc64(stored))
    expect(answer.headers.get('content-length')).toBe(String(stored.length))
  }
})

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function crc64(bytes: Buffer): Promise<string> {
  const crc = await borrowCrc64()
  crc.update(bytes)
  const digest = crc.digest()
  crc.release()
  return digest
}

import { readdirSync, readFileSync } from 'node:fs'
import { connect } from 'node:net'
import { describe, expect, it } from 'vitest'
import { startOss } from '../stage/stage.fixture.ts'

interface Capture {
  accessKeyId: string
  accessKeySecret: string
  bucket: string
  region: string
  requests: { method: string; url: string; headers: [string, string][]; bodyBase64: string; bodyTruncated: boolean }[]
}

const folder = new URL('../../../oss/vectors/wire/', import.meta.url)
const captures = readdirSync(folder)
  .filter((name) => /-(put|post)-form\.json$/.test(name))
  .map(
    (name) => [name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Capture] as const,
  )

// Byte for byte what 15 SDKs sent, headers in their order and spelling, the clock set to their time.
describe.each(captures)('the upload of %s', (_name, capture) => {
  const { accessKeyId, accessKeySecret, bucket, region } = capture
  const uploads = capture.requests.filter(({ method, bodyTruncated }) => /^(PUT|POST)$/.test(method) && !bodyTruncated)
  const start = () => startOss({ accessKeys: [{ accessKeyId, accessKeySecret }], buckets: [{ name: bucket }], region })

  it('is stored, and its callback sent', async () => {
    expect(uploads.length).toBeGreaterThan(0)
    const oss = await start()
    for (const upload of uploads) {
      oss.faults.set({ name: 'clock', offsetMs: readTime(upload) - Date.now() })
      oss.faults.set({ name: 'callback-lost' })
      const answer = await replay(oss.origin, upload)
      expect(answer).toContain('HTTP/1.1 203 ')
      expect(answer).toContain('<Code>CallbackFailed</Code>')
      oss.faults.clear()
    }
  })

  it('is refused once its path, its type or its clock is another', async () => {
    const oss = await start()
    const [upload] = uploads
    if (!upload) throw new Error('The capture has no upload')
    oss.faults.set({ name: 'clock', offsetMs: readTime(upload) - Date.now() + 8 * 24 * 3_600_000 })
    expect(await replay(oss.origin, upload)).toMatch(/^HTTP\/1\.1 403 /)
    oss.faults.clear()
    oss.faults.set({ name: 'clock', offsetMs: readTime(upload) - Date.now() })
    if (upload.method === 'POST') return
    expect(await replay(oss.origin, { ...upload, url: `${upload.url}x` })).toContain('SignatureDoesNotMatch')
    const headers = upload.headers.map(([name, value]): [string, string] =>
      name.toLowerCase() === 'content-type' ? [name, 'text/evil'] : [name, value],
    )
    expect(await replay(oss.origin, { ...upload, headers })).toContain('SignatureDoesNotMatch')
  })
})

/** The time that the request itself claims; a form claims it in its policy, whose end is an hour later. */
function readTime({ headers, bodyBase64, method }: Capture['requests'][number]): number {
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  if (method === 'POST') {
    const policy = /name="policy"\r\n\r\n([^\r]+)/.exec(Buffer.from(bodyBase64, 'base64').toString('latin1'))?.[1] ?? ''
    return Date.parse(JSON.parse(Buffer.from(policy, 'base64').toString()).expiration) - 60_000
  }
  const date = header('x-oss-date') ?? header('date') ?? ''
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

function replay(origin: string, { method, url, headers, bodyBase64 }: Capture['requests'][number]): Promise<string> {
  const body = Buffer.from(bodyBase64, 'base64')
  const isChunked = headers.some(([name, value]) => name.toLowerCase() === 'transfer-encoding' && value === 'chunked')
  const lines = [`${method} ${url} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', '']
  const framed = isChunked
    ? Buffer.concat([Buffer.from(`${body.length.toString(16)}\r\n`), body, Buffer.from('\r\n0\r\n\r\n')])
    : body
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(origin).port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer += text.replace('HTTP/1.1 100 Continue\r\n\r\n', '')
      if (answer.includes('</Error>')) socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), framed]))
  })
}

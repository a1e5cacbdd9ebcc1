import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { multipartEtag } from '@oss-direct/oss'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { startOss } from '../stage/stage.fixture.ts'

interface Recorded {
  method: string
  url: string
  headers: [name: string, value: string][]
  bodyBase64: string
  bodyLength: number
  bodyMd5: string
}

interface Capture {
  accessKeyId: string
  accessKeySecret: string
  bucket: string
  region: string
  requests: Recorded[]
}

const folder = new URL('../../../oss/vectors/wire/', import.meta.url)
const captures = readdirSync(folder)
  .filter((name) => name.endsWith('-mp-form.json'))
  .map(
    (name) => [name.replace('.json', ''), JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Capture] as const,
  )

// Byte for byte what 15 SDKs sent, headers in their order and spelling, the clock set to their time.
describe.each(captures)('the multipart upload of %s', (_name, capture) => {
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

/** The whole body: what a recording cuts off repeats its beginning. */
function contentOf({ bodyBase64, bodyLength, bodyMd5 }: Recorded): Buffer {
  const beginning = Buffer.from(bodyBase64, 'base64')
  const content = bodyLength === 0 ? beginning : Buffer.alloc(bodyLength, beginning)
  if (createHash('md5').update(content).digest('base64') !== bodyMd5) throw new Error('The body was another one')
  return content
}

/** Sends a request at its own time. */
function replay(oss: Emulator, request: Recorded): Promise<string> {
  for (const { id, name } of oss.faults.list()) if (name === 'clock') oss.faults.clear(id)
  oss.faults.set({ name: 'clock', offsetMs: readTime(request) - Date.now() })
  const { method, url, headers } = request
  const content = contentOf(request)
  const isChunked = headers.some(([name, value]) => name.toLowerCase() === 'transfer-encoding' && value === 'chunked')
  const lines = [`${method} ${url} HTTP/1.1`, ...headers.map(([name, value]) => `${name}: ${value}`), '', '']
  const chunk =
    content.length === 0 ? [] : [Buffer.from(`${content.length.toString(16)}\r\n`), content, Buffer.from('\r\n')]
  const body = isChunked ? [...chunk, Buffer.from('0\r\n\r\n')] : [content]
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(oss.origin).port), '127.0.0.1')
    let answer = ''
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      answer = (answer + text).replace('HTTP/1.1 100 Continue\r\n\r\n', '')
      const [head = '', rest = ''] = answer.split(/\r\n\r\n(.*)/s)
      if (rest.length === Number(/^content-length: (\d+)$/im.exec(head)?.[1])) socket.end()
    })
    socket.on('close', () => resolve(answer))
    socket.on('error', reject)
    socket.write(Buffer.concat([Buffer.from(lines.join('\r\n'), 'latin1'), ...body]))
  })
}

function readTime({ headers }: Recorded): number {
  const header = (wanted: string) => headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
  const date = header('x-oss-date') ?? header('date') ?? ''
  return Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
}

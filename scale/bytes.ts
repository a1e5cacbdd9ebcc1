import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { type IncomingHttpHeaders, request } from 'node:http'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { bucketAddress, signHeaders, signPostPolicy } from '@oss-direct/oss'

const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }
const region = 'cn-hangzhou'

/** Bytes that repeat themselves only after 16 MiB, and their MD5 in upper-case hex once all were taken. */
function createBytes(total: number): { chunks: Iterable<Buffer>; md5(): string } {
  const md5 = createHash('md5')
  const pattern = Buffer.alloc(CHUNK_BYTES + 255)
  for (let index = 0; index < pattern.length; index++) pattern[index] = (index * index) >> 3
  function* produce() {
    for (let made = 0; made < total; made += CHUNK_BYTES) {
      const from = (made / CHUNK_BYTES) % 255
      const chunk = pattern.subarray(from, from + Math.min(CHUNK_BYTES, total - made))
      md5.update(chunk)
      yield chunk
    }
  }
  return { chunks: produce(), md5: () => md5.digest('hex').toUpperCase() }
}

const CHUNK_BYTES = 64 * 1024

/** Sends a body of known length and gives the headers of the answer. Rejects where that is no success. */
async function sendBytes(
  url: string,
  options: { method: string; headers: Readonly<Record<string, string>>; body: Iterable<Buffer> },
): Promise<IncomingHttpHeaders> {
  const { method, headers, body } = options
  const sending = request(url, { method, headers })
  const [[answer]] = await Promise.all([once(sending, 'response'), pipeline(Readable.from(body), sending)])
  const text = Buffer.concat(await answer.toArray()).toString()
  if (answer.statusCode >= 300) throw new Error(`${method} answered ${answer.statusCode}: ${text}`)
  return answer.headers
}

/** PutObject of so many bytes, checked by the ETag. */
export async function putBytes(origin: string, key: string, total: number): Promise<void> {
  const { chunks, md5 } = createBytes(total)
  const headers = { ...signed('PUT', key), 'content-length': String(total) }
  const { etag } = await sendBytes(`${origin}/photos/${key}`, { method: 'PUT', headers, body: chunks })
  checkDigest(etag, md5())
}

/** The same by PostObject, in a signed form as a browser sends it. */
export async function postBytes(origin: string, key: string, total: number): Promise<void> {
  const now = new Date()
  const form = signPostPolicy({
    bucket: bucketAddress({ bucket: 'photos', region, endpoint: origin }),
    key,
    sizeRange: [total, total],
    credentials: accessKey,
    now,
    expiresAt: new Date(now.getTime() + 600_000),
  })
  const head = (disposition: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`
  const fields = Object.entries(form.fields).map(([name, value]) => `${head(`name="${name}"`)}${value}\r\n`)
  const before = Buffer.from(`${fields.join('')}${head('name="file"; filename="large"')}`)
  const after = Buffer.from(`\r\n--${BOUNDARY}--\r\n`)
  const { chunks, md5 } = createBytes(total)
  function* body() {
    yield before
    yield* chunks
    yield after
  }
  const headers = {
    'content-type': `multipart/form-data; boundary=${BOUNDARY}`,
    'content-length': String(before.length + total + after.length),
  }
  const { etag } = await sendBytes(`${origin}/photos`, { method: 'POST', headers, body: body() })
  checkDigest(etag, md5())
}

const BOUNDARY = '----FormBoundaryOfALargeFile'

interface SignedWith {
  bucket?: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
}

export function signed(
  method: string,
  key: string,
  { bucket = 'photos', query = {}, headers = {} }: SignedWith = {},
): Record<string, string> {
  return signHeaders({ method, bucket, key, query, headers }, { credentials: accessKey, region, now: new Date() })
}

export function checkDigest(etag: string | null | undefined, md5: string): void {
  if (etag !== `"${md5}"`) throw new Error(`The ETag is ${etag}, the MD5 ${md5}`)
}

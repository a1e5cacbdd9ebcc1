import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { noise, partsOf } from '../test/parts.ts'
import { endpoint, file, keyOf, reachPhase, report, tell } from '../test/stage-client.ts'
import { watchUploader } from '../test/watched-uploader.ts'
import { crc64Worker } from './crc64.ts'
import type { OssRequest, Transport } from './transport.ts'
import type { Uploader } from './uploader.ts'
import { xhrTransport } from './xhr-transport.ts'

// Every byte that arrived is a byte of the file: a real worker, the real server, and a line that turns bits over.

const PART = 256 * 1024 // as the route says
let uploader: Uploader

beforeEach(() => tell('clear'))
afterEach(() => uploader.dispose())

describe.each([
  ['a form', 'demo', 100_000],
  ['parts', 'large', 3 * PART + 5],
] as const)('%s', (_, route, size) => {
  it('that arrives whole is done, and its record says by which checksum', async () => {
    open()
    const [id] = uploader.add(route, [file('whole.bin', noise(size))])
    const done = await reachPhase(uploader, id, 'done')
    const record = await (await fetch(`${endpoint}/${done.recordId}`)).json()
    expect(record.file.crc64).toMatch(/^\d+$/)
    expect(record.object.crc64).toBe(record.file.crc64)
  })

  it('that was damaged on its way fails by its own code, and nothing of it stays; the application is not asked', async () => {
    open(damaging)
    const name = `damaged-${route}.bin`
    const [id] = uploader.add(route, [file(name, noise(size))])
    const failed = await reachPhase(uploader, id, 'failed')
    expect(failed).toMatchObject({ error: { code: 'checksum-mismatch' } })
    const seen = await report()
    expect(seen.hookRuns[name]).toBeUndefined()
    const record = await (await fetch(`${endpoint}/${failed.recordId}`)).json()
    expect(record).toMatchObject({ status: 'failed', error: { code: 'checksum-mismatch' } })
    expect(
      seen.requests.filter(({ operation, key }) => operation === 'DeleteObject' && key === record.key),
    ).toHaveLength(1)
  })
})

it('is worked out beside the parts, and not before them', async () => {
  await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'UploadPart' })
  let checksumAsked = false
  const worker = crc64Worker()
  open(xhrTransport(), {
    of(given, signal) {
      checksumAsked = true
      return worker.of(given, signal)
    },
    dispose: worker.dispose,
  })
  const [id] = uploader.add('large', [file('beside.bin', noise(8 * PART))])
  await reachPhase(uploader, id, 'sending')
  expect(checksumAsked).toBe(true)
  await tell('clear')
  expect(partsOf(await report(keyOf(await reachPhase(uploader, id, 'done'))))).toHaveLength(8)
})

function open(transport: Transport = xhrTransport(), checksum = crc64Worker()) {
  uploader = watchUploader({ endpoint, multipartAbove: PART, transport, checksum }).uploader
}

/** Turns one bit over in what is sent, as memory that is broken does. */
const damaging: Transport = async (request) => {
  return xhrTransport()({ ...request, body: await damage(request.body) })
}

async function damage(body: OssRequest['body']): Promise<OssRequest['body']> {
  if (body instanceof Blob) return turnBit(body)
  const form = new FormData()
  for (const [name, value] of body) form.append(name, value instanceof File ? await turnBit(value) : value)
  return form
}

async function turnBit(content: Blob): Promise<Blob> {
  const bytes = new Uint8Array(await content.arrayBuffer())
  bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] ?? 0) ^ 1
  return new Blob([bytes])
}

import { UploadError } from '@oss-direct/shared'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { callsTo, noise, partsOf, sha256Of, storedTwice } from '../test/parts.ts'
import { endpoint, file, keyOf, reachPhase, report, tell } from '../test/stage-client.ts'
import { watchUploader } from '../test/watched-uploader.ts'
import { type ApiTransport, fetchApi } from './api.ts'
import { axiosTransport } from './axios.ts'
import type { OssRequest, Transport } from './transport.ts'
import type { UploadPhase } from './upload.ts'
import type { Uploader, UploaderOptions } from './uploader.ts'
import { xhrTransport } from './xhr-transport.ts'

// Files in parts, in a real browser, against the real server and the local OSS with its faults.

const PART = 256 * 1024 // as the route says
let uploader: Uploader
let phases: Map<string, UploadPhase[]>
let sent: OssRequest[]
let mostAtOnce: () => number

beforeEach(() => tell('clear'))
afterEach(() => {
  uploader.dispose()
  vi.restoreAllMocks()
})

describe.each([
  ['XMLHttpRequest', xhrTransport],
  ['axios', axiosTransport],
])('parts with %s', (transportName, transport) => {
  const start = (options: UploaderOptions = {}) => watch({ transport: transport(), ...options })

  it('reach the bucket whole, each once and without a content type, and the application answers', async () => {
    start()
    const content = noise(10 * PART + 17)
    const [id] = uploader.add('large', [file('a.bin', content)])
    const done = await reach(id, 'done')
    expect(done).toMatchObject({ result: { name: 'a.bin', size: content.size, evidence: 'complete' } })
    // Listeners are told once a frame, in which a phase may come and go: what they see is in order.
    const seen = phases.get(id ?? '') ?? []
    expect(seen).toEqual(
      ['queued', 'signing', 'sending', 'confirming', 'done'].filter((phase) => seen.some((one) => one === phase)),
    )
    expect(seen).toEqual(expect.arrayContaining(['sending', 'done']))
    const { sha256 } = await tell<{ sha256: string }>('sha256', { recordId: done.recordId })
    expect(sha256).toBe(await sha256Of(content))
    const parts = partsOf(await report(keyOf(done)))
    expect(parts.map(({ number }) => number).sort((a, b) => a - b)).toEqual(Array.from({ length: 11 }, (_, i) => i + 1))
    expect(parts.every(({ headers }) => !('content-type' in headers) && !('authorization' in headers))).toBe(true)
    expect(mostAtOnce()).toBe(4)
  })

  it('tell progress that only grows, though some are sent again', async () => {
    // All bytes of the second part have left, its answer is lost, and it leaves once more, slowly.
    let parts = 0
    const carry = transport()
    const lossy: Transport = async (request) => {
      parts += 1
      const answer = carry(request)
      if (parts !== 2) return answer
      await answer
      await tell('fault', { name: 'slow', bytesPerSecond: 20_000_000, operation: 'UploadPart' })
      throw new UploadError('network', 'the answer was lost')
    }
    start({ partsAtOnce: 1, transport: lossy })
    const told: number[] = []
    uploader.subscribe(() => {
      const [upload] = uploader.getSnapshot()
      if (upload?.phase === 'sending') told.push(upload.sentBytes)
    })
    const content = noise(33 * 1024 * 1024)
    const [id] = uploader.add('huge', [file('grows.bin', content)])
    const done = await reach(id, 'done', 20_000)
    expect(sent).toHaveLength(4)
    expect(new Set(told).size).toBeGreaterThan(1)
    expect(told).toEqual([...told].sort((a, b) => a - b))
    expect(Math.max(...told)).toBeLessThanOrEqual(content.size)
    expect((await tell<{ sha256: string }>('sha256', { recordId: done.recordId })).sha256).toBe(await sha256Of(content))
  })

  it('are sent again after 503 and after a lost answer', async () => {
    await tell('fault', { name: 'error', status: 503, code: 'ServiceUnavailable', operation: 'UploadPart', count: 2 })
    await tell('fault', { name: 'lose-answer', operation: 'UploadPart', count: 1 })
    start()
    const [id] = uploader.add('large', [file('busy.bin', noise(6 * PART))])
    await reach(id, 'done', 20_000)
  })

  it('are given up when nothing moves, and sent again', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 10, operation: 'UploadPart', count: 1 })
    // So much that the system's own buffers cannot take it at once; and one at a time, so that the fault does not meet the
    // short last part, which they do take: then all has been sent, and what is waited for is an answer.
    start({ stallMs: 700, partsAtOnce: 1 })
    const [id] = uploader.add('huge', [file('stall.bin', noise(33 * 1024 * 1024))])
    await reach(id, 'done', 25_000)
    expect(sent).toHaveLength(4)
  })

  it('stay confirming while the application works, and end done', async () => {
    start()
    const name = `slow-parts-${transportName}.bin`
    const [id] = uploader.add('large', [file(name, noise(3 * PART))])
    await reach(id, 'done', 20_000)
    expect(phases.get(id ?? '')).not.toContain('unconfirmed')
    expect((await report()).hookRuns[name]).toBe(1)
  })

  it('end with the connection when they are cancelled, and nothing of them stays in OSS', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 100_000, operation: 'UploadPart' })
    start()
    const [id] = uploader.add('large', [file('long.bin', noise(8 * PART))])
    const { recordId } = await reach(id, 'sending')
    await vi.waitFor(() => expect(sent).toHaveLength(4))
    uploader.cancel(id ?? '')
    expect(uploader.getSnapshot()[0]?.phase).toBe('cancelled')
    await vi.waitFor(async () => expect((await fetch(`${endpoint}/${recordId}`)).status).toBe(404))
    const { requests } = await report()
    expect(requests.filter(({ operation }) => operation === 'AbortMultipartUpload').at(-1)).toMatchObject({
      status: 204,
      key: expect.stringContaining(recordId),
    })
    expect(sent).toHaveLength(4)
  })
})

describe('an upload in parts', () => {
  it('is what large files are; others are forms, and so is each where the route takes only forms', async () => {
    watch({ multipartAbove: PART })
    const [small, large] = uploader.add('large', [file('s', noise(PART)), file('l', noise(PART + 1))])
    const [form] = uploader.add('demo', [file('f', noise(PART + 1))])
    expect(await reach(small, 'done')).toMatchObject({ result: { evidence: 'callback' } })
    expect(await reach(large, 'done')).toMatchObject({ result: { evidence: 'complete' } })
    expect(await reach(form, 'done')).toMatchObject({ result: { evidence: 'callback' } })
  })

  it('has its URLs in calls of a hundred, one of them ahead of need', async () => {
    watch({})
    const [id] = uploader.add('large', [file('many.bin', noise(130 * PART))])
    const done = await reach(id, 'done', 30_000)
    expect(partsOf(await report(keyOf(done)))).toHaveLength(130)
    expect(callsTo('parts', await report())).toHaveLength(2)
  })

  it('shares the connections with all others', async () => {
    watch({ concurrency: 3 })
    const ids = uploader.add(
      'large',
      [1, 2, 3].map((number) => file(`${number}.bin`, noise(5 * PART))),
    )
    for (const id of ids) await reach(id, 'done', 20_000)
    expect(mostAtOnce()).toBe(3)
  })

  it('sends nothing again when the answer to its completion is lost', async () => {
    let lost = 0
    const lossy: ApiTransport = async (call) => {
      const answer = await fetchApi()(call)
      if (!call.url.endsWith('/complete') || lost > 0) return answer
      lost += 1
      throw new UploadError('network', 'the answer was lost')
    }
    watch({ api: lossy })
    const [id] = uploader.add('large', [file('lost.bin', noise(5 * PART))])
    const done = await reach(id, 'done')
    expect(lost).toBe(1)
    expect(partsOf(await report(keyOf(done)))).toHaveLength(5)
  })

  it('is unconfirmed while the application is broken, and done once it is mended and asked', async () => {
    const name = 'broken-parts.bin'
    await tell('break', { name })
    watch({})
    const [id] = uploader.add('large', [file(name, noise(3 * PART))])
    expect(await reach(id, 'unconfirmed', 20_000)).toMatchObject({
      error: { code: 'stored-but-unconfirmed', cause: { code: 'application-failed' } },
    })
    await tell('mend', { name })
    uploader.confirm(id ?? '')
    await reach(id, 'done')
    expect(sent).toHaveLength(3)
  })

  it('has new URLs when the old ones have ended before their time', async () => {
    // Once the first URLs are signed, OSS's clock runs ahead.
    let signed = false
    const late: ApiTransport = async (call) => {
      const answer = await fetchApi()(call)
      if (call.url.endsWith('/parts') && !signed) {
        signed = true
        await tell('fault', { name: 'clock', offsetMs: 7 * 24 * 3_600_000 })
      }
      return answer
    }
    watch({ api: late })
    const [id] = uploader.add('large', [file('late.bin', noise(5 * PART))])
    const done = await reach(id, 'done')
    // The four that were under way were refused; nobody else tries what was to end with them.
    expect(sent).toHaveLength(9)
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
    expect(callsTo('parts', await report())).toHaveLength(2)
  })

  it('asks our server when OSS knows nothing of it, and goes on from what is there', async () => {
    await tell('fault', { name: 'error', status: 404, code: 'NoSuchUpload', operation: 'UploadPart', count: 1 })
    watch({ partsAtOnce: 1 })
    const [id] = uploader.add('large', [file('gone.bin', noise(4 * PART))])
    const done = await reach(id, 'done')
    expect(callsTo('complete', await report()).length).toBeGreaterThan(1)
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
  })

  it('fails with what OSS said, and tried again sends only what OSS lacks', async () => {
    watch({ partsAtOnce: 1, transport: failing(3) })
    const [id] = uploader.add('large', [file('fails.bin', noise(6 * PART))])
    const failed = await reach(id, 'failed')
    expect(failed).toMatchObject({ error: { code: 'oss-refused', cause: { code: 'AccessDenied' } } })
    uploader.retry(id ?? '')
    const done = await reach(id, 'done')
    expect(done.recordId).toBe(failed.recordId)
    const parts = partsOf(await report(keyOf(done)))
    expect(parts.map(({ number, status }) => `${number} ${status}`)).toEqual([
      '1 200',
      '2 200',
      '3 403',
      '3 200',
      '4 200',
      '5 200',
      '6 200',
    ])
  })

  it('takes its parts back from OSS when it has failed and is removed', async () => {
    watch({ partsAtOnce: 1, transport: failing(3) })
    const [id] = uploader.add('large', [file('removed.bin', noise(6 * PART))])
    const { recordId } = await reach(id, 'failed')
    uploader.remove(id ?? '')
    await vi.waitFor(async () => expect((await fetch(`${endpoint}/${recordId}`)).status).toBe(404))
  })

  it('is held while the connection is away, and goes on from what OSS has', async () => {
    const online = vi.spyOn(navigator, 'onLine', 'get')
    watch({
      partsAtOnce: 1,
      transport: spoiling(3, async () => {
        online.mockReturnValue(false)
        throw new UploadError('network', 'gone')
      }),
    })
    const [id] = uploader.add('large', [file('tunnel.bin', noise(6 * PART))])
    await vi.waitFor(() =>
      expect(uploader.getSnapshot()).toMatchObject([{ phase: 'queued', error: { code: 'offline' } }]),
    )
    online.mockReturnValue(true)
    window.dispatchEvent(new Event('online'))
    const done = await reach(id, 'done')
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
  })

  it('begins again with another grant when its record is gone', async () => {
    watch({ partsAtOnce: 1, transport: failing(3) })
    const [id] = uploader.add('large', [file('forgotten.bin', noise(4 * PART))])
    const failed = await reach(id, 'failed')
    await fetch(`${endpoint}/${failed.recordId}`, { method: 'DELETE' })
    uploader.retry(id ?? '')
    const done = await reach(id, 'done')
    expect(done.recordId).not.toBe(failed.recordId)
  })
})

function watch(options: UploaderOptions): void {
  const watched = watchUploader({ endpoint, multipartAbove: PART, ...options })
  uploader = watched.uploader
  phases = watched.phases
  sent = watched.sent
  mostAtOnce = watched.mostAtOnce
}

/** The request with that number, from 1, meets `fate` instead. */
function spoiling(nth: number, fate: Transport): Transport {
  const carry = xhrTransport()
  let count = 0
  return (request) => {
    count += 1
    return count === nth ? fate(request) : carry(request)
  }
}

/** OSS refuses the request with that number. */
function failing(nth: number): Transport {
  return spoiling(nth, async (request) => {
    await tell('fault', { name: 'error', status: 403, code: 'AccessDenied', operation: 'UploadPart', count: 1 })
    return xhrTransport()(request)
  })
}

function reach<Phase extends UploadPhase>(id: string | undefined, phase: Phase, timeout?: number) {
  return reachPhase(uploader, id, phase, timeout)
}

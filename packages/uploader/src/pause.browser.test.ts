import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { noise, sha256Of, storedTwice } from '../test/parts.ts'
import { endpoint, file, keyOf, reachPhase, report, tell } from '../test/stage-client.ts'
import { watchUploader } from '../test/watched-uploader.ts'
import { type ApiTransport, fetchApi } from './api.ts'
import type { OssRequest } from './transport.ts'
import type { UploadPhase } from './upload.ts'
import type { Uploader, UploaderOptions } from './uploader.ts'

// Pause and resume in a real browser, against the real server and a local OSS that takes its time.

const PART = 256 * 1024 // as the route says
let uploader: Uploader
let sent: OssRequest[]

beforeEach(() => tell('clear'))
afterEach(() => uploader.dispose())

describe('a pause', () => {
  it('keeps what OSS has of an upload in parts, which goes on from there', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'UploadPart' })
    watch({ partsAtOnce: 2 })
    const content = noise(6 * PART)
    const [id] = uploader.add('large', [file('p.bin', content)])
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(3), { timeout: 10_000 })
    expect(uploader.getSnapshot()).toMatchObject([{ phase: 'sending', pauseRestarts: false }])
    uploader.pause(id ?? '')
    const sentBefore = sent.length
    const paused = await reach(id, 'paused')
    expect(paused.sentBytes).toBe((sentBefore - 2) * PART)
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(sent).toHaveLength(sentBefore)
    uploader.resume(id ?? '')
    expect((await reach(id, 'sending')).sentBytes).toBeGreaterThanOrEqual(paused.sentBytes)
    await tell('clear')
    const done = await reach(id, 'done', 20_000)
    expect((await tell<{ sha256: string }>('sha256', { recordId: done.recordId })).sha256).toBe(await sha256Of(content))
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
  })

  it('makes a form start again, and says so before', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'PostObject' })
    watch({})
    const [id] = uploader.add('demo', [file('form.bin', noise(32 * 1024 * 1024))])
    await vi.waitFor(() => expect(uploader.getSnapshot()).toMatchObject([{ phase: 'sending', pauseRestarts: true }]))
    uploader.pause(id ?? '')
    expect(await reach(id, 'paused')).toMatchObject({ sentBytes: 0 })
    await tell('clear')
    uploader.resume(id ?? '')
    await reach(id, 'done', 20_000)
    expect(sent).toHaveLength(2)
  })

  it('gives its place away to those that wait, and stands behind them when it is over', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 100_000, operation: 'PostObject' })
    watch({ concurrency: 1 })
    const ids = uploader.add('demo', [file('first.bin', noise(32 * 1024 * 1024)), file('2', 'x'), file('3', 'y')])
    await reach(ids[0], 'sending')
    uploader.pause(ids[0] ?? '')
    uploader.pause(ids[1] ?? '')
    await reach(ids[2], 'done')
    expect(uploader.getSnapshot().map(({ phase }) => phase)).toEqual(['paused', 'paused', 'done'])
    const calls = () => report().then((seen) => seen.calls.filter((call) => call === 'POST /uploads'))
    expect(await calls()).toHaveLength(1)
    await tell('clear')
    uploader.resume(ids[1] ?? '')
    uploader.resume(ids[0] ?? '')
    await reach(ids[0], 'done')
    expect(uploader.getSnapshot().map(({ phase }) => phase)).toEqual(['done', 'done', 'done'])
    expect(await calls()).toHaveLength(0)
  })

  it('is for all, but not for what waits for its answer', async () => {
    const name = 'slow-paused.bin'
    watch({ concurrency: 1 })
    const ids = uploader.add('demo', [file(name, 'x'), file('2', 'x'), file('3', 'x')])
    await reach(ids[0], 'confirming')
    uploader.pauseAll('large')
    expect(uploader.getSnapshot().map(({ phase }) => phase)).not.toContain('paused')
    uploader.pauseAll()
    expect(uploader.getSnapshot().map(({ phase }) => phase)).toEqual(['confirming', 'paused', 'paused'])
    uploader.resumeAll('demo')
    for (const id of ids) await reach(id, 'done', 20_000)
  })

  it('that comes while our server signs lets no part leave', async () => {
    let asked = () => {}
    const asking = new Promise<void>((resolve) => {
      asked = resolve
    })
    let answer = () => {}
    const held = new Promise<void>((resolve) => {
      answer = resolve
    })
    const slow: ApiTransport = async (call) => {
      if (call.url.endsWith('/parts')) {
        asked()
        await held
      }
      return fetchApi()(call)
    }
    watch({ api: slow })
    const [id] = uploader.add('large', [file('s.bin', noise(6 * PART))])
    await asking
    uploader.pause(id ?? '')
    answer()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(sent).toHaveLength(0)
    expect(uploader.getSnapshot()).toMatchObject([{ phase: 'paused', sentBytes: 0 }])
    uploader.resume(id ?? '')
    await reach(id, 'done')
    expect(sent).toHaveLength(6)
  })

  it('can end with a cancel, which leaves no record', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 100_000, operation: 'UploadPart' })
    watch({})
    const [id] = uploader.add('large', [file('c.bin', noise(6 * PART))])
    const { recordId } = await reach(id, 'sending')
    uploader.pause(id ?? '')
    uploader.cancel(id ?? '')
    expect(uploader.getSnapshot()[0]?.phase).toBe('cancelled')
    await vi.waitFor(async () => expect((await fetch(`${endpoint}/${recordId}`)).status).toBe(404))
  })
})

function watch(options: UploaderOptions): void {
  const watched = watchUploader({ endpoint, multipartAbove: PART, ...options })
  uploader = watched.uploader
  sent = watched.sent
}

function reach<Phase extends UploadPhase>(id: string | undefined, phase: Phase, timeout?: number) {
  return reachPhase(uploader, id, phase, timeout)
}

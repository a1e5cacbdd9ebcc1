import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { noise, sha256Of, storedTwice } from '../test/parts.ts'
import { endpoint, keyOf, reachPhase, report, tell } from '../test/stage-client.ts'
import { watchUploader } from '../test/watched-uploader.ts'
import type { OssRequest } from './transport.ts'
import type { Upload, UploadPhase } from './upload.ts'
import type { Uploader } from './uploader.ts'

// What an uploader leaves in a real IndexedDB and how the next one goes on with it. The stories of `e2e` reload the page.

const PART = 256 * 1024 // as the route says
let uploader: Uploader
let phases: Map<string, UploadPhase[]>
let sent: OssRequest[]
let journalName: string
const names = new Set<string>()

beforeEach(async () => {
  await tell('clear')
  journalName = `journal-${crypto.randomUUID()}`
  open()
})
afterEach(async () => {
  uploader.dispose()
  indexedDB.deleteDatabase(journalName)
})

describe('a form', () => {
  it('that was on its way is asked for, and then for its file, and sent again whole under one record', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'PostObject' })
    const content = noise(32 * 1024 * 1024)
    const before = someFile(content)
    const [id] = uploader.add('demo', [before])
    await reach(id, 'sending')
    await reload()
    await tell('clear')
    const lost = await reach(id, 'needs-file')
    expect(lost).toMatchObject({ access: 'choose', file: { name: before.name, size: before.size, type: 'text/plain' } })
    expect(lost.file).not.toBeInstanceOf(File)

    uploader.reattach(id ?? '', someFile('another', { name: before.name }))
    await vi.waitFor(() => expect(find(id)).toMatchObject({ phase: 'needs-file', error: { code: 'file-changed' } }))
    uploader.reattach(id ?? '', before)
    const done = await reach(id, 'done', 20_000)
    expect(sent).toHaveLength(1)
    expect(await sha256At(done)).toBe(await sha256Of(content))
    expect(await recordsOf(before.name)).toMatchObject([{ status: 'settled' }])
    expect((await report()).hookRuns[before.name]).toBe(1)
  })

  it('that waited in line is not lost, nor are the two behind it', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 100_000, operation: 'PostObject' })
    uploader.dispose()
    open({ concurrency: 1 })
    const files = [someFile(noise(32 * 1024 * 1024)), someFile('two'), someFile('three')]
    const ids = uploader.add('demo', files, { input: { album: 7 } })
    await reach(ids[0], 'sending')
    await reload()
    await tell('clear')
    for (const id of ids) await reach(id, 'needs-file')
    // Added once more they are the same uploads, and not three more; another's size is not even looked at.
    const other = someFile('four')
    const size = vi.spyOn(other, 'size', 'get')
    const added = uploader.add('demo', [...files, other])
    expect(size).not.toHaveBeenCalled()
    expect(added.slice(0, -1)).toEqual(ids)
    for (const id of ids) await reach(id, 'done', 20_000)
    expect(uploader.getSnapshot()).toHaveLength(4)
    for (const { name } of files) expect(await recordsOf(name)).toMatchObject([{ status: 'settled' }])
  })

  it('of many small ones is not sent again when it had arrived, in whatever moment the page ends', {
    timeout: 60_000,
  }, async () => {
    const files = Array.from({ length: 100 }, (_, number) => someFile(`note ${number}`))
    const ids = uploader.add('demo', files)
    await vi.waitFor(() => expect(phaseCount('done')).toBeGreaterThan(30), { timeout: 20_000, interval: 1 })
    // At once: what has just arrived may not be in the journal.
    uploader.dispose()
    open()
    await vi.waitFor(() => expect(uploader.getSnapshot().length).toBeGreaterThan(0))
    const left = new Set(uploader.getSnapshot().map(({ id }) => id))
    for (const [index, id] of ids.entries()) {
      if (!left.has(id)) continue
      await vi.waitFor(() => expect(['done', 'needs-file']).toContain(find(id)?.phase), { timeout: 20_000 })
      if (find(id)?.phase === 'needs-file') uploader.reattach(id, files[index] as File)
    }
    for (const id of left) await reach(id, 'done', 20_000)
    const { hookRuns } = await report()
    expect(files.map(({ name }) => [name, hookRuns[name]])).toEqual(files.map(({ name }) => [name, 1]))
  })

  it('whose answer did not come is done without its file, and without a byte', async () => {
    const { name } = await leaveUnconfirmed()
    await tell('mend', { name })
    await reload()
    await vi.waitFor(() => expect(uploader.getSnapshot()).toMatchObject([{ phase: 'done' }]), { timeout: 10_000 })
    expect([...phases.values()].flat()).not.toContain('needs-file')
    expect(sent).toEqual([])
    expect(await recordsOf(name)).toMatchObject([{ status: 'settled' }])
  })

  it('that can be read by a handle goes on by itself', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'PostObject' })
    const { file } = await fileOnDisk(noise(16 * 1024 * 1024))
    const [id] = uploader.add('demo', [file])
    await reach(id, 'sending')
    await reload()
    await tell('clear')
    await reach(id, 'done', 20_000)
    expect(phases.get(id ?? '')).not.toContain('needs-file')
  })

  it('whose file on disk is another one by now waits for the right one', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'PostObject' })
    const { file, write } = await fileOnDisk(noise(16 * 1024 * 1024))
    const [id] = uploader.add('demo', [file])
    await reach(id, 'sending')
    uploader.dispose()
    await write('something else')
    open()
    expect(await reach(id, 'needs-file')).toMatchObject({ access: 'ask' })
    uploader.resume(id ?? '')
    await vi.waitFor(() => expect(find(id)).toMatchObject({ phase: 'needs-file', error: { code: 'file-changed' } }))
    expect(sent).toEqual([])
  })
})

describe('an upload in parts', () => {
  it('goes on from the parts that OSS has, and takes only the very same file', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'UploadPart' })
    const content = noise(8 * PART)
    const before = someFile(content)
    const [id] = uploader.add('large', [before])
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(3), { timeout: 10_000 })
    await reload()
    await tell('clear')
    const lost = await reach(id, 'needs-file')
    expect(lost.sentBytes).toBeGreaterThanOrEqual(2 * PART)
    expect(lost.sentBytes).toBeLessThan(before.size)

    // As long, of the same name and date, and not the same.
    uploader.reattach(id ?? '', someFile(noise(8 * PART), { name: before.name, lastModified: before.lastModified }))
    await vi.waitFor(() => expect(find(id)).toMatchObject({ phase: 'needs-file', error: { code: 'file-changed' } }))
    expect(sent).toEqual([])

    const stale = await fileOnDisk(content)
    await stale.write('changed since the browser gave it')
    uploader.reattach(id ?? '', stale.file)
    await vi.waitFor(() => expect(find(id)).toMatchObject({ phase: 'needs-file', error: { code: 'file-unreadable' } }))

    // A copy of it, with another name and date, is as good.
    uploader.reattach(id ?? '', someFile(content, { name: 'copy.bin', lastModified: 7 }))
    const done = await reach(id, 'done', 20_000)
    expect(sent.length).toBeLessThanOrEqual(6)
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
    expect(await sha256At(done)).toBe(await sha256Of(content))
    expect(await recordsOf(before.name)).toMatchObject([{ status: 'settled' }])
  })

  it('that was paused comes back paused where its file can be read, and its parts are kept', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'UploadPart' })
    const { file } = await fileOnDisk(noise(8 * PART))
    const [id] = uploader.add('large', [file])
    await vi.waitFor(() => expect(sent.length).toBeGreaterThan(3), { timeout: 10_000 })
    uploader.pause(id ?? '')
    await reload()
    await tell('clear')
    await reach(id, 'paused')
    uploader.resume(id ?? '')
    const done = await reach(id, 'done', 20_000)
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
    expect(sent.length).toBeLessThanOrEqual(6)
  })

  it('that was cancelled does not come back, nor does one that is done', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 500_000, operation: 'UploadPart' })
    const ids = uploader.add('large', [someFile(noise(8 * PART)), someFile('small')])
    await reach(ids[0], 'sending')
    await reach(ids[1], 'done')
    uploader.cancel(ids[0] ?? '')
    await reload()
    await settledReturn()
    expect(uploader.getSnapshot()).toEqual([])
  })

  it('that failed comes back failed, with its reason, and is tried again from its parts', async () => {
    await tell('fault', { name: 'error', status: 403, code: 'AccessDenied', operation: 'UploadPart', count: 1 })
    const { file } = await fileOnDisk(noise(4 * PART))
    const [id] = uploader.add('large', [file])
    await reach(id, 'failed')
    await reload()
    expect(await reach(id, 'failed')).toMatchObject({ error: { code: 'oss-refused' } })
    uploader.retry(id ?? '')
    const done = await reach(id, 'done', 20_000)
    expect(storedTwice(await report(keyOf(done)))).toEqual([])
  })
})

describe('of several pages', () => {
  it('one that lives keeps what it is sending to itself', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 2_000_000, operation: 'PostObject' })
    const [id] = uploader.add('demo', [someFile(noise(16 * 1024 * 1024))])
    await reach(id, 'sending')
    const first = uploader
    const second = watchUploader({ endpoint, journal: journalName })
    await new Promise((resolve) => setTimeout(resolve, 2500)) // as long as it would wait for a page that is just going
    expect(second.uploader.getSnapshot()).toEqual([])
    second.uploader.dispose()
    await tell('clear')
    await reach(id, 'done', 20_000)
    expect(first.getSnapshot()).toHaveLength(1)
  })
})

function open(options: { concurrency?: number } = {}) {
  const watched = watchUploader({ endpoint, multipartAbove: PART, partsAtOnce: 2, journal: journalName, ...options })
  uploader = watched.uploader
  phases = watched.phases
  sent = watched.sent
}

/** The journal may still be writing what it has just heard. */
async function reload() {
  await new Promise((resolve) => setTimeout(resolve, 200))
  uploader.dispose()
  open()
}

/** What comes back has come back once a later one has been read. */
async function settledReturn() {
  await new Promise((resolve) => setTimeout(resolve, 500))
}

async function leaveUnconfirmed(): Promise<File> {
  const left = someFile('left behind')
  await tell('break', { name: left.name })
  const [id] = uploader.add('demo', [left])
  await reach(id, 'unconfirmed', 20_000)
  return left
}

function someFile(content: BlobPart, { name = newName(), lastModified = 5 } = {}): File {
  return new File([content], name, { type: 'text/plain', lastModified })
}

function newName(): string {
  const name = `f${names.size}-${journalName}.bin`
  names.add(name)
  return name
}

/** In the browser's own file system, whose handles are real ones: kept in IndexedDB, and readable without asking. */
async function fileOnDisk(content: BlobPart) {
  const folder = await navigator.storage.getDirectory()
  const handle = await folder.getFileHandle(newName(), { create: true })
  const write = async (next: BlobPart) => {
    const stream = await handle.createWritable()
    await stream.write(next as FileSystemWriteChunkType)
    await stream.close()
  }
  await write(content)
  return { file: Object.assign(await handle.getFile(), { handle }), write }
}

function phaseCount(phase: UploadPhase): number {
  return uploader.getSnapshot().filter((upload) => upload.phase === phase).length
}

function find(id: string | undefined): Upload | undefined {
  return uploader.getSnapshot().find((upload) => upload.id === id)
}

async function recordsOf(name: string): Promise<{ status: string }[]> {
  const { items } = await (await fetch(`${endpoint}?limit=100`)).json()
  return items.filter(({ file }: { file: { name: string } }) => file.name === name)
}

async function sha256At({ recordId }: { recordId: string }): Promise<string> {
  return (await tell<{ sha256: string }>('sha256', { recordId })).sha256
}

function reach<Phase extends UploadPhase>(id: string | undefined, phase: Phase, timeout?: number) {
  return reachPhase(uploader, id, phase, timeout)
}

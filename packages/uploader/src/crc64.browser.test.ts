import { type FormGrant, type PartsGrant, parsePartsAnswer, parseRecord, type UploadRecord } from '@oss-direct/shared'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
// Vite prepares what it finds in pages, and not what workers import: found later, it would reload the page under a test.
import 'hash-wasm'
import { noise } from '../test/parts.ts'
import { endpoint, file, tell } from '../test/stage-client.ts'
import { createApi, fetchApi } from './api.ts'
import type { Checksum } from './checksum.ts'
import { crc64Worker } from './crc64.ts'
import type { Crc64Answer } from './crc64-worker.ts'
import { createGrantDesk } from './grant-desk.ts'

// The worker in a real browser. What it works out is compared by the real server with what the local OSS worked out.

const MiB = 1024 ** 2
const never = new AbortController().signal
const BrowserWorker = globalThis.Worker
let checksum: Checksum
/** Workers that were started, and what they answered, oldest first. */
let started: Worker[]
let answers: Crc64Answer[]

class WatchedWorker extends BrowserWorker {
  constructor(...how: ConstructorParameters<typeof BrowserWorker>) {
    super(...how)
    started.push(this)
    this.addEventListener('message', ({ data }) => void answers.push(data))
  }
}

/** As browsers do where the script is of another origin. */
const RefusedWorker = function refuse() {
  throw new DOMException('not of this origin', 'SecurityError')
} as unknown as typeof Worker

beforeEach(async () => {
  started = []
  answers = []
  globalThis.Worker = WatchedWorker
  checksum = crc64Worker()
  await tell('clear')
})
afterEach(() => {
  checksum.dispose()
  globalThis.Worker = BrowserWorker
})

describe('a checksum', () => {
  // Source of the first: the check value of CRC-64/XZ.
  it.each([
    ['123456789', '11051210869376104954'],
    ['', '0'],
    ['hello world', '5981764153023615706'],
  ])('of %j is known', async (content, known) => {
    expect(await checksum.of(new Blob([content]), never)).toBe(known)
  })

  it('is what OSS works out, whatever the size', async () => {
    const sizes = [0, 1, 65_537, 4 * MiB - 1, 4 * MiB, 4 * MiB + 1, 9 * MiB]
    const files = sizes.map((size) => file(`${size}.bin`, noise(size)))
    const crc64s = await Promise.all(files.map((each) => checksum.of(each, never)))
    for (const [index, each] of files.entries()) {
      const crc64 = crc64s[index] ?? ''
      const record = await sendForm(each, crc64)
      expect(record).toMatchObject({ status: 'settled', file: { crc64 }, object: { size: each.size, crc64 } })
    }
    expect(started).toHaveLength(1)
  })

  it('is what OSS works out of a file in parts', async () => {
    const content = file('parts.bin', noise(600 * 1024))
    const [right, wrong] = [await checksum.of(content, never), await checksum.of(new Blob(['other']), never)]
    expect(await sendParts(content, right)).toMatchObject({ status: 'settled', object: { crc64: right } })
    const refused = { status: 'failed', error: { code: 'checksum-mismatch' }, object: { crc64: right } }
    expect(await sendParts(content, wrong)).toMatchObject(refused)
  })

  it('finds a byte that was changed on its way', async () => {
    const crc64 = await checksum.of(new Blob(['hello']), never)
    const record = await sendForm(file('a.txt', 'hallo'), crc64)
    expect(record).toMatchObject({ status: 'failed', file: { crc64 }, error: { code: 'checksum-mismatch' } })
  })
})

describe('the worker', () => {
  it("reads a file of 100 MB; the page's own thread reads nothing of it", async () => {
    const reads: string[] = []
    const own = { arrayBuffer: Blob.prototype.arrayBuffer, stream: Blob.prototype.stream, text: Blob.prototype.text }
    for (const name of ['arrayBuffer', 'stream', 'text'] as const) {
      Blob.prototype[name] = () => {
        reads.push(name)
        throw new Error('read by the page')
      }
    }
    try {
      expect(await checksum.of(large(100), never)).toBe('11063955101750774889')
    } finally {
      Object.assign(Blob.prototype, own)
    }
    expect(reads).toEqual([])
    expect(started).toHaveLength(1)
    expect(answers).toHaveLength(1)
  })

  it('begins with the first file, and not before', async () => {
    expect(started).toHaveLength(0)
    await checksum.of(new Blob(['a']), never)
    await checksum.of(new Blob(['b']), never)
    expect(started).toHaveLength(1)
  })

  it('does 300 files at once', async () => {
    const expected = [await checksum.of(new Blob(['0']), never), await checksum.of(new Blob(['1']), never)]
    const all = Array.from({ length: 300 }, (_, index) => checksum.of(new Blob([`${index % 2}`]), never))
    expect(await Promise.all(all)).toEqual(Array.from({ length: 300 }, (_, index) => expected[index % 2]))
  })

  it('does a small file in between, when a large one has come before it', async () => {
    const finished: string[] = []
    const note = (name: string) => () => void finished.push(name)
    await Promise.all([
      checksum.of(large(300), never).then(note('film')),
      checksum.of(large(100), never).then(note('song')),
      checksum.of(new Blob(['small']), never).then(note('picture')),
    ])
    expect(finished).toEqual(['picture', 'song', 'film'])
    expect(await checksum.of(large(100), never)).toBe('11063955101750774889')
  })

  it('leaves a file alone that is cancelled, and the others go on', async () => {
    const cancel = new AbortController()
    const cancelled = checksum.of(large(100), cancel.signal)
    const larger = checksum.of(large(300), never)
    cancel.abort()
    await expect(cancelled).rejects.toMatchObject({ code: 'cancelled' })
    expect(await larger).toBe('8869262026164391634')
    // The shorter one would have answered before.
    expect(answers).toHaveLength(1)
  })

  it('is not even started for what is cancelled before', async () => {
    await expect(checksum.of(new Blob(['a']), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' })
    expect(started).toEqual([])
  })

  it('says which file it cannot read, and goes on with the others', async () => {
    const folder = await navigator.storage.getDirectory()
    const handle = await folder.getFileHandle('gone.bin', { create: true })
    const writable = await handle.createWritable()
    await writable.write('here today')
    await writable.close()
    const gone = await handle.getFile()
    await folder.removeEntry('gone.bin')
    const [lost, other] = await Promise.allSettled([
      checksum.of(gone, never),
      checksum.of(new Blob(['123456789']), never),
    ])
    expect(lost).toMatchObject({
      status: 'rejected',
      reason: { code: 'file-unreadable', message: 'gone.bin can no longer be read' },
    })
    expect(other).toEqual({ status: 'fulfilled', value: '11051210869376104954' })
  })

  it('given up ends what it does, and begins anew with the next file', async () => {
    const ended = checksum.of(large(100), never)
    checksum.dispose()
    await expect(ended).rejects.toMatchObject({ code: 'cancelled' })
    expect(await checksum.of(new Blob(['123456789']), never)).toBe('11051210869376104954')
    expect(started).toHaveLength(2)
  })

  it.each([
    ['may not be started', RefusedWorker],
    ['does not load', workerFrom(() => '/no/such/worker.js')],
    ['may not run WebAssembly', workerFrom(withoutWebAssembly)],
  ])('that %s: every file is told so, and the next one has another try', async (_case, broken) => {
    globalThis.Worker = broken
    const files = [checksum.of(new Blob(['a']), never), checksum.of(new Blob(['b']), never)]
    for (const asked of await Promise.allSettled(files)) {
      expect(asked).toMatchObject({ reason: { code: 'checksum-unavailable', retryable: true } })
    }
    checksum.dispose()
    globalThis.Worker = WatchedWorker
    expect(await checksum.of(new Blob(['123456789']), never)).toBe('11051210869376104954')
  })
})

const api = createApi(endpoint, fetchApi())

const desk = createGrantDesk(api, () => undefined)

async function recordOf(id: string): Promise<UploadRecord> {
  return parseRecord(await (await fetch(`${endpoint}/${id}`)).json())
}

async function sendForm(content: File, crc64: string): Promise<UploadRecord> {
  const { grant } = await desk.ask({ route: 'demo', input: undefined, transport: 'post', file: content, crc64 })
  const { id, url, fields } = grant as FormGrant
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', content)
  await fetch(url, { method: 'POST', body: form })
  return recordOf(id)
}

async function sendParts(content: File, crc64: string): Promise<UploadRecord> {
  const { grant } = await desk.ask({ route: 'large', input: undefined, transport: 'multipart', file: content })
  const { id, partSize, partCount } = grant as PartsGrant
  const partNumbers = Array.from({ length: partCount }, (_, index) => index + 1)
  const { urls } = parsePartsAnswer(await api('POST', `/${id}/parts`, { partNumbers }))
  for (const { partNumber, url } of urls) {
    await fetch(url, { method: 'PUT', body: content.slice((partNumber - 1) * partSize, partNumber * partSize) })
  }
  await api('POST', `/${id}/complete`, { crc64 }).catch(() => {})
  return recordOf(id)
}

/** So many MiB, of which one is in memory. */
function large(mebibytes: number): Blob {
  const one = new Blob([new Uint8Array(MiB).map((_, index) => (index * index) >> 3)])
  return new Blob(Array<Blob>(mebibytes).fill(one))
}

function workerFrom(address: (script: string) => string): typeof Worker {
  return class extends BrowserWorker {
    constructor(script: string | URL, options?: WorkerOptions) {
      super(address(String(script)), options)
    }
  }
}

/** As a Content-Security-Policy without `wasm-unsafe-eval` leaves it. */
function withoutWebAssembly(script: string): string {
  const text = `import 'data:text/javascript,delete self.WebAssembly'; import ${JSON.stringify(script)}`
  return URL.createObjectURL(new Blob([text], { type: 'text/javascript' }))
}

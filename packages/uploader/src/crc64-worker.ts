import { createCRC64, type IHasher } from 'hash-wasm'

// The worker of `crc64Worker()`, and the only module that needs `hash-wasm`.

export type Crc64Question = { id: number; file: Blob } | { id: number; file?: undefined }

/** Of a file that was not taken back meanwhile. Reasons are the browser's own words. */
export type Crc64Answer = { id: number } & ({ crc64: string } | { unreadable: string } | { failed: string })

interface Work {
  id: number
  file: Blob
  /** Bytes that are in the checksum. */
  done: number
  /** Both from its turn on. A stream is a third quicker than slices of any size, and gives 2 MiB at a time. */
  reader?: ReadableStreamDefaultReader<Uint8Array>
  hasher?: IHasher
}

const works = new Map<number, Work>()
const idle: IHasher[] = []
let isRunning = false

self.addEventListener('message', ({ data: { id, file } }: MessageEvent<Crc64Question>) => {
  if (file === undefined) return drop(id)
  works.set(id, { id, file, done: 0 })
  if (!isRunning) void run()
})

async function run(): Promise<void> {
  isRunning = true
  for (let work = shortest(); work !== undefined; work = shortest()) {
    const answer = await advance(work).catch((error: unknown) => ({ failed: String(error) }))
    if (answer === undefined || !works.has(work.id)) continue
    self.postMessage({ id: work.id, ...answer } satisfies Crc64Answer)
    drop(work.id)
  }
  isRunning = false
}

/** Whatever has least to do, so that pictures do not wait behind a film that came before them. */
function shortest(): Work | undefined {
  let found: Work | undefined
  for (const work of works.values()) if (found === undefined || bytesLeft(work) < bytesLeft(found)) found = work
  return found
}

function bytesLeft({ file, done }: Work): number {
  return file.size - done
}

/** One chunk further. Gives the answer behind the last one. */
async function advance(work: Work): Promise<{ crc64: string } | { unreadable: string } | undefined> {
  const { file } = work
  work.reader ??= file.stream().getReader()
  let chunk: Uint8Array | undefined
  try {
    chunk = (await work.reader.read()).value
  } catch (error) {
    return { unreadable: String(error) }
  }
  if (!works.has(work.id)) return undefined
  work.hasher ??= (idle.pop() ?? (await createCRC64())).init()
  if (chunk !== undefined) {
    work.hasher.update(chunk)
    work.done += chunk.byteLength
    return undefined
  }
  if (work.done !== file.size) return { unreadable: `${work.done} of ${file.size} bytes came` }
  return { crc64: BigInt(`0x${work.hasher.digest()}`).toString() }
}

function drop(id: number): void {
  const work = works.get(id)
  works.delete(id)
  work?.reader?.cancel().catch(() => {})
  if (work?.hasher) idle.push(work.hasher)
}

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
  /** From its first slice on. */
  hasher?: IHasher
}

/** What is in memory of a file at a time: little enough to turn to another file soon, much enough to be quick. */
const SLICE_BYTES = 4 * 1024 ** 2

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

/** One slice further. Gives the answer with the last one. */
async function advance(work: Work): Promise<{ crc64: string } | { unreadable: string } | undefined> {
  const { file, done } = work
  const slice = file.slice(done, done + SLICE_BYTES)
  let bytes: ArrayBuffer
  try {
    bytes = await slice.arrayBuffer()
  } catch (error) {
    return { unreadable: String(error) }
  }
  if (bytes.byteLength < slice.size) return { unreadable: `${bytes.byteLength} bytes came instead of ${slice.size}` }
  work.hasher ??= (idle.pop() ?? (await createCRC64())).init()
  work.hasher.update(new Uint8Array(bytes))
  work.done += bytes.byteLength
  return work.done < file.size ? undefined : { crc64: BigInt(`0x${work.hasher.digest()}`).toString() }
}

function drop(id: number): void {
  const hasher = works.get(id)?.hasher
  works.delete(id)
  if (hasher) idle.push(hasher)
}

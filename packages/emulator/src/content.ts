import { createHash } from 'node:crypto'
import { type FileHandle, open } from 'node:fs/promises'
import { createCRC64, type IHasher } from 'hash-wasm'

/** What is known of bytes once they have passed by. */
export interface ContentFacts {
  /** All bytes that came, also those beyond `maxBytes`. */
  size: number
  /** Base64, as in `Content-MD5`. */
  md5: string
  /** CRC-64/XZ, unsigned decimal, as in `x-oss-hash-crc64ecma`. */
  crc64: string
}

const BATCH_BYTES = 1024 * 1024

/**
 * Writes a stream to a new file and flushes it to the disk, taking MD5 and CRC64 on the way.
 *
 * What comes after `maxBytes` is read and counted, and neither written nor digested: OSS judges the size when the body
 * is over. The file is the caller's to remove when this throws.
 */
export async function writeContent(
  source: AsyncIterable<Uint8Array>,
  file: string,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<ContentFacts> {
  const md5 = createHash('md5')
  const crc64 = await borrowCrc64()
  const output = await openOutput(file)
  let size = 0
  try {
    for await (const chunk of source) {
      size += chunk.length
      if (size > maxBytes) continue
      md5.update(chunk)
      crc64.update(chunk)
      await output.write(chunk)
    }
    await output.flush()
    return { size, md5: md5.digest('base64'), crc64: BigInt(`0x${crc64.digest()}`).toString() }
  } finally {
    await output.close()
    idleCrc64.push(crc64)
  }
}

// An instance is a small WebAssembly module of its own; uploads that follow each other share it.
const idleCrc64: IHasher[] = []

async function borrowCrc64(): Promise<IHasher> {
  return (idleCrc64.pop() ?? (await createCRC64())).init()
}

interface Output {
  write(chunk: Uint8Array): Promise<void>
  /** To the disk, not only to the system. */
  flush(): Promise<void>
  close(): Promise<void>
}

/** Gathers chunks and lets one write run while the next chunks are digested: disk and processor work side by side. */
async function openOutput(file: string): Promise<Output> {
  const handle = await open(file, 'wx', 0o600)
  let batch: Uint8Array[] = []
  let batchBytes = 0
  let writing: Promise<unknown> = Promise.resolve()

  async function writeBatch(): Promise<void> {
    await writing
    const ready = batch
    batch = []
    batchBytes = 0
    writing = writeAll(handle, ready)
    // Whoever writes or flushes next gets the failure; until then it must not count as unhandled.
    writing.catch(() => undefined)
  }

  return {
    async write(chunk) {
      batch.push(chunk)
      batchBytes += chunk.length
      if (batchBytes >= BATCH_BYTES) await writeBatch()
    },
    async flush() {
      await writeBatch()
      await writing
      await handle.sync()
    },
    async close() {
      await writing.catch(() => undefined)
      await handle.close()
    },
  }
}

/** `writev` may write less than it was given, for example on a disk that is nearly full. */
async function writeAll(handle: FileHandle, buffers: Uint8Array[]): Promise<void> {
  let rest = buffers
  while (rest.length > 0) {
    let { bytesWritten } = await handle.writev(rest)
    const next: Uint8Array[] = []
    for (const buffer of rest) {
      if (bytesWritten < buffer.length) next.push(buffer.subarray(bytesWritten))
      bytesWritten = Math.max(0, bytesWritten - buffer.length)
    }
    rest = next
  }
}

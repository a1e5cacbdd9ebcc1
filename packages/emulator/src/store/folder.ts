import { randomUUID } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { copyFile, type FileHandle, link, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { type Output, writeContent } from './content.ts'
import type { Files } from './files.ts'

/** Files on the disk, below `root`. What a process that died was still writing is swept at the next start. */
export async function openFolder(root: string): Promise<Files> {
  const drafts = join(root, 'drafts')
  await rm(drafts, { recursive: true, force: true })
  await mkdir(drafts, { recursive: true })
  const at = (path: string) => join(root, ...path.split('/'))
  const made = async (path: string) => {
    await mkdir(dirname(path), { recursive: true })
    return path
  }

  return {
    async receive(path, source, maxBytes) {
      const file = await made(at(path))
      try {
        return await writeContent(source, await openOutput(file), maxBytes)
      } catch (error) {
        await rm(file, { force: true })
        throw error
      }
    },
    readText: (path) => unlessMissing(readFile(at(path), 'utf8'), undefined),
    async writeText(path, text) {
      const draft = join(drafts, randomUUID())
      const handle = await open(draft, 'wx', 0o600)
      try {
        await handle.writeFile(text)
        await handle.sync()
      } finally {
        await handle.close()
      }
      await rename(draft, await made(at(path)))
    },
    read: (path, range) => createReadStream(at(path), range),
    async link(from, to) {
      const target = await made(at(to))
      try {
        await link(at(from), target)
      } catch (error) {
        // exFAT and some network drives have no second names.
        if (!['EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
        await copyFile(at(from), target)
      }
    },
    remove: (path) => rm(at(path), { recursive: true, force: true }),
    list: (folder) => unlessMissing(readdir(at(folder)), []),
  }
}

async function unlessMissing<T, U>(reading: Promise<T>, otherwise: U): Promise<T | U> {
  try {
    return await reading
  } catch (error) {
    // ENOTDIR: a stray file where a folder would be.
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return otherwise
    throw error
  }
}

const BATCH_BYTES = 1024 * 1024

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

import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Transport } from './table.ts'

export interface SentFile {
  path: string
  name: string
  bytes: number
  sha256: string
}

const MiB = 1024 ** 2
// More than the buffers of the system take from a browser at once (4 to 8 MiB): a connection that is held or cut is noticed
// before the last byte has left. The other file is larger than what the reference app sends as a form; its last part is small.
const FORM_BYTES = 16 * MiB + 321
const PARTS_BYTES = 72 * MiB + 12_345

export interface Files extends Record<Transport, SentFile> {
  /** As many small ones as the uploader has connections: they fill the line in front of another. Theirs is another extension. */
  others: readonly string[]
  /** Another file of the same name and size. */
  like(file: SentFile): Promise<SentFile>
  remove(): Promise<void>
}

/** Made once for many cells: 88 MiB of noise, in a folder of its own. */
export async function makeFiles(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-direct-faults-'))
  const make = async (path: string, name: string, bytes: number): Promise<SentFile> => {
    const content = randomBytes(bytes)
    await writeFile(path, content)
    return { path, name, bytes, sha256: createHash('sha256').update(content).digest('hex') }
  }
  const others = ['first.txt', 'second.txt', 'third.txt', 'fourth.txt', 'fifth.txt'].map((name) => join(folder, name))
  for (const path of others) await writeFile(path, randomBytes(50_000))
  return {
    others,
    form: await make(join(folder, 'report.bin'), 'report.bin', FORM_BYTES),
    parts: await make(join(folder, 'film.bin'), 'film.bin', PARTS_BYTES),
    async like({ name, bytes }) {
      return make(join(await mkdtemp(join(folder, 'other-')), name), name, bytes)
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

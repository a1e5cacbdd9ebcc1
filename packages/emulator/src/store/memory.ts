import { Readable } from 'node:stream'
import { type Output, writeContent } from './content.ts'
import type { Files } from './files.ts'

/** Files that end with the process: for tests, which want neither a disk nor anything left on it. */
export function createMemory(): Files {
  const files = new Map<string, readonly Uint8Array[]>()
  const below = (folder: string) => [...files.keys()].filter((path) => path.startsWith(`${folder}/`))

  return {
    receive(path, source, maxBytes) {
      const chunks: Uint8Array[] = []
      const output: Output = {
        write: async (chunk) => void chunks.push(chunk),
        flush: async () => void files.set(path, chunks),
        close: async () => undefined,
      }
      return writeContent(source, output, maxBytes)
    },
    async readText(path) {
      const chunks = files.get(path)
      return chunks && Buffer.concat(chunks).toString()
    },
    writeText: async (path, text) => void files.set(path, [Buffer.from(text)]),
    read(path, range = { start: 0, end: Number.POSITIVE_INFINITY }) {
      const chunks = files.get(path)
      if (chunks) return Readable.from(slice(chunks, range.start, range.end), { objectMode: false })
      return new Readable({ read: () => undefined }).destroy(new Error(`There is no file ${path}`))
    },
    async link(from, to) {
      const chunks = files.get(from)
      if (chunks === undefined) throw new Error(`There is no file ${from}`)
      files.set(to, chunks)
    },
    async remove(path) {
      for (const each of [path, ...below(path)]) files.delete(each)
    },
    list: async (folder) => [
      ...new Set(below(folder).map((path) => path.slice(folder.length + 1).replace(/\/.*/s, ''))),
    ],
  }
}

function* slice(chunks: readonly Uint8Array[], start: number, end: number): Generator<Uint8Array> {
  let offset = 0
  for (const chunk of chunks) {
    const piece = chunk.subarray(Math.max(0, start - offset), Math.max(0, end + 1 - offset))
    if (piece.length > 0) yield piece
    offset += chunk.length
    if (offset > end) return
  }
}

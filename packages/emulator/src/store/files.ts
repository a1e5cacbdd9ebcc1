import type { Readable } from 'node:stream'
import type { ContentFacts } from './content.ts'

/** First and last byte, both included. */
export interface ByteRange {
  start: number
  end: number
}

/**
 * Files in a tree, in a folder (`openFolder`) or in memory (`createMemory`). Paths are relative, with `/` between names
 * that any file system takes. One owner: nobody else writes there.
 */
export interface Files {
  /** Writes a stream to a new file and flushes it. Leaves nothing where the stream fails. */
  receive(path: string, source: AsyncIterable<Uint8Array>, maxBytes?: number): Promise<ContentFacts>
  readText(path: string): Promise<string | undefined>
  /** Whole or not at all: a reader sees the old text or the new one. */
  writeText(path: string, text: string): Promise<void>
  /** The bytes of a file, or of a part of it. A file that is not there fails the stream. */
  read(path: string, range?: ByteRange): Readable
  /** Gives the same bytes a second name. They never change, so that either name may go. */
  link(from: string, to: string): Promise<void>
  /** A file or a whole tree; one that is not there is gone already. */
  remove(path: string): Promise<void>
  /** Names in a folder, in no order; none where there is no folder. */
  list(folder: string): Promise<string[]>
}

export async function readJson<T>(files: Files, path: string): Promise<T | undefined> {
  const text = await files.readText(path)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

export function writeJson(files: Files, path: string, value: unknown): Promise<void> {
  return files.writeText(path, JSON.stringify(value))
}

import { letOthersRun } from '@oss-direct/uploader'
import { rememberFolder } from './folder.ts'

export interface Drop {
  files: readonly File[]
  /** Names of files and folders that the browser could not read. */
  unreadable: readonly string[]
}

/**
 * The files of a drop, those inside of folders too, in the order of their folders' listings. Call it while the event is being
 * dispatched: afterwards the browser tells nothing of what was dropped.
 */
export async function readDrop(transfer: DataTransfer): Promise<Drop> {
  const items = Array.from(transfer.items).filter(({ kind }) => kind === 'file')
  if (items.length === 0) return { files: Array.from(transfer.files), unreadable: [] }
  const unreadable: string[] = []
  const found = items.map((item) => ({ entry: item.webkitGetAsEntry?.(), file: item.getAsFile() }))
  // Chromium slows down with the square of their number where this alternates with `webkitGetAsEntry`: ten seconds for 2,000.
  const ways = items.length > MOST_WAYS_BACK ? [] : items.map((item) => wayBack(item))
  const reading = found.map(({ entry, file }, index) => {
    if (entry?.isDirectory) return readFolder(entry as FileSystemDirectoryEntry, unreadable)
    return file === null ? [] : withHandle(file, ways[index])
  })
  return { files: (await Promise.all(reading)).flat(), unreadable }
}

/** Each costs the page a fifth of a millisecond before it can go on. */
const MOST_WAYS_BACK = 1000

interface HandedOut {
  getAsFileSystemHandle?(): Promise<unknown>
}

/** The browser's way back to a file, by which the uploader reads it again after a reload. */
function wayBack(item: DataTransferItem): Promise<unknown> | undefined {
  return (item as HandedOut).getAsFileSystemHandle?.().catch(() => undefined)
}

async function withHandle(file: File, way: Promise<unknown> | undefined): Promise<File[]> {
  const handle = await way
  if (handle) Object.defineProperty(file, 'handle', { value: handle })
  return [file]
}

/** What systems leave in every folder, and nobody means to send. */
const LITTER = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini'])

async function readFolder(folder: FileSystemDirectoryEntry, unreadable: string[]): Promise<File[]> {
  const reader = folder.createReader()
  const list = () => new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
  const files: File[] = []
  try {
    // A browser lists a hundred at a time, and at the end none.
    for (let entries = await list(); entries.length > 0; entries = await list()) {
      for (let at = 0; at < entries.length; at += READ_AT_ONCE) {
        const some = entries.slice(at, at + READ_AT_ONCE)
        for (const found of await Promise.all(some.map((entry) => readEntry(entry, unreadable)))) files.push(...found)
        await letOthersRun()
      }
    }
  } catch {
    unreadable.push(folder.name)
  }
  return files
}

/** Chromium registers each with its main process, and keeps the page waiting as long as answers come without a break. */
const READ_AT_ONCE = 25

async function readEntry(entry: FileSystemEntry, unreadable: string[]): Promise<File[]> {
  if (entry.isDirectory) return readFolder(entry as FileSystemDirectoryEntry, unreadable)
  if (LITTER.has(entry.name)) return []
  try {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    rememberFolder(file, entry.fullPath.replace(/^\//, ''))
    return [file]
  } catch {
    unreadable.push(entry.name)
    return []
  }
}

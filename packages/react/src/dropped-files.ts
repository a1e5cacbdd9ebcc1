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
  const reading = items.map((item) => {
    const entry = item.webkitGetAsEntry?.()
    const file = item.getAsFile()
    if (entry?.isDirectory) return readFolder(entry as FileSystemDirectoryEntry, unreadable)
    return file === null ? [] : withHandle(file, item)
  })
  return { files: (await Promise.all(reading)).flat(), unreadable }
}

interface HandedOut {
  getAsFileSystemHandle?(): Promise<unknown>
}

/** Gives the file the browser's way back to it, by which the uploader reads it again after a reload. */
async function withHandle(file: File, item: DataTransferItem): Promise<File[]> {
  const handle = await (item as HandedOut).getAsFileSystemHandle?.().catch(() => undefined)
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
      for (const found of await Promise.all(entries.map((entry) => readEntry(entry, unreadable)))) files.push(...found)
    }
  } catch {
    unreadable.push(folder.name)
  }
  return files
}

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

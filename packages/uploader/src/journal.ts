import type { JournalEntry } from './journal-entry.ts'

/** Where unfinished uploads outlive their page. Its promises reject where the browser refuses; nothing is kept then. */
export interface Journal {
  /** The entries of pages that are gone. They are this page's from now on: no other one is given them while it lives. */
  adopt(): Promise<JournalEntry[]>
  write(change: { put: readonly JournalEntry[]; remove: readonly string[] }): Promise<void>
  /** What stands in it may be adopted by another page. */
  close(): void
}

/** A file on the person's disk: the File System API, as far as it is needed. */
export interface FileHandle {
  getFile(): Promise<File>
  /** Absent where files are always given without asking. */
  queryPermission?(options: { mode: 'read' }): Promise<PermissionState>
  /** Only after a click or a key. */
  requestPermission?(options: { mode: 'read' }): Promise<PermissionState>
}

/** Set by whoever turned a drop or a picked file into a `File`, react-dropzone among them. */
export function handleOf(file: File): FileHandle | undefined {
  const { handle } = file as { handle?: FileHandle }
  return typeof handle?.getFile === 'function' ? handle : undefined
}

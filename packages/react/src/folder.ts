import type { FileFacts } from '@oss-direct/uploader'

// Beside the files and not on them: they are the person's, and go to the uploader as the browser gave them.
const folders = new WeakMap<object, string>()

/** `path`: `photos/2026/cat.png`. */
export function rememberFolder(file: File, path: string): void {
  const folder = path.slice(0, path.lastIndexOf('/') + 1)
  if (folder !== '') folders.set(file, folder)
}

/**
 * The folder of a file that came with one, as `photos/2026/`; nothing of a file that came alone, or that was added before
 * the page was reloaded.
 */
export function folderOf(file: File | FileFacts): string | undefined {
  const known = folders.get(file)
  if (known !== undefined || !('webkitRelativePath' in file)) return known
  return file.webkitRelativePath.slice(0, file.webkitRelativePath.lastIndexOf('/') + 1) || undefined
}

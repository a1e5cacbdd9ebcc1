import { formatBytes, UploadError } from '@oss-direct/shared'
import type { FileFacts } from './upload.ts'

const SAMPLE_BYTES = 64 * 1024

/**
 * Tells files of the same size apart, by their beginning, middle and end: enough against a film that was cut anew, and done
 * before anybody notices, however large it is. Nothing on pages that come by http from another machine, where there is no
 * hash. Rejects where the file cannot be read.
 */
export async function fingerprintOf(file: File): Promise<string | undefined> {
  if (!globalThis.crypto?.subtle) return undefined
  const starts = [0, Math.floor((file.size - SAMPLE_BYTES) / 2), file.size - SAMPLE_BYTES]
  const samples = starts.map((start) => file.slice(Math.max(start, 0), Math.max(start, 0) + SAMPLE_BYTES))
  const digest = await crypto.subtle.digest('SHA-256', await new Blob(samples).arrayBuffer())
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** Why this is not the file that was added; nothing where it is. Without a fingerprint its name and date have to do. */
export async function differenceOf(
  file: File,
  { file: before, fingerprint }: { file: FileFacts; fingerprint?: string | undefined },
): Promise<UploadError | undefined> {
  if (file.size !== before.size) {
    return changed(before.name, `${file.name} has ${formatBytes(file.size)}, it had ${formatBytes(before.size)}`)
  }
  if (fingerprint === undefined) {
    if (file.name !== before.name) return changed(before.name, `${file.name} has another name`)
    if (file.lastModified !== before.lastModified) return changed(before.name, `${file.name} was changed since`)
    return undefined
  }
  const found = await fingerprintOf(file).catch((cause: unknown) => {
    return new UploadError('file-unreadable', `${file.name} cannot be read`, { cause, hint: 'Choose it again.' })
  })
  if (found instanceof UploadError) return found
  return found === fingerprint ? undefined : changed(before.name, `${file.name} has another content`)
}

function changed(name: string, how: string): UploadError {
  const hint = `Choose the very ${name} that you added before, or take this one off the list and add the file anew.`
  return new UploadError('file-changed', `It is another file: ${how}`, { hint })
}

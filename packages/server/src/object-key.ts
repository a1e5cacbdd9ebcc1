import { UploadError } from '@oss-direct/shared'

/**
 * Refuses a key that OSS would not take, that OSS tools read as a pattern, or that two uploads could share.
 *
 * The record's id must be in it: a key that may be granted twice lets a caller have an older object counted as the new one.
 * Random text early in the key also keeps OSS from throttling it, which it does for sequential prefixes.
 *
 * Throws UploadError `internal`: the key comes from the application's own `key` function, the caller can do nothing.
 * Source: OSS Developer Guide, object naming (1 to 1,023 bytes of UTF-8, no leading slash or backslash).
 */
export function checkObjectKey(key: string, { route, id }: { route: string; id: string }): string {
  const fault = findFault(key, id)
  if (fault === undefined) return key
  throw new UploadError('internal', `Route "${route}" made the key ${JSON.stringify(key)}, which ${fault}`, {
    hint: 'Mend the `key` function of the route, for example: ({ id, extension }) => `avatars/${id}${extension}`.',
  })
}

/** `.jpg` of `Holiday.JPG`; nothing unless it is 1 to 8 letters and digits, so that no name can smuggle text into a key. */
export function fileExtension(name: string): string {
  const extension = /[^/\\](\.[a-z0-9]{1,8})$/i.exec(name)?.[1] ?? ''
  return extension.toLowerCase()
}

function findFault(key: string, id: string): string | undefined {
  const bytes = Buffer.byteLength(key)
  if (bytes < 1 || bytes > 1023) return `is ${bytes} bytes long; OSS takes 1 to 1,023`
  if (key.startsWith('/') || key.startsWith('\\')) return 'starts with a slash or backslash'
  // `${filename}` would be replaced by OSS after the policy was checked; `*` and `?` are patterns to its tools.
  if (key.includes('${') || /[*?]/.test(key)) return 'holds one of `${`, `*` and `?`'
  // Whoever writes it into an address, or copies it to a disk, walks out by them.
  if (/(^|[/\\])\.\.?([/\\]|$)/.test(key)) return 'has a folder of the name `.` or `..`'
  if (/[\p{Cc}\p{Cs}]/u.test(key)) return 'holds control characters or half a character'
  if (!key.includes(id)) return `does not hold the upload's id ${id}, so that two uploads could share it`
  return undefined
}

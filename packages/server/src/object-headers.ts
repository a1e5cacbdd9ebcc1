import contentDisposition from 'content-disposition'
import type { StoredUpload } from './store.ts'

/** What the object has to have, and be kept from, by the names of headers. */
export function objectHeaders({ mimeType, file }: Pick<StoredUpload, 'mimeType' | 'file'>): Record<string, string> {
  return {
    'content-type': mimeType,
    'content-disposition': dispositionOf(file.name, 'attachment'),
    // A grant is good for one object; it can neither replace one nor be used twice.
    'x-oss-forbid-overwrite': 'true',
  }
}

/** A type as HTTP writes it, else `application/octet-stream`: what a browser says may be any text. */
export function safeMimeType(type: string): string {
  return MIME_TYPE.test(type) ? type : 'application/octet-stream'
}

/**
 * `Content-Disposition` with the file's own name: RFC 6266 with the UTF-8 form, beside it plain ASCII for old programs. It
 * holds no path, no quote and no control character, and at most 255 bytes of the name.
 */
export function dispositionOf(fileName: string, type: 'attachment' | 'inline'): string {
  const name = cutToBytes(fileName.replace(/[/\\\p{Cc}\p{Cs}]/gu, '_'), 255)
  return contentDisposition(name, { type, fallback: name.replace(/[^\w .()-]/g, '_') })
}

const MIME_TYPE = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}( *; *[a-z0-9_-]+=[\w.+-]+)*$/i

function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  // A character that was cut in two becomes U+FFFD, which is taken off again.
  return bytes
    .subarray(0, maxBytes)
    .toString()
    .replace(/\uFFFD+$/, '')
}

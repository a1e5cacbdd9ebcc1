/** How an object can be looked at without trusting what it says of itself. */
export interface Preview {
  kind: 'image' | 'text' | 'pdf' | 'none'
  /** A type under which a browser runs nothing. */
  contentType: string
}

/** As much of the beginning as `previewOf` looks at, bytes. */
export const SNIFFED_BYTES = 4096

const DOWNLOAD: Preview = { kind: 'none', contentType: 'application/octet-stream' }

// Bytes at an offset. Formats that browsers show and that hold no script; SVG and HTML are text.
const SIGNATURES: readonly (readonly [type: string, offset: number, bytes: string])[] = [
  ['image/png', 0, '\x89PNG\r\n\x1a\n'],
  ['image/jpeg', 0, '\xff\xd8\xff'],
  ['image/gif', 0, 'GIF87a'],
  ['image/gif', 0, 'GIF89a'],
  ['image/webp', 8, 'WEBP'],
  ['image/avif', 4, 'ftypavif'],
  ['image/bmp', 0, 'BM'],
  ['application/pdf', 0, '%PDF-'],
]

/** From the first bytes alone; the content type of an object is whatever its uploader wrote. */
export function previewOf(head: Buffer): Preview {
  const text = head.toString('latin1')
  const type = SIGNATURES.find(([, offset, bytes]) => text.startsWith(bytes, offset))?.[0]
  if (type === 'application/pdf') return { kind: 'pdf', contentType: type }
  if (type !== undefined && !(type === 'image/bmp' && isText(head))) return { kind: 'image', contentType: type }
  return isText(head) ? { kind: 'text', contentType: 'text/plain; charset=utf-8' } : DOWNLOAD
}

/** UTF-8 without control characters. A character cut in two at the end is no mistake. */
function isText(head: Buffer): boolean {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    return !/[\x00-\x08\x0e-\x1a\x1c-\x1f]/.test(text)
  } catch {
    return false
  }
}

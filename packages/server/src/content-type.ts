import { fileTypeFromBuffer, supportedMimeTypes } from 'file-type'

/** How much of an object is read: Office files say what they are in their second or third entry. */
export const HEAD_BYTES = 64 * 1024

/**
 * Why the first bytes of an object are not of the type that it was granted as; nothing where they are, or where nobody can
 * tell: text has no magic bytes, so that text passes as any type that has none either.
 */
export async function contentFault(head: Uint8Array, declared: string): Promise<string | undefined> {
  const wanted = plain(declared)
  const found = await fileTypeFromBuffer(head)
  if (found === undefined) {
    const isKnown = supportedMimeTypes.has(wanted as never) || ALIASES.some((types) => types.includes(wanted))
    return isKnown ? `its first bytes are not those of ${wanted}` : undefined
  }
  const type = plain(found.mime)
  return type === wanted || isAlias(type, wanted) || holds(type, wanted)
    ? undefined
    : `its first bytes are those of ${type}, not of ${wanted}`
}

function plain(type: string): string {
  return type.replace(/;.*$/s, '').trim().toLowerCase()
}

/** Names of one format, and formats whose first bytes are the same. */
const ALIASES: readonly (readonly string[])[] = [
  ['image/jpeg', 'image/jpg', 'image/pjpeg'],
  ['image/x-icon', 'image/vnd.microsoft.icon'],
  ['image/heic', 'image/heif'],
  ['image/bmp', 'image/x-ms-bmp'],
  ['image/tiff', 'image/x-tiff'],
  ['audio/wav', 'audio/x-wav', 'audio/vnd.wave'],
  ['audio/mpeg', 'audio/mp3'],
  ['audio/aac', 'audio/x-aac'],
  ['audio/flac', 'audio/x-flac'],
  ['video/x-msvideo', 'video/vnd.avi', 'video/avi'],
  ['video/mp4', 'audio/mp4', 'audio/x-m4a', 'video/x-m4v', 'video/quicktime', 'video/3gpp', 'video/3gpp2'],
  ['video/webm', 'audio/webm', 'video/matroska', 'video/x-matroska', 'audio/matroska'],
  ['video/ogg', 'audio/ogg', 'audio/opus', 'application/ogg'],
  ['application/zip', 'application/x-zip-compressed'],
  ['application/gzip', 'application/x-gzip'],
  ['application/rtf', 'text/rtf'],
  ['application/xml', 'text/xml'],
]

function isAlias(one: string, other: string): boolean {
  return ALIASES.some((types) => types.includes(one) && types.includes(other))
}

/** Formats that are made of another one, and whose own marks may lie further behind than we read. */
const CONTENTS: Readonly<Record<string, RegExp>> = {
  'application/zip':
    /^application\/(vnd\.openxmlformats-|vnd\.oasis\.opendocument\.|epub\+zip|java-archive|vnd\.android\.package-archive)/,
  'application/x-cfb': /^application\/(msword|vnd\.ms-(excel|powerpoint|outlook|project)|vnd\.visio)/,
  'application/xml': /(\+xml|^text\/html)$/,
}

function holds(container: string, wanted: string): boolean {
  return CONTENTS[container]?.test(wanted) ?? false
}

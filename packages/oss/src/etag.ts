import { createHash } from 'node:crypto'

/** ETag of an object sent in one piece, without quotes: its MD5 in upper-case hex. */
export function etagOfMd5(md5: Uint8Array): string {
  return Buffer.from(md5).toString('hex').toUpperCase()
}

/**
 * ETag of a multipart object, without quotes: MD5 over the *text* of its parts' ETags, unlike S3, which takes their bytes.
 *
 * Source: a recorded exchange of two parts, `vectors/digests.json`.
 */
export function multipartEtag(partEtags: readonly string[]): string {
  const md5 = createHash('md5').update(partEtags.join('')).digest()
  return `${etagOfMd5(md5)}-${partEtags.length}`
}

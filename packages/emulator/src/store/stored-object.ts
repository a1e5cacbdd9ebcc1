import type { ContentFacts } from './content.ts'

export type Acl = 'private' | 'public-read' | 'public-read-write'
export type ObjectType = 'Normal' | 'Multipart' | 'Appendable' | 'Symlink'

/** What is stored beside the bytes of an object: its sidecar. */
export interface StoredObject {
  key: string
  type: ObjectType
  size: number
  /** Upper-case hex, without quotes; `-` and the number of parts behind it where it was assembled. */
  etag: string
  /** Base64; only objects written in one piece have it. */
  contentMd5?: string
  /** Unsigned decimal. */
  crc64: string
  contentType: string
  lastModified: string
  storageClass: string
  acl: Acl | 'default'
  tags: Readonly<Record<string, string>>
  /** What GetObject sends back as it came: Cache-Control and its like, `x-oss-meta-*`. Lower-case names. */
  headers: Readonly<Record<string, string>>
  /** Of a symlink: the key that it stands for. */
  target?: string
  /** Its bytes, in order: files beside the sidecar, `size` in bytes. None for a symlink. */
  pieces: readonly { file: string; size: number }[]
}

/** What an upload says about its object; the rest follows from its bytes. */
export type ObjectAttributes = Pick<
  StoredObject,
  'key' | 'contentType' | 'storageClass' | 'acl' | 'tags' | 'headers' | 'lastModified'
>

/** Bytes that have arrived and belong to no object yet. */
export interface Upload extends ContentFacts {
  readonly file: string
}

/** ETag of bytes that came in one piece. */
export function etagOf({ md5 }: ContentFacts): string {
  return Buffer.from(md5, 'base64').toString('hex').toUpperCase()
}

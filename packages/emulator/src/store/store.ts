import { createHash, randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import { etagOfMd5, multipartEtag, ossError, type XmlElement } from '@oss-direct/oss'
import type { CorsConfiguration } from '../buckets/cors.ts'
import { combineCrc64 } from './crc64.ts'
import { type ByteRange, type Files, readJson, writeJson } from './files.ts'
import { openObjectFolders } from './object-folders.ts'

import { type Acl, etagOf, type ObjectAttributes, type StoredObject, type Upload } from './stored-object.ts'
import { createTurns } from './turns.ts'

export interface Bucket {
  readonly name: string
  acl: Acl
  createdAt: string
  cors?: CorsConfiguration
  /** As it was set; nothing acts by it here. */
  lifecycle?: XmlElement
}

export interface WriteRules {
  forbidOverwrite: boolean
}

/** An object held open: its bytes stay readable whatever happens to its key meanwhile, until it is closed. */
export interface OpenObject {
  object: StoredObject
  /** Once, and the end of the stream closes the object. */
  read(range?: ByteRange): Readable
  close(): Promise<void>
}

/**
 * Buckets and objects.
 *
 *     buckets/photos/bucket.json
 *     buckets/photos/objects/3f/3fa9…/object.json     SHA-256 of the key: any key on any file system, case kept apart
 *     buckets/photos/objects/3f/3fa9…/0c1d…           its bytes, in one piece or several
 *     buckets/photos/uploads/…                        multipart uploads that are not complete
 *     incoming/0c1d…                                  what is on its way
 *
 * An object is there when its `object.json` is, and that arrives by one rename after the bytes were flushed. A process
 * that dies leaves files in `incoming`, removed at the next start, or bytes that no sidecar names, removed with the next
 * change of that key; neither was ever visible.
 */
export interface Store {
  readonly files: Files
  /** Where a bucket's files are. */
  bucketFolder(name: string): string
  buckets(): readonly Bucket[]
  findBucket(name: string): Bucket | undefined
  /** Writes a bucket, new or changed. */
  saveBucket(bucket: Bucket): Promise<void>
  /** Whether it was empty, unfinished uploads included, and is gone. */
  deleteBucket(name: string): Promise<boolean>

  receive(source: AsyncIterable<Uint8Array>, maxBytes?: number): Promise<Upload>
  discard(upload: Upload): Promise<void>
  /**
   * Makes an upload an object of type Normal. Nothing where the key is taken and may not be overwritten. The upload stays
   * the caller's to discard. All writers throw OssError `NoSuchBucket` where the bucket went away meanwhile.
   */
  commit(
    bucket: string,
    upload: Upload,
    attributes: ObjectAttributes,
    rules?: WriteRules,
  ): Promise<StoredObject | undefined>
  /** Makes parts, in this order, one object of type Multipart, and copies no byte for it. */
  assemble(
    bucket: string,
    parts: readonly Upload[],
    attributes: ObjectAttributes,
    rules?: WriteRules,
  ): Promise<StoredObject | undefined>
  /**
   * Adds to an object of type Appendable, or begins one at position 0.
   * Throws OssError `PositionNotEqualToLength` and `ObjectNotAppendable`, with `NextAppendPosition` among the details.
   */
  append(bucket: string, upload: Upload, attributes: ObjectAttributes, position: number): Promise<StoredObject>
  commitSymlink(
    bucket: string,
    target: string,
    attributes: ObjectAttributes,
    rules?: WriteRules,
  ): Promise<StoredObject | undefined>
  /** The bytes of an object, or a range of them, as a new upload. */
  copyBytes(
    bucket: string,
    key: string,
    range?: ByteRange,
  ): Promise<{ object: StoredObject; upload: Upload } | undefined>
  /** Changes what stands beside the bytes: ACL, tags. */
  revise(bucket: string, key: string, change: (object: StoredObject) => StoredObject): Promise<StoredObject | undefined>

  findObject(bucket: string, key: string): Promise<StoredObject | undefined>
  openObject(bucket: string, key: string): Promise<OpenObject | undefined>
  deleteObject(bucket: string, key: string): Promise<void>
  /** Keys behind `after` that begin with `prefix`, in OSS's order. The first call for a bucket reads all its keys. */
  keysAfter(bucket: string, after: string, prefix: string): Promise<Iterable<string>>
}

export async function openStore(files: Files): Promise<Store> {
  await files.remove('incoming')
  const buckets = await readBuckets(files)
  const objects = openObjectFolders(files, (name) => buckets.has(name))
  const { change } = objects
  const inTurn = createTurns()

  async function receive(source: AsyncIterable<Uint8Array>, maxBytes?: number): Promise<Upload> {
    const file = `incoming/${randomUUID()}`
    return { file, ...(await files.receive(file, source, maxBytes)) }
  }

  return {
    files,
    bucketFolder,
    buckets: () => [...buckets.values()],
    findBucket: (name) => buckets.get(name),

    saveBucket: (bucket) =>
      inTurn(bucket.name, async () => {
        await writeJson(files, `${bucketFolder(bucket.name)}/bucket.json`, bucket)
        buckets.set(bucket.name, bucket)
      }),

    deleteBucket: (name) =>
      inTurn(name, async () => {
        const bucket = buckets.get(name)
        if (!bucket || (await objects.holdAny(name))) return false
        // From here on nothing finds the bucket; but what has begun may still become an object of it.
        buckets.delete(name)
        await objects.settle(name)
        if (await objects.holdAny(name)) {
          buckets.set(name, bucket)
          return false
        }
        objects.forget(name)
        await files.remove(bucketFolder(name))
        return true
      }),

    receive,
    discard: (upload) => files.remove(upload.file),

    commit: (bucket, upload, attributes, rules) =>
      change(bucket, attributes.key, async (folder) => {
        if (rules?.forbidOverwrite && (await folder.read())) return undefined
        const { size, md5, crc64 } = upload
        const pieces = [await folder.add(upload)]
        const facts = { type: 'Normal' as const, size, etag: etagOf(upload), contentMd5: md5, crc64, pieces }
        return folder.write({ ...attributes, ...facts })
      }),

    assemble: (bucket, parts, attributes, rules) =>
      change(bucket, attributes.key, async (folder) => {
        if (rules?.forbidOverwrite && (await folder.read())) return undefined
        const pieces: StoredObject['pieces'][number][] = []
        let [size, crc64] = [0, '0']
        for (const part of parts) {
          pieces.push(await folder.add(part))
          crc64 = combineCrc64(crc64, part.crc64, part.size)
          size += part.size
        }
        const etag = multipartEtag(parts.map(etagOf))
        return folder.write({ ...attributes, type: 'Multipart', size, etag, crc64, pieces })
      }),

    append: (bucket, upload, attributes, position) =>
      change(bucket, attributes.key, async (folder) => {
        const before = await folder.read()
        const details = { NextAppendPosition: String(before?.size ?? 0) }
        if (before !== undefined && before.type !== 'Appendable') throw ossError('ObjectNotAppendable', { details })
        if (position !== (before?.size ?? 0)) throw ossError('PositionNotEqualToLength', { details })
        const piece = await folder.add(upload)
        // No MD5 of the whole, as on OSS; another one with every piece, so that no cache takes it for the same.
        const etag = etagOfPieces(before, upload)
        if (before === undefined) {
          const { size, crc64 } = upload
          return folder.write({ ...attributes, type: 'Appendable', size, etag, crc64, pieces: [piece] })
        }
        const size = before.size + upload.size
        const crc64 = combineCrc64(before.crc64, upload.crc64, upload.size)
        const { lastModified } = attributes
        return folder.write({ ...before, lastModified, size, etag, crc64, pieces: [...before.pieces, piece] })
      }),

    commitSymlink: (bucket, target, attributes, rules) =>
      change(bucket, attributes.key, async (folder) => {
        if (rules?.forbidOverwrite && (await folder.read())) return undefined
        const etag = etagOf({ size: 0, crc64: '0', md5: '1B2M2Y8AsgTpgAmY7PhCfg==' })
        return folder.write({ ...attributes, type: 'Symlink', size: 0, etag, crc64: '0', target, pieces: [] })
      }),

    async copyBytes(bucket, key, range) {
      const opened = await objects.open(bucket, key)
      if (opened === undefined) return undefined
      try {
        return { object: opened.object, upload: await receive(opened.read(range)) }
      } finally {
        await opened.close()
      }
    },

    revise: (bucket, key, revision) =>
      change(bucket, key, async (folder) => {
        const object = await folder.read()
        return object && folder.write(revision(object))
      }),

    findObject: objects.find,
    openObject: objects.open,
    deleteObject: objects.remove,
    keysAfter: objects.keysAfter,
  }
}

function etagOfPieces(before: StoredObject | undefined, added: Upload): string {
  const md5 = createHash('md5')
    .update(`${before?.etag ?? ''}${etagOf(added)}`)
    .digest()
  return etagOfMd5(md5)
}

function bucketFolder(name: string): string {
  return `buckets/${name}`
}

async function readBuckets(files: Files): Promise<Map<string, Bucket>> {
  const buckets = new Map<string, Bucket>()
  for (const name of await files.list('buckets')) {
    const bucket = await readJson<Bucket>(files, `${bucketFolder(name)}/bucket.json`)
    if (bucket) buckets.set(name, bucket)
  }
  return buckets
}

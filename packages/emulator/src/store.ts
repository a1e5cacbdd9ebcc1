import { createHash, randomUUID } from 'node:crypto'
import { type FileHandle, mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { ossError } from '@oss-direct/oss'
import { type ContentFacts, writeContent } from './content.ts'
import type { CorsConfiguration } from './cors.ts'

export type Acl = 'private' | 'public-read' | 'public-read-write'

export interface Bucket {
  readonly name: string
  acl: Acl
  createdAt: string
  cors?: CorsConfiguration
}

/** What is stored beside the bytes of an object: its sidecar. */
export interface StoredObject {
  key: string
  size: number
  /** Upper-case hex, without quotes. */
  etag: string
  /** Base64; only objects written in one piece have it. */
  contentMd5?: string
  crc64: string
  contentType: string
  lastModified: string
  storageClass: string
  acl: Acl | 'default'
  /** What GetObject sends back as it came: Cache-Control and its like, `x-oss-meta-*`. Lower-case names. */
  headers: Record<string, string>
  /** File name of the bytes, beside the sidecar. */
  data: string
}

/** Bytes that have arrived and belong to no object yet. */
export interface Upload extends ContentFacts {
  readonly file: string
}

export type ObjectAttributes = Pick<
  StoredObject,
  'key' | 'contentType' | 'storageClass' | 'acl' | 'headers' | 'lastModified'
>

/** An object held open: it stays readable whatever happens to its key meanwhile. */
interface OpenObject {
  object: StoredObject
  handle: FileHandle
}

/**
 * Buckets and objects in a folder.
 *
 *     buckets/photos/bucket.json
 *     buckets/photos/objects/3f/3fa9…/object.json     SHA-256 of the key: any key on any file system, case kept apart
 *     buckets/photos/objects/3f/3fa9…/0c1d…           the bytes
 *     incoming/0c1d…                                  what is on its way
 *
 * An object is there when its `object.json` is, and that arrives by one rename after the bytes were flushed. A process
 * that dies leaves files in `incoming`, removed at the next start, or bytes that no sidecar names, removed with the next
 * change of that key; neither was ever visible.
 */
export interface Store {
  buckets(): readonly Bucket[]
  findBucket(name: string): Bucket | undefined
  /** Writes a bucket, new or changed. */
  saveBucket(bucket: Bucket): Promise<void>
  /** Whether it was empty, and is gone. */
  deleteBucket(name: string): Promise<boolean>

  receive(source: AsyncIterable<Uint8Array>, maxBytes?: number): Promise<Upload>
  discard(upload: Upload): Promise<void>
  /** Makes an upload an object. Nothing where the key is taken and may not be overwritten. */
  commit(
    bucket: string,
    upload: Upload,
    attributes: ObjectAttributes,
    rules?: { forbidOverwrite: boolean },
  ): Promise<StoredObject | undefined>

  findObject(bucket: string, key: string): Promise<StoredObject | undefined>
  openObject(bucket: string, key: string): Promise<OpenObject | undefined>
  deleteObject(bucket: string, key: string): Promise<void>
}

export async function openStore(dataDir: string): Promise<Store> {
  const incoming = join(dataDir, 'incoming')
  await rm(incoming, { recursive: true, force: true })
  await mkdir(incoming, { recursive: true })
  const buckets = await readBuckets(join(dataDir, 'buckets'))
  const inTurn = createTurns()

  const bucketFolder = (bucket: string) => join(dataDir, 'buckets', bucket)
  const objectFolder = (bucket: string, key: string) => {
    const digest = createHash('sha256').update(key, 'utf8').digest('hex')
    return join(bucketFolder(bucket), 'objects', digest.slice(0, 2), digest)
  }
  const changeObject = <T>(bucket: string, key: string, change: (folder: string) => Promise<T>) => {
    const folder = objectFolder(bucket, key)
    return inTurn(folder, () => change(folder))
  }

  return {
    buckets: () => [...buckets.values()],
    findBucket: (name) => buckets.get(name),

    async saveBucket(bucket) {
      const folder = bucketFolder(bucket.name)
      await mkdir(folder, { recursive: true })
      await inTurn(folder, () => writeJson(incoming, join(folder, 'bucket.json'), bucket))
      buckets.set(bucket.name, bucket)
    },

    deleteBucket(name) {
      const folder = bucketFolder(name)
      return inTurn(folder, async () => {
        if (await holdsObjects(join(folder, 'objects'))) return false
        // First from the map: from here on nothing finds the bucket.
        buckets.delete(name)
        await rm(folder, { recursive: true, force: true })
        return true
      })
    },

    async receive(source, maxBytes) {
      const file = join(incoming, randomUUID())
      try {
        return { file, ...(await writeContent(source, file, maxBytes)) }
      } catch (error) {
        await rm(file, { force: true })
        throw error
      }
    },

    discard: (upload) => rm(upload.file, { force: true }),

    commit: (bucket, upload, attributes, rules) =>
      changeObject(bucket, attributes.key, async (folder) => {
        // Deleted while the bytes came in: they must not turn up in a new bucket of that name.
        if (!buckets.has(bucket)) throw ossError('NoSuchBucket', { details: { BucketName: bucket } })
        if (rules?.forbidOverwrite && (await readObject(folder))) return undefined
        const { size, md5, crc64 } = upload
        const object: StoredObject = {
          ...attributes,
          size,
          etag: Buffer.from(md5, 'base64').toString('hex').toUpperCase(),
          contentMd5: md5,
          crc64,
          data: randomUUID(),
        }
        await mkdir(folder, { recursive: true })
        await rename(upload.file, join(folder, object.data))
        await writeJson(incoming, join(folder, 'object.json'), object)
        await removeAllBut(folder, ['object.json', object.data])
        return object
      }),

    findObject: (bucket, key) => changeObject(bucket, key, readObject),

    openObject: (bucket, key) =>
      changeObject(bucket, key, async (folder) => {
        const object = await readObject(folder)
        return object && { object, handle: await open(join(folder, object.data), 'r') }
      }),

    deleteObject: (bucket, key) =>
      changeObject(bucket, key, async (folder) => {
        await rm(join(folder, 'object.json'), { force: true })
        await rm(folder, { recursive: true, force: true })
      }),
  }
}

async function readBuckets(folder: string): Promise<Map<string, Bucket>> {
  await mkdir(folder, { recursive: true })
  const buckets = new Map<string, Bucket>()
  for (const name of await readdir(folder)) {
    const bucket = await readJson<Bucket>(join(folder, name, 'bucket.json'))
    if (bucket) buckets.set(name, bucket)
  }
  return buckets
}

async function holdsObjects(folder: string): Promise<boolean> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  })
  return entries.some(({ name }) => name === 'object.json')
}

function readObject(folder: string): Promise<StoredObject | undefined> {
  return readJson<StoredObject>(join(folder, 'object.json'))
}

async function readJson<T>(file: string): Promise<T | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as T
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function writeJson(incoming: string, file: string, value: unknown): Promise<void> {
  const draft = join(incoming, randomUUID())
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(JSON.stringify(value))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(draft, file)
}

async function removeAllBut(folder: string, kept: readonly string[]): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!kept.includes(name)) await rm(join(folder, name), { force: true })
  }
}

/**
 * One task at a time for each name. Readers of a sidecar take their turn as well: Windows refuses to rename over a file
 * that somebody holds open.
 */
function createTurns(): <T>(name: string, task: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>()
  return async (name, task) => {
    const turn = (last.get(name) ?? Promise.resolve()).then(task, task)
    last.set(name, turn)
    try {
      return await turn
    } finally {
      if (last.get(name) === turn) last.delete(name)
    }
  }
}

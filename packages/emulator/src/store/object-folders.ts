import { createHash, randomUUID } from 'node:crypto'
import { Readable } from 'node:stream'
import { ossError } from '@oss-direct/oss'
import { type ByteRange, type Files, readJson, writeJson } from './files.ts'
import { createKeyIndex, type KeyIndex } from './key-index.ts'
import type { OpenObject } from './store.ts'
import type { StoredObject, Upload } from './stored-object.ts'
import { createTurns } from './turns.ts'

/** The folder of one key, while nobody else is in it. */
export interface ObjectFolder {
  read(): Promise<StoredObject | undefined>
  /** Gives the bytes of an upload a name here. They are no object's until a sidecar names them. */
  add(upload: Upload): Promise<{ file: string; size: number }>
  /** Makes this the object, and removes the bytes that it does not name. */
  write(object: StoredObject): Promise<StoredObject>
}

/** One folder for each key of each bucket, changed by one at a time. */
export function openObjectFolders(files: Files, isBucket: (name: string) => boolean) {
  const inTurn = createTurns()
  const indexes = new Map<string, Promise<KeyIndex>>()
  const readers = createReaders()
  const changes = new Map<string, Set<Promise<unknown>>>()

  const sidecar = (path: string) => `${path}/object.json`
  const read = (path: string) => readJson<StoredObject>(files, sidecar(path))

  /** Removes bytes that no sidecar names, but for those that somebody is reading. */
  async function sweep(path: string, object: StoredObject | undefined): Promise<void> {
    const kept = new Set(object?.pieces.map(({ file }) => file))
    for (const name of await files.list(path)) {
      const file = `${path}/${name}`
      if (name !== 'object.json' && !kept.has(name) && !readers.has(file)) await files.remove(file)
    }
  }

  function track(bucket: string, work: Promise<unknown>): void {
    const running = changes.get(bucket) ?? new Set()
    changes.set(bucket, running.add(work))
    const forget = () => {
      running.delete(work)
      if (running.size === 0 && changes.get(bucket) === running) changes.delete(bucket)
    }
    work.then(forget, forget)
  }

  return {
    /** Throws OssError `NoSuchBucket`: bytes that come late must not turn up in a new bucket of that name. */
    change<T>(bucket: string, key: string, task: (folder: ObjectFolder) => Promise<T>): Promise<T> {
      const path = pathOf(bucket, key)
      return inTurn(path, () => {
        if (!isBucket(bucket)) throw ossError('NoSuchBucket', { details: { BucketName: bucket } })
        const work = task({
          read: () => read(path),
          async add({ file, size }) {
            const name = randomUUID()
            await files.link(file, `${path}/${name}`)
            return { file: name, size }
          },
          async write(object) {
            await writeJson(files, sidecar(path), object)
            ;(await indexes.get(bucket))?.add(key)
            await sweep(path, object)
            return object
          },
        })
        // In the same breath as the question whether there is such a bucket: who deletes it knows of this change.
        track(bucket, work)
        return work
      })
    },

    find(bucket: string, key: string): Promise<StoredObject | undefined> {
      const path = pathOf(bucket, key)
      return inTurn(path, () => read(path))
    },

    open(bucket: string, key: string): Promise<OpenObject | undefined> {
      const path = pathOf(bucket, key)
      return inTurn(path, async () => {
        const object = await read(path)
        if (object === undefined) return undefined
        const paths = object.pieces.map(({ file }) => `${path}/${file}`)
        const release = readers.hold(paths)
        let closed: Promise<void> | undefined
        const close = () => {
          closed ??= inTurn(path, async () => {
            release()
            await sweep(path, await read(path))
          })
          return closed
        }
        const readOnce = (range?: ByteRange) =>
          readPieces(files, path, object, range).once('close', () => {
            // What cannot be swept now is swept with the next change of the key.
            close().catch(() => undefined)
          })
        return { object, read: readOnce, close }
      })
    },

    remove(bucket: string, key: string): Promise<void> {
      const path = pathOf(bucket, key)
      return inTurn(path, async () => {
        await files.remove(sidecar(path))
        ;(await indexes.get(bucket))?.delete(key)
        await sweep(path, undefined)
        if ((await files.list(path)).length === 0) await files.remove(path)
      })
    },

    async keysAfter(bucket: string, after: string, prefix: string): Promise<Iterable<string>> {
      let index = indexes.get(bucket)
      if (index === undefined) {
        index = readKeys(files, bucket).then(createKeyIndex)
        indexes.set(bucket, index)
      }
      return (await index).after(after, prefix)
    },

    /** Waits for the changes that have begun in a bucket. */
    async settle(bucket: string): Promise<void> {
      await Promise.allSettled([...(changes.get(bucket) ?? [])])
    },

    /** Whether the bucket has objects, or uploads that may become some. */
    async holdAny(bucket: string): Promise<boolean> {
      const uploads = `buckets/${bucket}/uploads`
      for (const id of await files.list(uploads)) {
        if ((await files.readText(`${uploads}/${id}/upload.json`)) !== undefined) return true
      }
      for await (const path of objectPaths(files, bucket)) if (await read(path)) return true
      return false
    },

    forget: (bucket: string) => void indexes.delete(bucket),
  }
}

function pathOf(bucket: string, key: string): string {
  const digest = createHash('sha256').update(key, 'utf8').digest('hex')
  return `buckets/${bucket}/objects/${digest.slice(0, 2)}/${digest}`
}

async function* objectPaths(files: Files, bucket: string): AsyncGenerator<string> {
  const folder = `buckets/${bucket}/objects`
  for (const shard of await files.list(folder)) {
    for (const digest of await files.list(`${folder}/${shard}`)) yield `${folder}/${shard}/${digest}`
  }
}

async function readKeys(files: Files, bucket: string): Promise<string[]> {
  const keys: string[] = []
  let batch: Promise<StoredObject | undefined>[] = []
  const collect = async () => {
    for (const object of await Promise.all(batch)) if (object) keys.push(object.key)
    batch = []
  }
  for await (const path of objectPaths(files, bucket)) {
    batch.push(readJson<StoredObject>(files, `${path}/object.json`))
    if (batch.length === 64) await collect()
  }
  await collect()
  return keys
}

/** The bytes of an object, one piece after the other. */
function readPieces(files: Files, path: string, { pieces, size }: StoredObject, range?: ByteRange): Readable {
  const { start, end } = range ?? { start: 0, end: size - 1 }
  const streams = function* () {
    let offset = 0
    for (const piece of pieces) {
      const [first, last] = [Math.max(0, start - offset), Math.min(piece.size - 1, end - offset)]
      if (first <= last) yield files.read(`${path}/${piece.file}`, { start: first, end: last })
      offset += piece.size
    }
  }
  if (pieces.length === 1 && size > 0) return streams().next().value ?? Readable.from([])
  return Readable.from(
    (async function* () {
      for (const stream of streams()) yield* stream as AsyncIterable<Uint8Array>
    })(),
    { objectMode: false },
  )
}

/** Who reads which file: bytes in use are not removed under their reader. */
function createReaders() {
  const counts = new Map<string, number>()
  return {
    has: (file: string) => counts.has(file),
    hold(held: readonly string[]): () => void {
      for (const file of held) counts.set(file, (counts.get(file) ?? 0) + 1)
      return () => {
        for (const file of held) {
          const left = (counts.get(file) ?? 1) - 1
          if (left === 0) counts.delete(file)
          else counts.set(file, left)
        }
      }
    },
  }
}

import { randomBytes, randomUUID } from 'node:crypto'
import { ossError } from '@oss-direct/oss'
import { readJson, writeJson } from '../store/files.ts'
import { compareKeys } from '../store/key-index.ts'
import type { Store, WriteRules } from '../store/store.ts'
import type { ObjectAttributes, StoredObject, Upload } from '../store/stored-object.ts'
import { etagOf } from '../store/stored-object.ts'
import { createTurns } from '../store/turns.ts'

/** A multipart upload in progress. */
export interface MultipartUpload {
  /** 32 upper-case hex digits; a later upload has a greater one. */
  uploadId: string
  bucket: string
  /** What the object is going to be; `lastModified` is when the upload began. */
  attributes: ObjectAttributes
  forbidOverwrite: boolean
}

export interface Part extends Upload {
  number: number
  /** Upper-case hex, without quotes. */
  etag: string
  lastModified: string
}

/** Makes chosen parts the object and ends the upload. Nothing where the key is taken and may not be overwritten. */
export type CommitParts = (
  parts: readonly Part[],
  attributes: ObjectAttributes,
  rules: WriteRules,
) => Promise<StoredObject | undefined>

/**
 * Uploads that are neither complete nor aborted.
 *
 *     buckets/photos/uploads/0198…/upload.json      an upload is there when this is
 *     buckets/photos/uploads/0198…/parts/17.json    a part is there when this is
 *     buckets/photos/uploads/0198…/0c1d…            its bytes
 *
 * What a process leaves that died is never visible: bytes that no part names go with their upload, the rest of an upload
 * whose `upload.json` is gone with the next list.
 */
export interface MultipartStore {
  begin(bucket: string, attributes: ObjectAttributes, rules: WriteRules): Promise<MultipartUpload>
  /** Any text may be asked for. Nothing where the upload is of another key. */
  find(bucket: string, key: string, uploadId: string): Promise<MultipartUpload | undefined>
  /** In the order of keys, and of their beginning where the key is the same. */
  list(bucket: string): Promise<MultipartUpload[]>
  /** Adds a part or replaces it. The bytes stay the caller's to discard. Throws OssError `NoSuchUpload`. */
  putPart(upload: MultipartUpload, number: number, bytes: Upload, now: Date): Promise<Part>
  /** The parts behind the number `after`, in order, at most so many, and whether there are more. */
  listParts(upload: MultipartUpload, after: number, most: number): Promise<{ parts: Part[]; isTruncated: boolean }>
  /**
   * Hands `task` all parts, and the means to make them an object; until that is done, or the task over, everybody else
   * waits who wants to change or end the upload. Throws OssError `NoSuchUpload`, and what the task throws.
   */
  complete<T>(upload: MultipartUpload, task: (parts: Part[], commit: CommitParts) => Promise<T>): Promise<T>
  /** Throws OssError `NoSuchUpload`. */
  abort(upload: MultipartUpload): Promise<void>
}

export function createMultipartStore(store: Store): MultipartStore {
  const { files } = store
  const inTurn = createTurns()
  let begun = 0

  const folderOf = (bucket: string, uploadId: string) => `${store.bucketFolder(bucket)}/uploads/${uploadId}`
  const change = <T>(upload: MultipartUpload, task: (folder: string) => Promise<T>) => {
    const { bucket, uploadId } = upload
    const folder = folderOf(bucket, uploadId)
    return inTurn(folder, async () => {
      if (!(await readUpload(folder))) throw ossError('NoSuchUpload', { details: { UploadId: uploadId } })
      return task(folder)
    })
  }
  const readUpload = (folder: string) => readJson<MultipartUpload>(files, `${folder}/upload.json`)
  const readPart = (folder: string, number: number) => readJson<Part>(files, `${folder}/parts/${number}.json`)
  const readParts = async (folder: string, numbers: readonly number[]) => {
    const parts = await inBatches(numbers, (number) => readPart(folder, number))
    return parts.filter((part) => part !== undefined)
  }
  const partNumbers = async (folder: string) => {
    const names = await files.list(`${folder}/parts`)
    return names.map((name) => Number.parseInt(name, 10)).sort((a, b) => a - b)
  }
  const remove = async (folder: string) => {
    // First what makes it an upload: from here on it is none.
    await files.remove(`${folder}/upload.json`)
    await files.remove(folder)
  }

  return {
    async begin(bucket, attributes, { forbidOverwrite }) {
      begun = (begun + 1) % 0x1_0000
      const uploadId = createUploadId(attributes.lastModified, begun)
      const upload = { uploadId, bucket, attributes, forbidOverwrite }
      const folder = folderOf(bucket, uploadId)
      await inTurn(folder, async () => {
        await writeJson(files, `${folder}/upload.json`, upload)
        // Deleted meanwhile: the upload must not turn up in a new bucket of that name.
        if (store.findBucket(bucket)) return
        await remove(folder)
        throw ossError('NoSuchBucket', { details: { BucketName: bucket } })
      })
      return upload
    },

    async find(bucket, key, uploadId) {
      if (!UPLOAD_ID.test(uploadId)) return undefined
      const folder = folderOf(bucket, uploadId)
      const upload = await inTurn(folder, () => readUpload(folder))
      return upload?.attributes.key === key ? upload : undefined
    },

    async list(bucket) {
      const names = await files.list(`${store.bucketFolder(bucket)}/uploads`)
      const uploads = await inBatches(names, (name) => {
        const folder = folderOf(bucket, name)
        return inTurn(folder, async () => {
          const upload = await readUpload(folder)
          if (!upload) await remove(folder)
          return upload
        })
      })
      return uploads.filter((upload) => upload !== undefined).sort(compareUploads)
    },

    putPart: (upload, number, bytes, now) =>
      change(upload, async (folder) => {
        const before = await readPart(folder, number)
        const part: Part = {
          ...bytes,
          number,
          etag: etagOf(bytes),
          lastModified: now.toISOString().replace(/\.\d+/, '.000'),
          file: `${folder}/${randomUUID()}`,
        }
        await files.link(bytes.file, part.file)
        await writeJson(files, `${folder}/parts/${number}.json`, part)
        if (before) await files.remove(before.file)
        return part
      }),

    listParts: (upload, after, most) =>
      change(upload, async (folder) => {
        const numbers = (await partNumbers(folder)).filter((number) => number > after)
        const parts = await readParts(folder, numbers.slice(0, most))
        return { parts, isTruncated: most > 0 && numbers.length > most }
      }),

    complete: <T>(upload: MultipartUpload, task: (parts: Part[], commit: CommitParts) => Promise<T>) =>
      new Promise<T>((resolve, reject) => {
        // The turn ends with the commit: what the task does then, such as calling the application, holds up nobody.
        const turn = change(upload, (folder) => {
          return new Promise<void>((release) => {
            const commit: CommitParts = async (parts, attributes, rules) => {
              try {
                const object = await store.assemble(upload.bucket, parts, attributes, rules)
                if (object) await remove(folder)
                return object
              } finally {
                release()
              }
            }
            const run = async () => task(await readParts(folder, await partNumbers(folder)), commit)
            run().then(resolve, reject).finally(release)
          })
        })
        turn.catch(reject)
      }),

    abort: (upload) => change(upload, remove),
  }
}

function compareUploads(left: MultipartUpload, right: MultipartUpload): number {
  return (
    compareKeys(left.attributes.key, right.attributes.key) ||
    (left.uploadId < right.uploadId ? -1 : Number(left.uploadId > right.uploadId))
  )
}

const UPLOAD_ID = /^[0-9A-F]{32}$/

/** The time, a number for those of the same time, and half of it chance: in order, and not to be guessed. */
function createUploadId(began: string, number: number): string {
  const time = Date.parse(began).toString(16).padStart(12, '0')
  return `${time}${number.toString(16).padStart(4, '0')}${randomBytes(8).toString('hex')}`.toUpperCase()
}

/** An upload may have 10,000 parts; a process may not have as many files open. */
async function inBatches<T, U>(items: readonly T[], task: (item: T) => Promise<U>): Promise<U[]> {
  const results: U[] = []
  for (let at = 0; at < items.length; at += BATCH) {
    results.push(...(await Promise.all(items.slice(at, at + BATCH).map(task))))
  }
  return results
}

const BATCH = 100

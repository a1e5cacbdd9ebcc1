import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Files } from '../store/files.ts'
import { openFolder } from '../store/folder.ts'
import { createMemory } from '../store/memory.ts'
import { openStore, type Store } from '../store/store.ts'
import type { ObjectAttributes } from '../store/stored-object.ts'
import { createMultipartStore, type MultipartStore, type MultipartUpload } from './multipart-store.ts'

interface Stage {
  store: Store
  multipart: MultipartStore
}

describe.each([
  ['in memory', async () => createMemory()],
  ['in a folder', async () => openFolder(await temporaryFolder())],
] as const)('uploads in progress %s', (_where, openFiles) => {
  const open = async () => stage(await openFiles())

  it('become an object that needs nothing of them any more', async () => {
    const { store, multipart } = await open()
    const upload = await begin(multipart, 'k')
    for (const [number, content] of [
      [2, 'two'],
      [10, 'ten'],
      [1, 'one'],
    ] as const) {
      await put({ store, multipart }, upload, number, content)
    }
    const object = await complete(multipart, upload)
    expect([object?.type, object?.size, object?.pieces.length]).toEqual(['Multipart', 9, 3])
    expect(await read(store, 'k')).toBe('onetwoten')
    expect(await store.files.list('buckets/photos/uploads')).toEqual([])
    expect(await multipart.find('photos', 'k', upload.uploadId)).toBeUndefined()
    await expect(complete(multipart, upload)).rejects.toMatchObject({ code: 'NoSuchUpload' })
    await expect(multipart.abort(upload)).rejects.toMatchObject({ code: 'NoSuchUpload' })
    await expect(put({ store, multipart }, upload, 1, 'late')).rejects.toMatchObject({ code: 'NoSuchUpload' })
  })

  it('keep of a part what came last, and only that', async () => {
    const { store, multipart } = await open()
    const upload = await begin(multipart, 'k')
    const folder = `buckets/photos/uploads/${upload.uploadId}`
    await Promise.all(Array.from({ length: 20 }, (_, index) => put({ store, multipart }, upload, 1, `v${index}`)))
    const { parts } = await multipart.listParts(upload, 0, 10)
    expect(parts).toHaveLength(1)
    const files = (await store.files.list(folder)).filter((name) => !['upload.json', 'parts'].includes(name))
    expect(parts.map(({ file }) => file)).toEqual(files.map((name) => `${folder}/${name}`))
    await complete(multipart, upload)
    expect((await store.findObject('photos', 'k'))?.contentMd5).toBeUndefined()
    expect((await store.findObject('photos', 'k'))?.crc64).toBe(parts[0]?.crc64)
  })

  it('are ended by one, and by nobody whose task fails', async () => {
    const { store, multipart } = await open()
    const upload = await begin(multipart, 'k')
    await put({ store, multipart }, upload, 1, 'x')
    const failing = multipart.complete(upload, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    await store.commit('photos', await receive(store, 'taken'), attributesOf('k'))
    const kept = await multipart.complete(upload, (parts, commit) =>
      commit(parts, upload.attributes, { forbidOverwrite: true }),
    )
    expect(kept).toBeUndefined()

    const ends = await Promise.allSettled([
      complete(multipart, upload),
      multipart.abort(upload),
      complete(multipart, upload),
      put({ store, multipart }, upload, 2, 'late'),
    ])
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'rejected'])
    expect(await read(store, 'k')).toBe('x')
  })

  it('hold up nobody once they are an object, however long the task goes on', async () => {
    const { store, multipart } = await open()
    const upload = await begin(multipart, 'k')
    await put({ store, multipart }, upload, 1, 'x')
    await multipart.complete(upload, async (parts, commit) => {
      await commit(parts, upload.attributes, { forbidOverwrite: false })
      expect(await multipart.find('photos', 'k', upload.uploadId)).toBeUndefined()
      await expect(multipart.abort(upload)).rejects.toMatchObject({ code: 'NoSuchUpload' })
    })
  })

  it('are found by their key, and listed in the order in which they began', async () => {
    const { multipart } = await open()
    const uploads: MultipartUpload[] = []
    for (const key of ['b', 'a', 'b', 'a/1']) uploads.push(await begin(multipart, key))
    const [b, a, laterB, a1] = uploads
    expect(await multipart.list('photos')).toEqual([a, a1, b, laterB])
    expect(await multipart.find('photos', 'b', b?.uploadId ?? '')).toEqual(b)
    for (const id of [a?.uploadId ?? '', `../uploads/${b?.uploadId}`, '..', '0'.repeat(32), '']) {
      expect(await multipart.find('photos', 'b', id)).toBeUndefined()
    }
  })

  it('keep their bucket from being deleted, and begin in none that was', async () => {
    const { store, multipart } = await open()
    const upload = await begin(multipart, 'k')
    expect(await store.deleteBucket('photos')).toBe(false)
    await multipart.abort(upload)
    expect(await store.deleteBucket('photos')).toBe(true)
    await expect(begin(multipart, 'k')).rejects.toMatchObject({ code: 'NoSuchBucket' })
    await store.saveBucket({ name: 'photos', acl: 'private', createdAt: new Date().toISOString() })
    expect(await multipart.list('photos')).toEqual([])
    expect(await store.deleteBucket('photos')).toBe(true)
  })
})

it('uploads outlive a restart, and what a process leaves that died does not', async () => {
  const folder = await temporaryFolder()
  const before = await stage(await openFolder(folder))
  const upload = await begin(before.multipart, 'k')
  await put(before, upload, 1, 'one')
  // Bytes whose part was never named, and an upload that was half removed.
  const uploads = join(folder, 'buckets/photos/uploads')
  await writeFile(join(uploads, upload.uploadId, 'stray'), 'half')
  await mkdir(join(uploads, 'F'.repeat(32), 'parts'), { recursive: true })
  await writeFile(join(uploads, 'F'.repeat(32), 'stray'), 'half')

  const after = await stage(await openFolder(folder))
  expect(await after.multipart.list('photos')).toEqual([upload])
  expect(await readdir(uploads)).toEqual([upload.uploadId])
  await put(after, upload, 2, 'two')
  await complete(after.multipart, upload)
  expect(await read(after.store, 'k')).toBe('onetwo')
  expect(await readdir(uploads)).toEqual([])
})

async function stage(files: Files): Promise<Stage> {
  const store = await openStore(files)
  if (!store.findBucket('photos')) {
    await store.saveBucket({ name: 'photos', acl: 'private', createdAt: new Date().toISOString() })
  }
  return { store, multipart: createMultipartStore(store) }
}

function begin(multipart: MultipartStore, key: string): Promise<MultipartUpload> {
  return multipart.begin('photos', attributesOf(key), { forbidOverwrite: false })
}

async function put({ store, multipart }: Stage, upload: MultipartUpload, number: number, content: string) {
  const bytes = await receive(store, content)
  try {
    return await multipart.putPart(upload, number, bytes, new Date())
  } finally {
    await store.discard(bytes)
  }
}

function complete(multipart: MultipartStore, upload: MultipartUpload) {
  return multipart.complete(upload, (parts, commit) => commit(parts, upload.attributes, { forbidOverwrite: false }))
}

function receive(store: Store, content: string) {
  return store.receive(
    (async function* () {
      yield Buffer.from(content)
    })(),
  )
}

async function read(store: Store, key: string): Promise<string | undefined> {
  const opened = await store.openObject('photos', key)
  return opened && text(opened.read())
}

function attributesOf(key: string): ObjectAttributes {
  const lastModified = new Date().toISOString()
  const rest = { storageClass: 'Standard', acl: 'default', headers: {}, tags: {} } as const
  return { key, contentType: 'text/plain', lastModified, ...rest }
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-multipart-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

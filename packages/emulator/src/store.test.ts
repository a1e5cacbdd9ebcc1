import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { type ObjectAttributes, openStore, type Store } from './store.ts'

describe('the store', () => {
  it('keeps keys apart that a file system would take for the same, or for another place', async () => {
    const store = await newStore()
    const keys = [
      'a',
      'A',
      'a/',
      'a/b',
      '../a',
      '..',
      '.',
      'con',
      'a\\b',
      'a:b',
      'é',
      'é',
      ' ',
      'x'.repeat(1023),
      'a\u0000b',
    ]
    for (const key of keys) await put(store, key, key)
    for (const key of keys) expect(await read(store, key)).toBe(key)
  })

  it('replaces an object and leaves none of the old bytes behind', async () => {
    const { store, folder } = await newStoreIn()
    await put(store, 'k', 'old')
    const before = await filesIn(folder)
    await put(store, 'k', 'new')
    expect(await read(store, 'k')).toBe('new')
    expect((await filesIn(folder)).length).toBe(before.length)
    await store.deleteObject('photos', 'k')
    expect(await store.findObject('photos', 'k')).toBeUndefined()
    expect((await filesIn(folder)).length).toBe(before.length - 2)
  })

  it('lets a reader end what it began, whatever happens to the key', async () => {
    const store = await newStore()
    await put(store, 'k', 'old')
    const opened = await store.openObject('photos', 'k')
    await put(store, 'k', 'new')
    expect(await opened?.handle.readFile('utf8')).toBe('old')
    await opened?.handle.close()
  })

  it('deletes a bucket only when it is empty, and lets no late bytes into a new one of that name', async () => {
    const store = await newStore()
    const upload = await store.receive(bytes('late'))
    await put(store, 'k', 'there')
    expect(await store.deleteBucket('photos')).toBe(false)
    await store.deleteObject('photos', 'k')
    expect(await store.deleteBucket('photos')).toBe(true)
    await expect(store.commit('photos', upload, attributesOf('late'))).rejects.toMatchObject({ code: 'NoSuchBucket' })
    await store.saveBucket({ name: 'photos', acl: 'private', createdAt: new Date().toISOString() })
    expect(await store.findObject('photos', 'late')).toBeUndefined()
  })

  it('lets one of two win where the key may not be overwritten', async () => {
    const store = await newStore()
    const uploads = await Promise.all(['one', 'two'].map((text) => store.receive(bytes(text))))
    const committed = await Promise.all(
      uploads.map((upload) => store.commit('photos', upload, attributesOf('k'), { forbidOverwrite: true })),
    )
    expect(committed.filter((object) => object !== undefined)).toHaveLength(1)
    expect(['one', 'two']).toContain(await read(store, 'k'))
  })

  it('keeps everything over a restart, and nothing that was on its way', async () => {
    const { store, folder } = await newStoreIn()
    await put(store, 'k', 'kept')
    await store.receive(bytes('never committed'))
    // What a process leaves that died between moving the bytes and naming them.
    const [shard = ''] = await readdir(join(folder, 'buckets/photos/objects'))
    const [digest = ''] = await readdir(join(folder, 'buckets/photos/objects', shard))
    const stray = join(folder, 'buckets/photos/objects', shard, digest, 'stray')
    await writeFile(stray, 'half')

    const reopened = await openStore(folder)
    expect(await read(reopened, 'k')).toBe('kept')
    expect(await readdir(join(folder, 'incoming'))).toEqual([])
    await put(reopened, 'k', 'again')
    expect((await filesIn(folder)).some((name) => name.endsWith('stray'))).toBe(false)
  })

  it('ignores what is no bucket in its folder', async () => {
    const { folder } = await newStoreIn()
    await mkdir(join(folder, 'buckets/empty'))
    expect((await openStore(folder)).buckets().map(({ name }) => name)).toEqual(['photos'])
  })
})

async function newStoreIn(): Promise<{ store: Store; folder: string }> {
  const folder = await temporaryFolder()
  const store = await openStore(folder)
  await store.saveBucket({ name: 'photos', acl: 'private', createdAt: new Date().toISOString() })
  return { store, folder }
}

async function newStore(): Promise<Store> {
  return (await newStoreIn()).store
}

async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-store-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

async function put(store: Store, key: string, content: string): Promise<void> {
  await store.commit('photos', await store.receive(bytes(content)), attributesOf(key))
}

function attributesOf(key: string): ObjectAttributes {
  const lastModified = new Date().toISOString()
  return { key, contentType: 'text/plain', lastModified, storageClass: 'Standard', acl: 'default', headers: {} }
}

async function read(store: Store, key: string): Promise<string | undefined> {
  const opened = await store.openObject('photos', key)
  const content = await opened?.handle.readFile('utf8')
  await opened?.handle.close()
  return content
}

async function* bytes(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text)
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

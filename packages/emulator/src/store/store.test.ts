import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openFolder } from './folder.ts'
import { openStore, type Store } from './store.ts'
import type { ObjectAttributes } from './stored-object.ts'

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
    expect(opened && (await text(opened.read()))).toBe('old')
  })

  it('sweeps bytes that were replaced while they were read', async () => {
    const { store, folder } = await newStoreIn()
    await put(store, 'k', 'old')
    const before = (await filesIn(folder)).length
    const opened = await store.openObject('photos', 'k')
    await put(store, 'k', 'new')
    expect((await filesIn(folder)).length).toBe(before + 1)
    await opened?.close()
    expect((await filesIn(folder)).length).toBe(before)
    await (await store.openObject('photos', 'k'))?.close()
    expect(await read(store, 'k')).toBe('new')
  })

  it('makes one object of parts, reads any range over their seams, and appends', async () => {
    const store = await newStore()
    const parts = await Promise.all(['01234', '', '56789'].map((part) => store.receive(bytes(part))))
    const object = await store.assemble('photos', parts, attributesOf('k'))
    expect(object).toMatchObject({ type: 'Multipart', size: 10, etag: expect.stringMatching(/^[0-9A-F]{32}-3$/) })
    const whole = await store.receive(bytes('0123456789'))
    expect(object?.crc64).toBe(whole.crc64)
    for (const [start, end] of [
      [0, 9],
      [4, 5],
      [5, 5],
      [0, 0],
      [9, 9],
    ] as const) {
      const opened = await store.openObject('photos', 'k')
      expect(opened && (await text(opened.read({ start, end })))).toBe('0123456789'.slice(start, end + 1))
    }

    await store.append('photos', await store.receive(bytes('01234')), attributesOf('log'), 0)
    const first = await store.findObject('photos', 'log')
    const appended = await store.append('photos', await store.receive(bytes('56789')), attributesOf('log'), 5)
    expect(appended).toMatchObject({ type: 'Appendable', size: 10, crc64: whole.crc64 })
    expect(await read(store, 'log')).toBe('0123456789')
    expect(appended.etag).not.toBe(first?.etag)
    const late = store.receive(bytes('x')).then((upload) => store.append('photos', upload, attributesOf('log'), 5))
    await expect(late).rejects.toMatchObject({
      code: 'PositionNotEqualToLength',
      details: { NextAppendPosition: '10' },
    })
  })

  it('lists keys in the order of their bytes, whatever comes and goes meanwhile', async () => {
    const { store, folder } = await newStoreIn()
    const keys = ['a', 'a/1', 'a/2', 'b', '\u{ff5e}', '\u{1f600}']
    for (const key of [...keys].reverse()) await put(store, key, key)
    const listed = async (from: Store, after: string, prefix: string) => [
      ...(await from.keysAfter('photos', after, prefix)),
    ]
    for (const from of [store, await openStore(await openFolder(folder))]) {
      expect(await listed(from, '', '')).toEqual(keys)
      expect(await listed(from, 'a/1', '')).toEqual(keys.slice(2))
      expect(await listed(from, '', 'a/')).toEqual(['a/1', 'a/2'])
      expect(await listed(from, 'a/1', 'a/')).toEqual(['a/2'])
      expect(await listed(from, 'zz', 'a')).toEqual([])
    }
    const seen: string[] = []
    for (const key of await store.keysAfter('photos', '', 'a')) {
      seen.push(key)
      if (key === 'a') await store.deleteObject('photos', 'a')
      if (key === 'a/1') await put(store, 'a/11', 'new')
    }
    expect(seen).toEqual(['a', 'a/1', 'a/11', 'a/2'])
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

  it('either keeps a bucket for an object that is just coming, or refuses the object', async () => {
    for (let round = 0; round < 40; round += 1) {
      const store = await newStore()
      const upload = await store.receive(bytes('late'))
      const commit = store.commit('photos', upload, attributesOf('k'))
      for (let wait = 0; wait < round % 8; wait += 1) await new Promise(setImmediate)
      const [written, isGone] = await Promise.all([commit.then(Boolean, () => false), store.deleteBucket('photos')])
      expect(isGone).toBe(!written)
      if (isGone) await store.saveBucket({ name: 'photos', acl: 'private', createdAt: new Date().toISOString() })
      expect([...(await store.keysAfter('photos', '', ''))]).toEqual(written ? ['k'] : [])
    }
  })

  it('lets one of two win where the key may not be overwritten', async () => {
    const store = await newStore()
    const uploads = await Promise.all(['one', 'two'].map((word) => store.receive(bytes(word))))
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

    const reopened = await openStore(await openFolder(folder))
    expect(await read(reopened, 'k')).toBe('kept')
    expect(await readdir(folder)).not.toContain('incoming')
    await put(reopened, 'k', 'again')
    expect((await filesIn(folder)).some((name) => name.endsWith('stray'))).toBe(false)
  })

  it('ignores what is no bucket in its folder', async () => {
    const { folder } = await newStoreIn()
    await mkdir(join(folder, 'buckets/empty'))
    expect((await openStore(await openFolder(folder))).buckets().map(({ name }) => name)).toEqual(['photos'])
  })
})

async function newStoreIn(): Promise<{ store: Store; folder: string }> {
  const folder = await temporaryFolder()
  const store = await openStore(await openFolder(folder))
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
  const upload = await store.receive(bytes(content))
  await store.commit('photos', upload, attributesOf(key))
  await store.discard(upload)
}

function attributesOf(key: string): ObjectAttributes {
  const lastModified = new Date().toISOString()
  return {
    key,
    contentType: 'text/plain',
    lastModified,
    storageClass: 'Standard',
    acl: 'default',
    headers: {},
    tags: {},
  }
}

async function read(store: Store, key: string): Promise<string | undefined> {
  const opened = await store.openObject('photos', key)
  return opened && text(opened.read())
}

async function* bytes(content: string): AsyncGenerator<Buffer> {
  yield Buffer.from(content)
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries.filter((entry) => entry.isFile()).map((entry) => entry.name)
}

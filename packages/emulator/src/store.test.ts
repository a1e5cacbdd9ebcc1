import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { request as requestHttp } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { describe, expect, it, onTestFinished } from 'vitest'
import { FORM_TYPE, formBody, MiB, signedFields, startOss } from './stage.fixture.ts'
import { openStore, type Store } from './store.ts'

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

describe('an emulator killed in the middle of an upload', () => {
  it('shows the object that was there before, whole, and nothing of the new one', { timeout: 60_000 }, async () => {
    const folder = await temporaryFolder()
    const first = await startProcess(folder)
    const form = { content: Buffer.alloc(8 * MiB, 'new') }
    const whole = await fetch(`${first.origin}/photos`, {
      method: 'POST',
      headers: { 'content-type': FORM_TYPE },
      body: new Uint8Array(formBody([...signedFields(first), { content: 'before' }])),
    })
    expect(whole.status).toBe(204)

    const body = formBody([...signedFields(first), form])
    const upload = requestHttp(`${first.origin}/photos`, {
      method: 'POST',
      headers: { 'content-type': FORM_TYPE, 'content-length': body.length },
    })
    upload.on('error', () => undefined)
    upload.write(body.subarray(0, 6 * MiB))
    await expect.poll(async () => (await readdir(join(folder, 'incoming'))).length, { timeout: 5000 }).toBe(1)
    await sleep(100)
    await kill(first.child)

    const second = await startProcess(folder)
    expect(await readdir(join(folder, 'incoming'))).toEqual([])
    const store = await openStore(folder)
    expect(await read(store, 'a.txt')).toBe('before')
    await kill(second.child)
  })
})

it('a 300 MiB upload does not enter the heap', { timeout: 60_000 }, async () => {
  const oss = await startOss()
  const content = Buffer.alloc(MiB)
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().arrayBuffers - before)
  }, 20)
  const [start = Buffer.alloc(0), end = Buffer.alloc(0)] = splitForm(formBody([...signedFields(oss), { content: '|' }]))
  const status = await new Promise<number>((resolve, reject) => {
    const headers = { 'content-type': FORM_TYPE, 'content-length': start.length + end.length + 300 * MiB }
    const request = requestHttp(`${oss.origin}/photos`, { method: 'POST', headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on('error', reject)
    request.write(start)
    void (async () => {
      for (let sent = 0; sent < 300; sent += 1) {
        if (!request.write(content)) await new Promise((drained) => request.once('drain', drained))
      }
      request.end(end)
    })()
  })
  clearInterval(watch)
  expect(status).toBe(204)
  expect(most).toBeLessThan(64 * MiB)
})

function splitForm(form: Buffer): Buffer[] {
  const at = form.lastIndexOf('|')
  return [form.subarray(0, at), form.subarray(at + 1)]
}

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
  const attributes = {
    key,
    contentType: 'text/plain',
    lastModified: new Date().toISOString(),
    storageClass: 'Standard',
    acl: 'default' as const,
    headers: {},
  }
  await store.commit('photos', await store.receive(bytes(content)), attributes)
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

function startProcess(folder: string): Promise<{ child: ChildProcess; origin: string }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const args = ['--import', 'tsx', main, '--port', '0', '--data', folder, '--bucket', 'photos']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] })
  onTestFinished(() => kill(child))
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The emulator ended with ${code}`)))
    child.once('message', (message: { ready: string }) => resolve({ child, origin: message.ready }))
  })
}

function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve()
  return new Promise((resolve) => {
    child.removeAllListeners('exit')
    child.once('exit', () => resolve())
    child.kill('SIGKILL')
  })
}

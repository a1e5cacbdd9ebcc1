import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { combineCrc64 } from './crc64.ts'
import { type Files, readJson, writeJson } from './files.ts'
import { openFolder } from './folder.ts'
import { createMemory } from './memory.ts'

interface DigestVector {
  id: string
  kind: string
  input: { utf8?: string }
  expected: { decimal?: string; base64?: string }
}
const { vectors } = JSON.parse(readFileSync(new URL('../../../oss/vectors/digests.json', import.meta.url), 'utf8')) as {
  vectors: DigestVector[]
}
const digests = vectors.filter(({ kind }) => kind === 'crc64-ecma' || kind === 'content-md5')

describe.each([
  ['a folder', openTemporaryFolder],
  ['memory', async () => createMemory()],
])('files in %s', (_where, open) => {
  it.each(digests)('digest as the vector $id says', async ({ input, expected }) => {
    const files = await open()
    const bytes = Buffer.from(input.utf8 ?? '')
    // In pieces of one byte: the digests run on from chunk to chunk.
    const facts = await files.receive('a/b', from([...bytes].map((byte) => Buffer.from([byte]))))
    expect(facts.size).toBe(bytes.length)
    if (expected.decimal !== undefined) expect(facts.crc64).toBe(expected.decimal)
    if (expected.base64 !== undefined) expect(facts.md5).toBe(expected.base64)
    expect(await read(files, 'a/b')).toEqual(bytes)
  })

  it('keep what comes in many chunks, in order, and give any part of it', async () => {
    const files = await open()
    const chunks = Array.from({ length: 100 }, (_, index) => Buffer.alloc(70_000, index))
    await files.receive('many', from(chunks))
    const whole = Buffer.concat(chunks)
    expect((await read(files, 'many')).equals(whole)).toBe(true)
    for (const [start, end] of [
      [0, 0],
      [69_999, 70_000],
      [1, 6_999_998],
      [6_999_999, 6_999_999],
    ] as const) {
      expect((await read(files, 'many', { start, end })).equals(whole.subarray(start, end + 1))).toBe(true)
    }
  })

  it('count what is too much, and stop writing', async () => {
    const files = await open()
    const chunks = Array.from({ length: 100 }, () => Buffer.alloc(70_000))
    expect((await files.receive('much', from(chunks), 1_000_000)).size).toBe(7_000_000)
    expect((await read(files, 'much')).length).toBeLessThanOrEqual(1_000_000)
  })

  it('digest two streams at once, each by itself', async () => {
    const files = await open()
    const slow = async function* (text: string) {
      for (const character of text) {
        await new Promise(setImmediate)
        yield Buffer.from(character)
      }
    }
    const [one, two] = await Promise.all([
      files.receive('one', slow('123456789')),
      files.receive('two', slow('hello world')),
    ])
    expect([one.crc64, two.crc64]).toEqual(['11051210869376104954', '5981764153023615706'])
  })

  it('leave nothing of a stream that fails', async () => {
    const files = await open()
    const failing = async function* () {
      yield Buffer.from('half')
      throw new Error('gone')
    }
    await expect(files.receive('a/half', failing())).rejects.toThrow('gone')
    expect(await files.list('a')).toEqual([])
  })

  it('give a second name that outlives the first', async () => {
    const files = await open()
    await files.receive('first', from([Buffer.from('bytes')]))
    await files.link('first', 'deep/er/second')
    await files.remove('first')
    expect((await read(files, 'deep/er/second')).toString()).toBe('bytes')
    await expect(read(files, 'first')).rejects.toThrow()
    await expect(files.link('first', 'third')).rejects.toThrow()
  })

  it('list and remove a tree', async () => {
    const files = await open()
    await writeJson(files, 'a/b/c', { n: 1 })
    await files.writeText('a/d', 'text')
    expect((await files.list('a')).sort()).toEqual(['b', 'd'])
    expect(await files.list('a/d')).toEqual([])
    expect(await readJson(files, 'a/b/c')).toEqual({ n: 1 })
    await files.remove('a')
    await files.remove('a')
    expect(await files.list('a')).toEqual([])
    expect(await files.readText('a/d')).toBeUndefined()
  })
})

describe('the CRC64 of two pieces', () => {
  it.each(['', '1', '12345', '123456789'])('is that of the whole, cut behind %j', async (head) => {
    const files = createMemory()
    const tail = '123456789'.slice(head.length)
    const [first, second] = await Promise.all(
      [head, tail].map((text, index) => files.receive(String(index), from([Buffer.from(text)]))),
    )
    expect(combineCrc64(first?.crc64 ?? '', second?.crc64 ?? '', tail.length)).toBe('11051210869376104954')
  })
})

async function openTemporaryFolder(): Promise<Files> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-files-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return openFolder(folder)
}

function read(files: Files, path: string, range?: { start: number; end: number }): Promise<Buffer> {
  return buffer(files.read(path, range))
}

async function* from(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

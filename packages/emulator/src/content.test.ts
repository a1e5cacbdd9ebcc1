import { readFileSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { writeContent } from './content.ts'

interface DigestVector {
  id: string
  kind: string
  input: { utf8?: string }
  expected: { decimal?: string; base64?: string }
}
const { vectors } = JSON.parse(readFileSync(new URL('../../oss/vectors/digests.json', import.meta.url), 'utf8')) as {
  vectors: DigestVector[]
}

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oss-content-'))
})
afterAll(() => rm(folder, { recursive: true }))

it.each(vectors.filter(({ kind }) => kind === 'crc64-ecma' || kind === 'content-md5'))(
  'vector $id',
  async ({ id, input, expected }) => {
    const bytes = Buffer.from(input.utf8 ?? '')
    // In pieces of one byte: the digests run on from chunk to chunk.
    const pieces = async function* () {
      for (const byte of bytes) yield Buffer.from([byte])
    }
    const facts = await writeContent(pieces(), join(folder, id))
    expect(facts.size).toBe(bytes.length)
    if (expected.decimal !== undefined) expect(facts.crc64).toBe(expected.decimal)
    if (expected.base64 !== undefined) expect(facts.md5).toBe(expected.base64)
    expect(await readFile(join(folder, id))).toEqual(bytes)
  },
)

it('writes what comes in many chunks, in order', async () => {
  const chunks = Array.from({ length: 100 }, (_, index) => Buffer.alloc(70_000, index))
  await writeContent(from(chunks), join(folder, 'many'))
  expect((await readFile(join(folder, 'many'))).equals(Buffer.concat(chunks))).toBe(true)
})

it('counts what is too much, and stops writing', async () => {
  const chunks = Array.from({ length: 100 }, () => Buffer.alloc(70_000))
  const { size } = await writeContent(from(chunks), join(folder, 'much'), 1_000_000)
  expect(size).toBe(7_000_000)
  expect((await readFile(join(folder, 'much'))).length).toBeLessThanOrEqual(1_000_000)
})

it('digests two streams at once, each by itself', async () => {
  const slow = async function* (text: string) {
    for (const character of text) {
      await new Promise(setImmediate)
      yield Buffer.from(character)
    }
  }
  const [one, two] = await Promise.all([
    writeContent(slow('123456789'), join(folder, 'one')),
    writeContent(slow('hello world'), join(folder, 'two')),
  ])
  expect([one.crc64, two.crc64]).toEqual(['11051210869376104954', '5981764153023615706'])
})

async function* from(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks
}

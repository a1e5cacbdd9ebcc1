import { OssError } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { FormParts, type PartHeader } from './form-parts.ts'

const header = (disposition: string) => `--b\r\nContent-Disposition: form-data; ${disposition}\r\n`

describe('a multipart body', () => {
  // Everything in the contents looks a little like the boundary.
  const contents = [
    '',
    '\r',
    '\r\n',
    '\r\n-',
    '--b',
    '\n--b',
    '\r\r\n--',
    `${'\r\n--a'.repeat(9)}\r\n--`,
    'x'.repeat(99),
  ]
  const parts = contents.map((content, index) => `${header(`name="n${index}"`)}\r\n${content}\r\n`)
  const body = Buffer.from(`preamble\r\n${parts.join('')}--b--\r\nepilogue`)

  it.each([1, 2, 3, 5, 7, 16, 64, body.length])('is read the same in chunks of %d', async (size) => {
    const read = await readAll(chunked(body, size))
    expect(read.map(({ content }) => content)).toEqual(contents)
    expect(read.map(({ name }) => name)).toEqual(contents.map((_, index) => `n${index}`))
  })

  it('is held one chunk at a time, however long a part is', async () => {
    let inMemory = 0
    let most = 0
    async function* long() {
      yield Buffer.from(`${header('name="file"')}\r\n`)
      for (let index = 0; index < 100; index++) {
        inMemory += 1000
        yield Buffer.alloc(1000, 'x')
      }
      yield Buffer.from('\r\n--b--')
    }
    const reader = new FormParts(long(), 'b')
    await reader.next()
    for await (const piece of reader.content()) {
      inMemory -= piece.length
      most = Math.max(most, inMemory)
    }
    expect(most).toBeLessThan(100)
    expect(inMemory).toBe(0)
  })

  it('can be passed over, part by part', async () => {
    const reader = new FormParts(chunked(body, 10), 'b')
    for (const [index] of contents.entries()) expect((await reader.next())?.name).toBe(`n${index}`)
    expect(await reader.next()).toBeUndefined()
    expect(reader.position).toBeGreaterThan(body.length - 20)
  })
})

describe('the header of a part', () => {
  it.each<[string, string, Partial<PartHeader>]>([
    ['names without quotes', header('name=a; filename=b.txt'), { name: 'a', filename: 'b.txt' }],
    ['a file name that looks like a name', header('filename="; name=\\"key\\""; name="file"'), { name: 'file' }],
    ['a file name behind it that does', header('name="file"; filename="x; name=key"'), { name: 'file' }],
    ['a name given twice', header('name="a"; name="b"'), { name: 'a' }],
    ['an escaped quote', header('name="a"; filename="a\\"b"'), { filename: 'a"b' }],
    ['a backslash', header('name="a"; filename="C:\\dir\\b"'), { filename: 'C:\\dir\\b' }],
    ['UTF-8', header('name="猫"'), { name: '猫' }],
    ['characters that end a line elsewhere', header('name="a\u2028b"'), { name: 'a\u2028b' }],
    ['NUL', header('name="key\0"'), { name: 'key\0' }],
    ['a folded line', `--b\r\nContent-Disposition: form-data;\r\n  name="a"\r\n`, { name: 'a' }],
    ['white space behind the boundary', `--b \t\r\nContent-Disposition: form-data; name="a"\r\n`, { name: 'a' }],
    ['a content type', `${header('name="a"')}CONTENT-TYPE :text/plain \r\n`, { type: 'text/plain' }],
    ['an empty content type', `${header('name="a"')}Content-Type:\r\n`, { type: undefined }],
    ['no header', '--b\r\n', { name: undefined }],
    ['another disposition', '--b\r\nContent-Disposition: attachment; name="a"\r\n', { name: undefined }],
    ['__proto__', '--b\r\n__proto__: a\r\nconstructor: b\r\n', { name: undefined }],
  ])('may have %s', async (_what, head, expected) => {
    const [part] = await readAll(chunked(Buffer.from(`${head}\r\nx\r\n--b--`), 3))
    expect(part).toMatchObject(expected)
    expect(part?.content).toBe('x')
  })
})

describe('what is no multipart body', () => {
  const part = `${header('name="a"')}\r\nx\r\n`
  it.each([
    ['nothing', ''],
    ['text', 'a=b'],
    ['a boundary alone', '--b'],
    ['a boundary and a dash', '--b-'],
    ['another boundary', `${part.replaceAll('--b', '--c')}--c--`],
    ['a part without end', part],
    ['a header without end', header('name="a"')],
    ['a header that the next boundary ends', `--b\r\nnothing\r\n${part}--b--`],
    ['a header without colon', '--b\r\nnothing\r\n\r\nx\r\n--b--'],
    ['a bare line end in a header', '--b\r\na: b\nc: d\r\n\r\nx\r\n--b--'],
    ['a boundary that goes on', `--bee\r\n\r\nx\r\n--b--`],
    ['a header over 32 KB', `--b\r\na: ${'a'.repeat(33_000)}\r\n\r\nx\r\n--b--`],
  ])('%s', async (_what, text) => {
    for (const size of [1000, text.length + 1]) {
      await expect(readAll(chunked(Buffer.from(text), size))).rejects.toMatchObject({ code: 'MalformedPOSTRequest' })
    }
  })

  it('a header that goes on for ever, which is not read for ever', async () => {
    let chunks = 0
    async function* endless() {
      yield Buffer.from('--b\r\na: ')
      for (; chunks < 1000; chunks++) yield Buffer.alloc(1000, 'a')
    }
    await expect(readAll(endless())).rejects.toMatchObject({ code: 'MalformedPOSTRequest' })
    expect(chunks).toBeLessThan(50)
  })

  it('a boundary of 71 characters', () => {
    expect(() => new FormParts(chunked(Buffer.alloc(0), 1), 'b'.repeat(71))).toThrow(OssError)
  })
})

async function readAll(body: AsyncIterable<Buffer>): Promise<(PartHeader & { content: string })[]> {
  const reader = new FormParts(body, 'b')
  const read = []
  for (let part = await reader.next(); part; part = await reader.next()) {
    const pieces = []
    for await (const piece of reader.content()) pieces.push(piece)
    read.push({ ...part, content: Buffer.concat(pieces).toString() })
  }
  return read
}

async function* chunked(body: Buffer, size: number) {
  for (let at = 0; at < body.length; at += size) yield body.subarray(at, at + size)
}

import { describe, expect, it } from 'vitest'
import { differenceOf, fingerprintOf } from './same-file.ts'

const MIB = 1024 * 1024
const before = { name: 'a.bin', size: 4, type: '', lastModified: 5 }
const file = (content: BlobPart, { name = 'a.bin', lastModified = 5 } = {}) =>
  new File([content], name, { lastModified })

describe('without a fingerprint, a file is the same', () => {
  it.each([
    ['by name, size and date', file('1234'), undefined],
    ['of another length', file('12345'), 'It is another file: a.bin has 5 B, it had 4 B'],
    ['of another name', file('1234', { name: 'b.bin' }), 'It is another file: b.bin has another name'],
    ['changed since', file('1234', { lastModified: 6 }), 'It is another file: a.bin was changed since'],
  ])('%s', async (_, given, message) => {
    const difference = await differenceOf(given, { file: before })
    expect(difference?.message).toBe(message)
    if (message) expect(difference).toMatchObject({ code: 'file-changed', hint: expect.stringContaining('a.bin') })
  })
})

describe('a fingerprint', () => {
  const content = new Uint8Array(3 * MIB).map((_, index) => index % 251)

  it('is of the content, whatever the file is called', async () => {
    const fingerprint = await fingerprintOf(file(content))
    const copy = file(content, { name: 'copy.bin', lastModified: 9 })
    expect(await differenceOf(copy, { file: { ...before, size: 3 * MIB }, fingerprint })).toBeUndefined()
  })

  it.each([0, 1.5 * MIB, 3 * MIB - 1])('sees a byte that changed at %d', async (at) => {
    const fingerprint = await fingerprintOf(file(content))
    const other = content.slice()
    other[at] = 255
    const difference = await differenceOf(file(other), { file: { ...before, size: 3 * MIB }, fingerprint })
    expect(difference?.message).toBe('It is another file: a.bin has another content')
  })

  it.each([0, 1, 100_000])('is there for a file of %d bytes', async (size) => {
    expect(await fingerprintOf(file(content.slice(0, size)))).toMatch(/^[0-9a-f]{64}$/)
  })
})

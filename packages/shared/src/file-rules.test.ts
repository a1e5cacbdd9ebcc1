import { describe, expect, it } from 'vitest'
import { checkFile, formatBytes, matchesType } from './file-rules.ts'

const MiB = 1024 * 1024

describe('checkFile', () => {
  const rules = { accept: ['image/*', '.pdf'], minBytes: 1, maxBytes: 20 * MiB }

  it.each([
    ['an image', { name: 'cat.jpg', size: 1, type: 'image/jpeg' }],
    ['a file at the limit', { name: 'a.PDF', size: 20 * MiB, type: '' }],
  ])('takes %s', (_case, file) => {
    expect(checkFile(file, rules)).toEqual({ ok: true })
  })

  it.each([
    [
      'too large',
      { name: 'cat.mov', size: 48 * MiB, type: 'image/mov' },
      'file-too-large',
      'cat.mov is 48.0 MiB; at most 20.0 MiB are allowed',
    ],
    [
      'empty',
      { name: 'e.png', size: 0, type: 'image/png' },
      'file-too-small',
      'e.png is empty; at least 1 B are needed',
    ],
    [
      'another type',
      { name: 'a.exe', size: 1, type: 'application/x-dosexec' },
      'file-type-refused',
      'a.exe is application/x-dosexec; allowed: image/*, .pdf',
    ],
    [
      'no type',
      { name: 'README', size: 1, type: '' },
      'file-type-refused',
      'README has no known type; allowed: image/*, .pdf',
    ],
  ])('refuses a file that is %s, with the values', (_case, file, code, detail) => {
    expect(checkFile(file, rules)).toEqual({ ok: false, error: { code, detail } })
  })

  it('takes an empty file where the route allows it', () => {
    expect(checkFile({ name: 'e', size: 0, type: '' }, { accept: [], minBytes: 0, maxBytes: 1 })).toEqual({ ok: true })
  })
})

describe('matchesType', () => {
  it.each([
    ['image/png', 'a.png', ['image/png'], true],
    ['IMAGE/PNG', 'a', ['image/png'], true],
    ['image/svg+xml; charset=utf-8', 'a', ['image/svg+xml'], true],
    ['imagex/png', 'a.png', ['image/*'], false],
    ['', 'archive.tar.gz', ['.tar.gz'], true],
    ['text/plain', 'notpdf', ['.pdf'], false],
    ['text/plain', 'a', ['*/*'], true],
    ['', 'a', ['image/*'], false],
    ['image/png', 'a', [' image/png '], true],
  ])('%s named %s against %j: %s', (type, name, accept, expected) => {
    expect(matchesType({ type, name }, accept)).toBe(expected)
  })
})

describe('formatBytes', () => {
  it.each([
    [0, '0 B'],
    [1023, '1023 B'],
    [1024, '1.0 KiB'],
    [1.5 * MiB, '1.5 MiB'],
    [48.8 * 1024 ** 4, '48.8 TiB'],
    [5000 * 1024 ** 4, '5000.0 TiB'],
  ])('%d is %s', (bytes, text) => {
    expect(formatBytes(bytes)).toBe(text)
  })
})

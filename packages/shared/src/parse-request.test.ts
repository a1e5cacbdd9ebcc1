import { describe, expect, it } from 'vitest'
import { parseCompleteRequest, parseGrantRequest, parsePartsRequest } from './parse-request.ts'
import { UploadError } from './upload-error.ts'

const file = { name: 'cat.jpg', size: 3, type: 'image/jpeg' }

describe('parseGrantRequest', () => {
  it('reads what the wire describes and leaves the rest out', () => {
    const body = {
      route: 'avatar',
      input: { album: 7 },
      transport: 'post',
      files: [{ ...file, lastModified: 12, crc64: '11051210869376104954', path: '/etc' }],
      extra: 1,
    }
    expect(parseGrantRequest(body)).toEqual({
      route: 'avatar',
      input: { album: 7 },
      transport: 'post',
      files: [{ ...file, lastModified: 12, crc64: '11051210869376104954' }],
    })
  })

  it('takes a file of any name, empty and with no type', () => {
    const odd = { name: '../<img onerror=alert(1)>"猫🐱.png', size: 0, type: '' }
    expect(parseGrantRequest({ route: 'r', files: [odd] }).files).toEqual([odd])
  })

  it('takes a date before 1970', () => {
    expect(
      parseGrantRequest({ route: 'r', files: [{ ...file, lastModified: -86_400_000 }] }).files[0]?.lastModified,
    ).toBe(-86_400_000)
  })

  it.each([
    ['the body', undefined, 'the body must be an object'],
    ['the body as a list', [], 'the body must be an object'],
    ['no route', { files: [file] }, 'route must be a text'],
    ['no files', { route: 'r' }, 'files must be a list'],
    ['an empty list of files', { route: 'r', files: [] }, 'files must be a list of 1 to 50, not 0'],
    ['51 files', { route: 'r', files: Array(51).fill(file) }, 'files must be a list of 1 to 50, not 51'],
    [
      'a negative size',
      { route: 'r', files: [file, { ...file, size: -1 }] },
      'files[1].size must be a whole number, 0 or more',
    ],
    ['a fraction', { route: 'r', files: [{ ...file, size: 1.5 }] }, 'files[0].size must be a whole number, 0 or more'],
    [
      'a size as text',
      { route: 'r', files: [{ ...file, size: '3' }] },
      'files[0].size must be a whole number, 0 or more',
    ],
    ['no name', { route: 'r', files: [{ size: 1, type: '' }] }, 'files[0].name must be a text'],
    [
      'a name of 1,025 characters',
      { route: 'r', files: [{ ...file, name: 'x'.repeat(1025) }] },
      'files[0].name must be a text of at most 1024 characters, not 1025',
    ],
    [
      'an unknown transport',
      { route: 'r', transport: 'ftp', files: [file] },
      'transport must be one of post, put, multipart, sts',
    ],
  ])('refuses %s and names it', (_case, body, message) => {
    const error = catchError(() => parseGrantRequest(body))
    expect(error).toMatchObject({ code: 'request-invalid', status: 400, message })
    expect(error.hint).toBeTruthy()
  })
})

describe('parsePartsRequest', () => {
  it('reads part numbers', () => {
    expect(parsePartsRequest({ partNumbers: [1, 10_000] })).toEqual({ partNumbers: [1, 10_000] })
  })

  it.each([[[]], [[0]], [[10_001]], [Array(101).fill(1)], ['1']])('refuses %j', (partNumbers) => {
    expect(catchError(() => parsePartsRequest({ partNumbers })).code).toBe('request-invalid')
  })
})

describe('a CRC-64', () => {
  const places = {
    'of a file': (crc64: unknown) => parseGrantRequest({ route: 'r', files: [{ ...file, crc64 }] }).files[0]?.crc64,
    'of a completion': (crc64: unknown) => parseCompleteRequest({ crc64 }).crc64,
  }

  describe.each(Object.entries(places))('%s', (_place, parse) => {
    it.each(['0', '1', '9999999999999999999', '18446744073709551615'])('is read: %s', (crc64) => {
      expect(parse(crc64)).toBe(crc64)
    })

    it.each([
      ['a number, which has lost digits', Number('11051210869376104954')],
      ['a small number', 7],
      ['nothing', null],
      ['an empty text', ''],
      ['one more than 64 bits', '18446744073709551616'],
      ['20 nines', '9'.repeat(20)],
      ['21 digits', '1'.repeat(21)],
      ['a negative one', '-1'],
      ['a sign', '+1'],
      ['a fraction', '1.0'],
      ['an exponent', '1e19'],
      ['hexadecimal', '0x995dc9bb'],
      ['hexadecimal without saying so', '995dc9bbdf1939fa'],
      ['leading zeros', '007'],
      ['two zeros', '00'],
      ['spaces', ' 7'],
      ['a line end', '7\n'],
      ['separators', '1_000'],
      ['digits of another script', '\u0661\u0662\u0663'],
      ['10 kB', '1'.repeat(10_240)],
      ['a list', ['7']],
      ['SQL', "1' OR '1'='1"],
    ])('is refused: %s', (_case, crc64) => {
      const error = catchError(() => parse(crc64))
      expect(error).toMatchObject({ code: 'request-invalid', status: 400 })
      expect(error.message).toMatch(/^(files\[0\]\.)?crc64 must be /)
      expect(error.message.length).toBeLessThan(120)
    })
  })

  it('is refused by its length before it is read as a number, which takes ever longer', () => {
    expect(catchError(() => parseCompleteRequest({ crc64: '1'.repeat(10_240) })).message).toContain('at most 20')
  })

  it('may be left out, and with it the whole body of a completion', () => {
    for (const body of [undefined, {}, { other: 1 }]) expect(parseCompleteRequest(body)).toEqual({})
    for (const body of [null, [], 'crc64', 7])
      expect(catchError(() => parseCompleteRequest(body)).code).toBe('request-invalid')
  })
})

function catchError(run: () => unknown): UploadError {
  try {
    run()
  } catch (error) {
    if (error instanceof UploadError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

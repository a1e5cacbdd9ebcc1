import { describe, expect, it } from 'vitest'
import { parseGrantRequest, parsePartsRequest } from './parse-request.ts'
import { UploadError } from './upload-error.ts'

const file = { name: 'cat.jpg', size: 3, type: 'image/jpeg' }

describe('parseGrantRequest', () => {
  it('reads what the wire describes and leaves the rest out', () => {
    const body = {
      route: 'avatar',
      input: { album: 7 },
      transport: 'post',
      files: [{ ...file, lastModified: 12, path: '/etc' }],
      extra: 1,
    }
    expect(parseGrantRequest(body)).toEqual({
      route: 'avatar',
      input: { album: 7 },
      transport: 'post',
      files: [{ ...file, lastModified: 12 }],
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

function catchError(run: () => unknown): UploadError {
  try {
    run()
  } catch (error) {
    if (error instanceof UploadError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

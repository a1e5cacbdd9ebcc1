import { describe, expect, it } from 'vitest'
import { checkObjectKey, fileExtension } from './object-key.ts'

describe('checkObjectKey', () => {
  const id = 'abc123'
  it.each(['abc123', 'avatars/abc123.png', '用户/abc123', 'a b/abc123', '..a/...//a..b/.abc123'])('takes %s', (key) => {
    expect(checkObjectKey(key, { route: 'avatar', id })).toBe(key)
  })

  it.each([
    ['', 'is 0 bytes long'],
    [`abc123${'é'.repeat(509)}`, 'is 1024 bytes long'],
    ['/abc123', 'starts with a slash'],
    ['\\abc123', 'starts with a slash'],
    ['abc123/${filename}', 'holds one of'],
    ['abc123*', 'holds one of'],
    ['abc123?x', 'holds one of'],
    ['users/42/../43/abc123', 'has a folder'],
    ['./abc123', 'has a folder'],
    ['abc123/..', 'has a folder'],
    ['a\\..\\abc123', 'has a folder'],
    ['abc123\n', 'holds control characters'],
    ['abc123\ud800', 'holds control characters or half a character'],
    ['avatars/42.png', "does not hold the upload's id abc123"],
  ])('refuses %j', (key, fault) => {
    expect(() => checkObjectKey(key, { route: 'avatar', id })).toThrow(
      expect.objectContaining({
        code: 'internal',
        message: expect.stringContaining(fault),
        hint: expect.stringContaining('`key` function'),
      }),
    )
  })
})

describe('fileExtension', () => {
  it.each([
    ['Holiday.JPG', '.jpg'],
    ['archive.tar.gz', '.gz'],
    ['README', ''],
    ['.htaccess', ''],
    ['a/.htaccess', ''],
    ['a.verylongone', ''],
    ['a.p?g', ''],
    ['a.${filename}', ''],
    ['a.png ', ''],
    ['季度.', ''],
  ])('of %j is %j', (name, extension) => {
    expect(fileExtension(name)).toBe(extension)
  })
})

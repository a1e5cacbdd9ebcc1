import { expect, it } from 'vitest'
import { previewOf, SNIFFED_BYTES } from './content-type.ts'

const bytes = (text: string) => Buffer.from(text, 'latin1')

it.each([
  ['GIF', bytes('GIF89a\x01\x00'), 'image/gif'],
  ['JPEG', bytes('\xff\xd8\xff\xe0\x00'), 'image/jpeg'],
  ['WebP', bytes('RIFF\x00\x00\x00\x00WEBP'), 'image/webp'],
  ['AVIF', bytes('\x00\x00\x00\x20ftypavif'), 'image/avif'],
  ['BMP', bytes('BM\x00\x00'), 'image/bmp'],
  ['a text that begins like a BMP', bytes('BMW is a car'), 'text/plain; charset=utf-8'],
  ['Chinese', Buffer.from('文件内容'), 'text/plain; charset=utf-8'],
  [
    'a text cut within a character',
    Buffer.from('猫'.repeat(2000)).subarray(0, SNIFFED_BYTES),
    'text/plain; charset=utf-8',
  ],
  ['Latin-1', bytes('caf\xe9 ol\xe9'), 'application/octet-stream'],
  ['text with a zero', bytes('a\x00b'), 'application/octet-stream'],
  ['a program', bytes('\x7fELF\x02\x01'), 'application/octet-stream'],
])('%s', (_what, head, type) => {
  expect(previewOf(head).contentType).toBe(type)
})

import { expect, it } from 'vitest'
import { pictureSizeOf } from './picture-size.ts'

// Heads written by hand after the formats' specifications. What browsers can write is read back in the browser's tests.
it.each<[string, number[], { width: number; height: number } | undefined]>([
  ['GIF', [...ascii('GIF89a'), 0x40, 0x01, 0xf0, 0x00], { width: 320, height: 240 }],
  ['BMP', [...ascii('BM'), ...zeros(16), 0x80, 0x02, 0, 0, 0xe0, 0x01, 0, 0], { width: 640, height: 480 }],
  [
    'BMP from above',
    [...ascii('BM'), ...zeros(16), 0x80, 0x02, 0, 0, 0x20, 0xfe, 0xff, 0xff],
    { width: 640, height: 480 },
  ],
  [
    'WebP with more to it',
    [...ascii('RIFF'), ...zeros(4), ...ascii('WEBPVP8X'), ...zeros(8), 0xff, 0x0f, 0, 0xff, 0x07, 0],
    { width: 4096, height: 2048 },
  ],
  [
    'WebP without loss',
    [...ascii('RIFF'), ...zeros(4), ...ascii('WEBPVP8L'), ...zeros(4), 0x2f, 0x3f, 0xc1, 0x3b, 0],
    { width: 320, height: 240 },
  ],
  [
    'AVIF, the largest of its pictures',
    [...zeros(4), ...ascii('ftypavif'), ...ispe(160, 120), ...ispe(1600, 1200), ...ispe(16, 12), ...zeros(16)],
    { width: 1600, height: 1200 },
  ],
  ['JPEG that never comes to its picture', [0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff], undefined],
  ['PNG that ends too early', [0x89, 0x50, 0x4e, 0x47, 0x0d], undefined],
  ['PNG without pixels', [0x89, 0x50, 0x4e, 0x47, ...zeros(20)], undefined],
  ['text', ascii('GIMME all of it, please, thank you'), undefined],
  ['nothing', [], undefined],
])('%s', (_format, head, size) => {
  expect(pictureSizeOf(Uint8Array.from(head).buffer)).toEqual(size)
})

function ascii(text: string): number[] {
  return Array.from(text, (letter) => letter.charCodeAt(0))
}

function zeros(count: number): number[] {
  return Array.from({ length: count }, () => 0)
}

function ispe(width: number, height: number): number[] {
  return [0, 0, 0, 20, ...ascii('ispe'), ...zeros(4), 0, 0, width >> 8, width & 255, 0, 0, height >> 8, height & 255]
}

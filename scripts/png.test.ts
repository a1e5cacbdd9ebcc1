import { deflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { decodePng, encodeAnimation, encodePng, type Picture } from './png.mjs'

describe('a picture is kept', () => {
  it('to the pixel, as a palette, where it has few colours', () => {
    const picture = paint(40, 30, (x, y) => (x > 10 && y > 5 ? [51, 80, 207] : [251, 251, 252]))
    expect(colourTypeOf(encodePng(picture))).toBe(3)
    expect(decodePng(encodePng(picture))).toEqual(picture)
  })

  it('with the frequent colours as they are and the rare ones moved a little, where it has some more than 256', () => {
    const picture = paint(400, 2, (x, y) => (y === 0 ? [251, 251, 252] : [x % 200, (x % 200) + (x >= 200 ? 5 : 0), 9]))
    const kept = decodePng(encodePng(picture))
    expect(colourTypeOf(encodePng(picture))).toBe(3)
    expect(kept.rgb.subarray(0, 1200)).toEqual(picture.rgb.subarray(0, 1200))
    const moved = Math.max(...picture.rgb.map((value, at) => Math.abs(value - (kept.rgb[at] ?? 0))))
    expect(moved).toBeGreaterThan(0)
    expect(moved).toBeLessThanOrEqual(4)
  })

  it('to the pixel, in true colour, where it has too many for a palette', () => {
    const picture = paint(64, 64, (x, y) => [x * 4, y * 4, (x * y) % 256])
    expect(colourTypeOf(encodePng(picture))).toBe(2)
    expect(decodePng(encodePng(picture))).toEqual(picture)
  })
})

it('a picture is read whatever the filters of its lines', () => {
  // Worked out by hand from the specification; grey, so that the three bytes of a pixel are alike.
  const lines = [
    { filter: 0, written: [10, 40, 50, 60], meant: [10, 40, 50, 60] },
    { filter: 1, written: [1, 2, 0, 0], meant: [1, 3, 3, 3] },
    { filter: 2, written: [5, 5, 5, 5], meant: [6, 8, 8, 8] },
    { filter: 3, written: [1, 1, 0, 254], meant: [4, 7, 7, 5] },
    { filter: 4, written: [1, 1, 1, 1], meant: [5, 8, 9, 8] },
  ]
  const grey = (values: number[]) => values.flatMap((value) => [value, value, value])
  const png = encodePng(paint(4, 5, (x, y) => [x * 60, y * 60, 0]))
  const data = deflateSync(Buffer.from(lines.flatMap(({ filter, written }) => [filter, ...grey(written)])))
  const header = Buffer.from(png.subarray(0, 33))
  header[25] = 2
  const size = Buffer.alloc(4)
  size.writeUInt32BE(data.length)
  const { rgb } = decodePng(Buffer.concat([header, size, Buffer.from('IDAT'), data, Buffer.alloc(4)]))
  expect([...rgb]).toEqual(lines.flatMap(({ meant }) => grey(meant)))
})

describe('an animation', () => {
  const still = paint(20, 10, () => [0, 0, 0])
  const dot = paint(20, 10, (x, y) => (x >= 7 && x < 9 && y === 4 ? [255, 0, 0] : [0, 0, 0]))

  it('holds of each frame what has changed, and shows longer what has not', () => {
    const chunks = chunksOf(
      encodeAnimation([
        { ...still, ms: 100 },
        { ...still, ms: 50 },
        { ...dot, ms: 200 },
      ]),
    )
    expect(chunks.map(({ type }) => type)).toEqual(['IHDR', 'acTL', 'PLTE', 'fcTL', 'IDAT', 'fcTL', 'fdAT', 'IEND'])
    const controls = chunks.filter(({ type }) => type === 'fcTL').map(({ data }) => data)
    const read = (data: Buffer) => [0, 4, 8, 12, 16].map((at) => data.readUInt32BE(at)).concat(data.readUInt16BE(20))
    expect(controls.map(read)).toEqual([
      [0, 20, 10, 0, 0, 150],
      [1, 2, 1, 7, 4, 200],
    ])
    expect(chunks.find(({ type }) => type === 'acTL')?.data.readUInt32BE(0)).toBe(2)
  })

  it('begins with a picture that every reader of PNG knows', () => {
    expect(decodePng(encodeAnimation([{ ...dot, ms: 1 }]))).toEqual(dot)
  })
})

function paint(width: number, height: number, colourAt: (x: number, y: number) => number[]): Picture {
  const rgb = Buffer.alloc(width * height * 3)
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) rgb.set(colourAt(x, y), (y * width + x) * 3)
  return { width, height, rgb }
}

function colourTypeOf(png: Buffer): number | undefined {
  return png[25]
}

function chunksOf(png: Buffer): { type: string; data: Buffer }[] {
  const chunks = []
  for (let at = 8; at < png.length; at += png.readUInt32BE(at) + 12) {
    chunks.push({
      type: png.toString('latin1', at + 4, at + 8),
      data: png.subarray(at + 8, at + 8 + png.readUInt32BE(at)),
    })
  }
  return chunks
}

// @ts-check
// PNG as far as our pictures need it: what Chromium's screenshots are read from, and what is kept of them. Interfaces have few
// colours, and Chromium compresses for speed: as a palette the same picture is a third of the size.
import { crc32, deflateSync, inflateSync } from 'node:zlib'

/**
 * @typedef {object} Picture
 * @property {number} width in pixels
 * @property {number} height
 * @property {Buffer} rgb three bytes a pixel, row after row
 *
 * @typedef {Picture & { ms: number }} Frame shown for so long
 *
 * @typedef {object} Area
 * @property {number} x
 * @property {number} y
 * @property {number} width
 * @property {number} height
 *
 * @typedef {object} Ink how the pixels of a file are written
 * @property {number} colourType as PNG counts them: 2 for RGB, 3 for a palette
 * @property {Buffer | undefined} palette three bytes a colour
 * @property {(picture: Picture, area: Area) => Buffer} lines of an area, each behind the number of its filter
 */

const SIGNATURE = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
const RGB = 2
const PALETTE = 3
const RGBA = 6

/**
 * Reads 8 bit RGB, with an alpha channel or without (it is dropped: pages are opaque), and palettes.
 * @param {Buffer} png @returns {Picture}
 */
export function decodePng(png) {
  const chunks = readChunks(png)
  const header = chunks.find(({ type }) => type === 'IHDR')?.data
  if (header === undefined) throw new TypeError('A PNG begins with IHDR, and there is none')
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)]
  const [depth, colourType, , , interlaced] = header.subarray(8)
  const channels = { [RGB]: 3, [PALETTE]: 1, [RGBA]: 4 }[colourType ?? -1]
  if (depth !== 8 || channels === undefined || interlaced !== 0) {
    throw new TypeError(`Neither RGB nor a palette of 8 bits: depth ${depth}, colour type ${colourType}`)
  }
  const data = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)))
  const bytes = unfilter(data, width * channels, height, channels)
  const palette = chunks.find(({ type }) => type === 'PLTE')?.data
  const rgb = Buffer.alloc(width * height * 3)
  for (let pixel = 0; pixel < width * height; pixel++) {
    const source = palette ?? bytes
    const from = palette === undefined ? pixel * channels : (bytes[pixel] ?? 0) * 3
    source.copy(rgb, pixel * 3, from, from + 3)
  }
  return { width, height, rgb }
}

/** @param {Picture} picture @returns {Buffer} */
export function encodePng(picture) {
  const ink = chooseInk([picture])
  return Buffer.concat([
    SIGNATURE,
    headerOf(picture, ink),
    paletteOf(ink),
    chunk('IDAT', compress(ink, picture, { x: 0, y: 0, width: picture.width, height: picture.height })),
    chunk('IEND'),
  ])
}

/**
 * An animated PNG that runs for ever. Each frame holds only what has changed since the one before.
 * @param {readonly Frame[]} frames of one size @returns {Buffer}
 */
export function encodeAnimation(frames) {
  const [first, ...rest] = frames
  if (first === undefined) throw new TypeError('An animation needs a frame')
  const ink = chooseInk(frames)
  /** @type {{ picture: Picture, area: Area, ms: number }[]} */
  const steps = [{ picture: first, area: { x: 0, y: 0, width: first.width, height: first.height }, ms: first.ms }]
  let before = first
  for (const frame of rest) {
    const area = changedArea(before, frame)
    const last = steps.at(-1)
    if (area !== undefined) steps.push({ picture: frame, area, ms: frame.ms })
    else if (last !== undefined) last.ms += frame.ms
    before = frame
  }
  let sequence = 0
  const bodies = steps.flatMap(({ picture, area, ms }, index) => {
    const control = Buffer.alloc(26)
    for (const [at, value] of [sequence++, area.width, area.height, area.x, area.y].entries()) {
      control.writeUInt32BE(value, at * 4)
    }
    control.writeUInt16BE(Math.min(ms, 65_535), 20)
    control.writeUInt16BE(1000, 22)
    const data = compress(ink, picture, area)
    if (index === 0) return [chunk('fcTL', control), chunk('IDAT', data)]
    const numbered = Buffer.alloc(4)
    numbered.writeUInt32BE(sequence++)
    return [chunk('fcTL', control), chunk('fdAT', Buffer.concat([numbered, data]))]
  })
  const animation = Buffer.alloc(8)
  animation.writeUInt32BE(steps.length)
  return Buffer.concat([
    SIGNATURE,
    headerOf(first, ink),
    chunk('acTL', animation),
    paletteOf(ink),
    ...bodies,
    chunk('IEND'),
  ])
}

/** The most frequent colours stay as they are: surfaces, lines and texts. The others are edges of letters, between two of them. */
const UNTOUCHED = 96
/** By so much may such a colour move in each channel for the sake of a palette: less than anybody sees, or a test compares. */
const FARTHEST = [0, 2, 4, 8, 12, 16]

/** @param {readonly Picture[]} pictures @returns {Ink} */
function chooseInk(pictures) {
  /** @type {Map<number, number>} */
  const counts = new Map()
  for (const { rgb } of pictures) {
    for (let at = 0; at < rgb.length; at += 3) {
      const colour = rgb.readUIntBE(at, 3)
      counts.set(colour, (counts.get(colour) ?? 0) + 1)
    }
  }
  const colours = [...counts].sort(([, one], [, other]) => other - one).map(([colour]) => colour)
  for (const farthest of FARTHEST) {
    const ink = paletteInk(colours, farthest)
    if (ink !== undefined) return ink
  }
  return { colourType: RGB, palette: undefined, lines: rgbLines }
}

/** @param {readonly number[]} colours the most frequent first @param {number} farthest @returns {Ink | undefined} */
function paletteInk(colours, farthest) {
  /** @type {number[]} */
  const kept = []
  /** @type {Map<number, number>} */
  const places = new Map()
  for (const colour of colours) {
    const place = kept.length < UNTOUCHED ? undefined : nearest(colour, kept, farthest)
    places.set(colour, place ?? kept.length)
    if (place === undefined && kept.push(colour) > 256) return undefined
  }
  const palette = Buffer.alloc(kept.length * 3)
  for (const [place, colour] of kept.entries()) palette.writeUIntBE(colour, place * 3, 3)
  return {
    colourType: PALETTE,
    palette,
    lines({ width, rgb }, area) {
      const lines = Buffer.alloc((area.width + 1) * area.height)
      for (let y = 0; y < area.height; y++) {
        for (let x = 0; x < area.width; x++) {
          const colour = rgb.readUIntBE(((area.y + y) * width + area.x + x) * 3, 3)
          lines[y * (area.width + 1) + 1 + x] = places.get(colour) ?? 0
        }
      }
      return lines
    },
  }
}

/** @param {number} colour @param {readonly number[]} palette @param {number} farthest @returns {number | undefined} its place */
function nearest(colour, palette, farthest) {
  let [least, found] = [farthest + 1, -1]
  for (const [place, other] of palette.entries()) {
    const distance = Math.max(
      Math.abs((colour >> 16) - (other >> 16)),
      Math.abs(((colour >> 8) & 255) - ((other >> 8) & 255)),
      Math.abs((colour & 255) - (other & 255)),
    )
    if (distance < least) [least, found] = [distance, place]
  }
  return found < 0 ? undefined : found
}

/** Each line with the filter that leaves the smallest numbers. @type {Ink['lines']} */
function rgbLines({ width, rgb }, area) {
  const length = area.width * 3
  const lines = Buffer.alloc((length + 1) * area.height)
  /** @type {Buffer} */
  let above = Buffer.alloc(length)
  for (let y = 0; y < area.height; y++) {
    const from = ((area.y + y) * width + area.x) * 3
    const line = rgb.subarray(from, from + length)
    let least = Number.POSITIVE_INFINITY
    for (const [filter, predict] of PREDICTORS.entries()) {
      const filtered = Buffer.alloc(length)
      let sum = 0
      for (let at = 0; at < length; at++) {
        const [left, corner] = at < 3 ? [0, 0] : [line[at - 3] ?? 0, above[at - 3] ?? 0]
        const difference = ((line[at] ?? 0) - predict(left, above[at] ?? 0, corner)) & 255
        filtered[at] = difference
        sum += difference < 128 ? difference : 256 - difference
      }
      if (sum >= least) continue
      least = sum
      lines[y * (length + 1)] = filter
      filtered.copy(lines, y * (length + 1) + 1)
    }
    above = line
  }
  return lines
}

/** By PNG's numbers: none, sub, up, average, Paeth. @type {((left: number, up: number, corner: number) => number)[]} */
const PREDICTORS = [
  () => 0,
  (left) => left,
  (_left, up) => up,
  (left, up) => (left + up) >> 1,
  (left, up, corner) => {
    const estimate = left + up - corner
    const [toLeft, toUp, toCorner] = [left, up, corner].map((value) => Math.abs(estimate - value))
    if ((toLeft ?? 0) <= (toUp ?? 0) && (toLeft ?? 0) <= (toCorner ?? 0)) return left
    return (toUp ?? 0) <= (toCorner ?? 0) ? up : corner
  },
]

/** @param {Buffer} data @param {number} length of a line @param {number} height @param {number} step bytes a pixel */
function unfilter(data, length, height, step) {
  const bytes = Buffer.alloc(length * height)
  for (let y = 0; y < height; y++) {
    const predict = PREDICTORS[data[y * (length + 1)] ?? 0]
    if (predict === undefined) throw new TypeError(`PNG has no filter ${data[y * (length + 1)]}`)
    for (let at = 0; at < length; at++) {
      const to = y * length + at
      const left = at < step ? 0 : (bytes[to - step] ?? 0)
      const up = y === 0 ? 0 : (bytes[to - length] ?? 0)
      const corner = at < step || y === 0 ? 0 : (bytes[to - length - step] ?? 0)
      bytes[to] = ((data[y * (length + 1) + 1 + at] ?? 0) + predict(left, up, corner)) & 255
    }
  }
  return bytes
}

/** @param {Picture} before @param {Picture} after @returns {Area | undefined} */
function changedArea(before, after) {
  const { width, height } = after
  let [left, top, right, bottom] = [width, height, -1, -1]
  for (let y = 0; y < height; y++) {
    const [from, to] = [y * width * 3, (y + 1) * width * 3]
    if (before.rgb.compare(after.rgb, from, to, from, to) === 0) continue
    const differs = (/** @type {number} */ x) => {
      const at = from + x * 3
      return before.rgb.readUIntBE(at, 3) !== after.rgb.readUIntBE(at, 3)
    }
    let [start, end] = [0, width - 1]
    while (!differs(start)) start++
    while (!differs(end)) end--
    left = Math.min(left, start)
    right = Math.max(right, end)
    top = Math.min(top, y)
    bottom = y
  }
  return right < 0 ? undefined : { x: left, y: top, width: right - left + 1, height: bottom - top + 1 }
}

/** @param {Ink} ink @param {Picture} picture @param {Area} area */
function compress(ink, picture, area) {
  return deflateSync(ink.lines(picture, area), { level: 9 })
}

/** @param {Picture} picture @param {Ink} ink */
function headerOf({ width, height }, { colourType }) {
  const data = Buffer.alloc(13)
  data.writeUInt32BE(width, 0)
  data.writeUInt32BE(height, 4)
  data.set([8, colourType, 0, 0, 0], 8)
  return chunk('IHDR', data)
}

/** @param {Ink} ink */
function paletteOf({ palette }) {
  return palette === undefined ? Buffer.alloc(0) : chunk('PLTE', palette)
}

/** @param {string} type @param {Buffer} [data] */
function chunk(type, data = Buffer.alloc(0)) {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
  const frame = Buffer.alloc(8)
  frame.writeUInt32BE(data.length, 0)
  frame.writeUInt32BE(crc32(body), 4)
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
}

/** @param {Buffer} png */
function readChunks(png) {
  if (!png.subarray(0, 8).equals(SIGNATURE)) throw new TypeError('This is no PNG')
  const chunks = []
  for (let at = 8; at + 12 <= png.length; ) {
    const length = png.readUInt32BE(at)
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) })
    at += length + 12
  }
  return chunks
}

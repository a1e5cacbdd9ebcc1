export interface PictureSize {
  width: number
  height: number
}

/**
 * How many pixels a picture has, read from the beginning of its file without unpacking it. Undefined where that does not say.
 * Sources: the formats' own specifications; RFC 9649 for WebP, ISO/IEC 23008-12 for the `ispe` box of AVIF.
 */
export function pictureSizeOf(head: ArrayBuffer): PictureSize | undefined {
  const view = new DataView(head)
  try {
    const size = read(view)
    return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
  } catch {
    return undefined // it ends too early
  }
}

function read(view: DataView): PictureSize | undefined {
  const magic = view.getUint32(0)
  if (magic === 0x89504e47) return { width: view.getUint32(16), height: view.getUint32(20) } // PNG
  if (magic >>> 8 === 0xffd8ff) return readJpeg(view)
  if (magic === word('GIF8')) return { width: view.getUint16(6, true), height: view.getUint16(8, true) }
  if (magic >>> 16 === 0x424d) {
    // BMP: a negative height means that its lines run downwards.
    return { width: view.getInt32(18, true), height: Math.abs(view.getInt32(22, true)) }
  }
  if (magic === word('RIFF') && view.getUint32(8) === word('WEBP')) return readWebp(view)
  if (view.getUint32(4) === word('ftyp')) return readAvif(view)
  return undefined
}

function readJpeg(view: DataView): PictureSize | undefined {
  for (let at = 2; view.getUint8(at) === 0xff; ) {
    const marker = view.getUint8(at + 1)
    if (marker === 0xff) {
      at += 1 // padding
      continue
    }
    const beginsFrame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc
    if (beginsFrame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) }
    at += 2 + view.getUint16(at + 2)
  }
  return undefined
}

function readWebp(view: DataView): PictureSize | undefined {
  switch (view.getUint32(12)) {
    case word('VP8 '):
      return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff }
    case word('VP8L'): {
      const bits = view.getUint32(21, true)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case word('VP8X'):
      return { width: (view.getUint32(24, true) & 0xffffff) + 1, height: (view.getUint32(26, true) >>> 8) + 1 }
    default:
      return undefined
  }
}

/** The largest of its pictures: it may be put together of tiles, and have a small copy of itself. */
function readAvif(view: DataView): PictureSize | undefined {
  let largest: PictureSize | undefined
  const end = Math.min(view.byteLength, 16_384) - 16
  for (let at = 0; at <= end; at += 1) {
    if (view.getUint32(at) !== word('ispe')) continue
    const size = { width: view.getUint32(at + 8), height: view.getUint32(at + 12) }
    if (largest === undefined || size.width * size.height > largest.width * largest.height) largest = size
  }
  return largest
}

function word(text: string): number {
  return Array.from(text).reduce((sum, letter) => sum * 256 + letter.charCodeAt(0), 0)
}

import { pictureSizeOf } from './picture-size.ts'

/** Twice the 40 px at which it is shown. */
const SMALL_PX = 80
/** 256 MB once it is unpacked. A few kilobytes can claim to be many times that. */
const MOST_PIXELS = 64_000_000
const HEAD_BYTES = 256 * 1024

/** A small copy of a picture; undefined where it has too many pixels, or does not say how many. Rejects where it is broken. */
export async function shrinkPicture(file: Blob): Promise<ImageBitmap | undefined> {
  const size = pictureSizeOf(await file.slice(0, HEAD_BYTES).arrayBuffer())
  if (size === undefined || size.width * size.height > MOST_PIXELS) return undefined
  return createImageBitmap(file, smallSizeOf(size))
}

/** The shorter side gets `SMALL_PX`, unless it is a very long strip. */
export function smallSizeOf({ width, height }: { width: number; height: number }): ImageBitmapOptions {
  const ratio = Math.min(Math.max(width, height) / Math.min(width, height), 4)
  const longer = Math.round(SMALL_PX * ratio)
  // One side only: the browser keeps the proportions, also of a photograph that says that it lies on its side.
  return { resizeQuality: 'medium', ...(width >= height ? { resizeWidth: longer } : { resizeHeight: longer }) }
}

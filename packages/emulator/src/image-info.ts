import { open } from 'node:fs/promises'
import { disableTypes, imageSize, types } from 'image-size'

export interface ImageInfo {
  width: number
  height: number
  /** `jpg`, `png` … */
  format: string
}

// What OSS reads as an image. The library knows more, and takes a file full of zeros for a TGA.
const FORMATS: readonly string[] = ['bmp', 'gif', 'heif', 'jpg', 'png', 'tiff', 'webp'] satisfies typeof types
disableTypes(types.filter((type) => !FORMATS.includes(type)))

const HEAD_BYTES = 512 * 1024

/**
 * Size and format of an image, from its bytes and never from its content type; nothing for what is no image, `broken`
 * for what begins like one and cannot be read.
 */
export async function readImageInfo(file: string): Promise<ImageInfo | 'broken' | undefined> {
  const head = await readHead(file)
  try {
    const { width, height, type = '' } = imageSize(head)
    return { width, height, format: type }
  } catch (error) {
    // Only its texts tell "of no known type" from "of a type, and broken".
    const message = error instanceof Error ? error.message : ''
    if (message === 'unsupported file type: undefined' || message.startsWith('disabled file type')) return undefined
    return 'broken'
  }
}

async function readHead(file: string): Promise<Uint8Array> {
  const handle = await open(file, 'r')
  try {
    const { size } = await handle.stat()
    // With zeros behind a file of a few bytes, where the library would look beyond its end.
    const head = new Uint8Array(Math.max(64, Math.min(size, HEAD_BYTES)))
    await handle.read(head, 0, head.length, 0)
    return head
  } finally {
    await handle.close()
  }
}

import { disableTypes, imageSize, types } from 'image-size'
import type { Files } from '../store/files.ts'

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
export async function readImageInfo(
  files: Files,
  pieces: readonly { file: string; size: number }[],
): Promise<ImageInfo | 'broken' | undefined> {
  const head = await readHead(files, pieces)
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

async function readHead(files: Files, pieces: readonly { file: string; size: number }[]): Promise<Uint8Array> {
  const chunks: Uint8Array[] = []
  let wanted = HEAD_BYTES
  for (const { file, size } of pieces) {
    if (size === 0) continue
    for await (const chunk of files.read(file, { start: 0, end: wanted - 1 })) chunks.push(chunk)
    wanted -= size
    if (wanted <= 0) break
  }
  // With zeros behind a file of a few bytes, where the library would look beyond its end.
  return Buffer.concat([...chunks, Buffer.alloc(64)])
}

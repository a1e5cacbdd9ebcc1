import { randomBytes } from 'node:crypto'
import { link, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { takePhotograph } from '../scale/photograph.ts'
import type { BrowserStage, SentFiles } from './browser-stage.ts'

/** `pictures` are JPEG of 1280 × 960 pixels, which a list shows in small. */
export type Kind = 'files' | 'pictures'

export type SampleFiles = (kind: Kind, count: number) => SentFiles

/** Of every one, whatever its kind. */
const FILE_BYTES = 50_000

/** Each has bytes of its own, up to `distinct`; from there to `most` they are the first again, by other names. */
export async function makeSampleFiles(stage: BrowserStage, distinct: number, most: number): Promise<SampleFiles> {
  const photograph = await stage.withPage((page) =>
    takePhotograph(page, { width: 1280, height: 960, spots: 150, quality: 0.7 }),
  )
  const make = async (kind: Kind, ending: string, content: () => Buffer) => {
    const folder = join(stage.folder, kind)
    await mkdir(folder)
    const paths = Array.from({ length: most }, (_, number) => join(folder, `${kind}-${number}.${ending}`))
    for (const [number, path] of paths.entries()) {
      if (number < distinct) await writeFile(path, content())
      else await link(paths[number % distinct] ?? '', path)
    }
    return paths
  }
  const paths = {
    files: await make('files', 'bin', () => randomBytes(FILE_BYTES)),
    pictures: await make('pictures', 'jpg', () => withComment(photograph)),
  }
  return (kind, count) => ({ paths: paths[kind].slice(0, count), bytes: count * FILE_BYTES })
}

/** Random bytes where JPEG has comments, behind its first marker, as many as are missing. */
function withComment(picture: Buffer): Buffer {
  const comment = randomBytes(FILE_BYTES - picture.length - 4)
  const head = Buffer.from([0xff, 0xfe, 0, 0])
  head.writeUInt16BE(comment.length + 2, 2)
  return Buffer.concat([picture.subarray(0, 2), head, comment, picture.subarray(2)])
}

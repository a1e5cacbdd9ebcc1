import type { FileFacts } from '@oss-direct/uploader'
import { useEffect, useRef, useState } from 'react'
import { FileIcon } from './icons.tsx'

/** A small picture of an image file; for every other file its extension. */
export function Thumbnail({ file }: { file: File | FileFacts }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drawn, setDrawn] = useState(false)
  const picture = isPicture(file)

  useEffect(() => {
    if (!picture) return
    const abort = new AbortController()
    drawings.add(async () => {
      if (abort.signal.aborted || canvas.current === null) return
      // The browser decodes and shrinks off the main thread. No object URL is made, so there is none to be freed.
      const bitmap = await createImageBitmap(file, { resizeWidth: SIZE, resizeQuality: 'medium' })
      if (abort.signal.aborted || canvas.current === null) return bitmap.close()
      canvas.current.width = bitmap.width
      canvas.current.height = bitmap.height
      canvas.current.getContext('bitmaprenderer')?.transferFromImageBitmap(bitmap)
      setDrawn(true)
    })
    return () => abort.abort()
  }, [file, picture])

  return (
    <span className="od-thumbnail" aria-hidden="true">
      {picture && <canvas ref={canvas} hidden={!drawn} />}
      {!drawn && <FileSign name={file.name} />}
    </span>
  )
}

/** What stands for a file that has no picture: its extension, or a sheet of paper. */
export function FileSign({ name }: { name: string }) {
  const extension = /\.([a-z0-9]{1,4})$/i.exec(name)?.[1]
  return extension === undefined ? <FileIcon /> : <span className="od-extension">{extension.toUpperCase()}</span>
}

/** Twice the 40 px at which it is shown. */
const SIZE = 80
const PICTURE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])
/** Larger ones take longer to decode than anybody looks at them. */
const MAX_BYTES = 32 * 1024 * 1024

function isPicture(file: File | FileFacts): file is File {
  return file instanceof File && PICTURE_TYPES.has(file.type) && file.size > 0 && file.size <= MAX_BYTES
}

// A few at a time: 200 photographs at once would take all the memory and every decoder of the browser.
const AT_ONCE = 2
const drawings = {
  waiting: [] as (() => Promise<void>)[],
  running: 0,
  add(draw: () => Promise<void>) {
    this.waiting.push(draw)
    this.next()
  },
  next() {
    if (this.running >= AT_ONCE) return
    const draw = this.waiting.shift()
    if (draw === undefined) return
    this.running += 1
    // A picture that cannot be decoded keeps its sign; that is all there is to do about it.
    const ended = () => {
      this.running -= 1
      this.next()
    }
    draw().then(ended, ended)
  },
}

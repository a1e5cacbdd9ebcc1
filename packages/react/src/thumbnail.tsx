import type { FileFacts } from '@oss-direct/uploader'
import { useEffect, useRef, useState } from 'react'
import { FileSign } from './file-sign.tsx'

/** A small picture of a photograph or a film; for every other file a sign of what it is. */
export function Thumbnail({ file }: { file: File | FileFacts }) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const [drawn, setDrawn] = useState<File | FileFacts>()
  const picture = isPicture(file)

  useEffect(() => {
    if (!isPicture(file)) return
    const abort = new AbortController()
    // Loaded with the first picture: a page that takes none has no use for it.
    import('./small-pictures.ts')
      .then(({ smallPictureOf }) => smallPictureOf(file, abort.signal))
      .then((bitmap) => {
        const surface = canvas.current
        if (abort.signal.aborted || bitmap === undefined || surface === null) return
        surface.width = bitmap.width
        surface.height = bitmap.height
        surface.getContext('2d')?.drawImage(bitmap, 0, 0)
        setDrawn(file)
      })
      // A file that cannot be shown keeps its sign; that is all there is to do about it.
      .catch(() => {})
    return () => abort.abort()
  }, [file])

  return (
    <span className="od-thumbnail" aria-hidden="true">
      {picture && <canvas className="od-picture" ref={canvas} hidden={drawn !== file} />}
      {drawn !== file && <FileSign name={file.name} type={file.type} />}
    </span>
  )
}

const PICTURE = /^(image\/(png|jpeg|gif|webp|avif|bmp)|video\/(mp4|webm|ogg|quicktime|x-matroska))$/
/** Of a photograph every byte is read; of a film the browser reads what it needs for one frame. */
const LARGEST = { image: 64 * 1024 ** 2, video: 4 * 1024 ** 3 }

function isPicture(file: File | FileFacts): file is File {
  if (!(file instanceof File) || file.size === 0 || !PICTURE.test(file.type)) return false
  return file.size <= LARGEST[file.type.startsWith('image/') ? 'image' : 'video']
}

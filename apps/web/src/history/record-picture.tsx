import { FileSign } from '@oss-direct/react'
import type { UploadRecord } from '@oss-direct/shared'
import { useState } from 'react'
import { contentAddress } from '../api.ts'

// A browser draws these and runs nothing in them. Everything else gets its extension or a sheet of paper.
const PICTURE_TYPES = new Set(['image/png', 'image/jpeg', 'image/gif', 'image/webp', 'image/avif', 'image/bmp'])
/**
 * Larger ones are not fetched and unpacked whole for a few pixels, 48 MB for each photograph of a telephone. OSS would scale them
 * down (`x-oss-process=image/resize`), the local one does not.
 */
const MAX_PICTURE_BYTES = 1024 * 1024

/** A small picture of what the bucket holds, fetched when it comes into sight. */
export function RecordPicture({ record: { id, file, status, object } }: { record: UploadRecord }) {
  const [broken, setBroken] = useState(false)
  const isPicture = object !== undefined && PICTURE_TYPES.has(object.mimeType) && object.size <= MAX_PICTURE_BYTES
  return (
    <span className="record-picture" aria-hidden="true">
      {status === 'settled' && isPicture && !broken ? (
        <img src={contentAddress(id)} alt="" loading="lazy" decoding="async" onError={() => setBroken(true)} />
      ) : (
        <FileSign name={file.name} />
      )}
    </span>
  )
}

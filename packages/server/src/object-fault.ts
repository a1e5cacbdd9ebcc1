import { type StoredObject, UploadError } from '@oss-direct/shared'
import type { StoredUpload } from './store.ts'

/** What stands at the key, and how it came to be. */
export type FoundObject = StoredObject & { objectType?: string | undefined }

/** Why what the bucket holds is not the granted file, by what the bucket says of it; nothing where it is. */
export function objectFault(upload: StoredUpload, object: FoundObject): UploadError | undefined {
  return mismatchOf(upload, object) ?? damageOf(upload, object)
}

/**
 * Whether it is something that no grant is for, though temporary keys can make it: a link, which may lead to an object that
 * only we may read, or an object to which more can be appended.
 */
export function isForeignKind({ objectType }: Pick<FoundObject, 'objectType'>): boolean {
  return objectType !== undefined && objectType !== 'Normal' && objectType !== 'Multipart'
}

/** Whether this checksum is of another file than the upload has been of so far. */
export function isOtherFile(upload: StoredUpload, crc64: string | undefined): crc64 is string {
  const known = knownCrc64(upload)
  return crc64 !== undefined && known !== undefined && crc64 !== known
}

/**
 * The first checksum stands, since what OSS holds may be of both files. It ends nothing: what was uploaded under the first
 * may be whole, or be with the application already.
 */
export function otherFile(upload: StoredUpload, crc64: string): UploadError {
  return new UploadError(
    'checksum-mismatch',
    `The upload ${upload.id} is of a file whose CRC-64 is ${knownCrc64(upload)}, not ${crc64}`,
    { hint: 'The file was changed after its upload had begun: upload it anew.' },
  )
}

/** A record that was settled without a checksum of the browser's still has the bucket's. */
function knownCrc64({ file, object }: StoredUpload): string | undefined {
  return object?.crc64 ?? file.crc64
}

function mismatchOf({ file, mimeType }: StoredUpload, object: FoundObject): UploadError | undefined {
  const wrong = [
    ...(isForeignKind(object) ? [`an object of the type ${object.objectType}`] : []),
    ...(object.size === file.size ? [] : [`${object.size} bytes instead of ${file.size}`]),
    ...(sameType(object.mimeType, mimeType) ? [] : [`${object.mimeType} instead of ${mimeType}`]),
  ]
  if (wrong.length === 0) return undefined
  return new UploadError(
    'object-mismatch',
    `What arrived is not what was granted: ${wrong.join(', ')}. It was deleted`,
    {
      hint: 'Send the granted fields or headers unchanged, with the very file that the grant was asked for.',
    },
  )
}

/** Nothing where the browser said no checksum, or the bucket has none. */
function damageOf({ file }: StoredUpload, { crc64 }: StoredObject): UploadError | undefined {
  if (file.crc64 === undefined || crc64 === undefined || crc64 === file.crc64) return undefined
  return new UploadError(
    'checksum-mismatch',
    `What arrived is not what was read from the file: its CRC-64 is ${crc64} instead of ${file.crc64}. It was deleted`,
    { hint: 'It was damaged on its way, or the file was changed while it was sent: upload it again.' },
  )
}

function sameType(a: string, b: string): boolean {
  const plain = (type: string) => type.toLowerCase().replaceAll(' ', '')
  return plain(a) === plain(b)
}

import {
  type BucketAddress,
  type Credentials,
  type PostForm,
  type SignatureVersion,
  signPostPolicy,
} from '@oss-direct/oss'
import contentDisposition from 'content-disposition'
import { type CallbackRequest, callbackFields } from './callback-fields.ts'
import type { StoredUpload } from './store.ts'

export interface FormGrantRequest {
  upload: StoredUpload
  /** The public one: browsers send to it. */
  bucket: BucketAddress
  credentials: Credentials
  version: SignatureVersion
  /** By OSS's clock. */
  now: Date
  /** Nothing where OSS is not to call back. */
  callback: CallbackRequest | undefined
}

/**
 * The form that sends one file, and only it: every field is bound by the policy, and the size is exactly the declared one.
 *
 * The type goes into `x-oss-content-type`, because OSS prefers it to a `Content-Type` field and to what the file part says:
 * whatever the client adds, the granted type is the one that is stored.
 */
export function signForm(request: FormGrantRequest): PostForm {
  const { upload, bucket, credentials, version, now, callback } = request
  return signPostPolicy({
    bucket,
    key: upload.key,
    sizeRange: [upload.file.size, upload.file.size],
    fields: {
      'x-oss-content-type': upload.mimeType,
      'Content-Disposition': dispositionOf(upload.file.name, 'attachment'),
      // OSS's own default is 204, which leaves no room for the application's answer.
      success_action_status: '200',
      // A grant is good for one object; it can neither replace one nor be used twice.
      'x-oss-forbid-overwrite': 'true',
      ...(callback === undefined ? {} : callbackFields(callback)),
    },
    credentials,
    expiresAt: upload.expiresAt,
    now,
    version,
  })
}

/** A type as HTTP writes it, else `application/octet-stream`: what a browser says may be any text. */
export function safeMimeType(type: string): string {
  return MIME_TYPE.test(type) ? type : 'application/octet-stream'
}

/**
 * `Content-Disposition` with the file's own name: RFC 6266 with the UTF-8 form, beside it plain ASCII for old programs. It
 * holds no path, no quote and no control character, and at most 255 bytes of the name.
 */
export function dispositionOf(fileName: string, type: 'attachment' | 'inline'): string {
  const name = cutToBytes(fileName.replace(/[/\\\p{Cc}\p{Cs}]/gu, '_'), 255)
  return contentDisposition(name, { type, fallback: name.replace(/[^\w .()-]/g, '_') })
}

const MIME_TYPE = /^[a-z0-9!#$&^_.+-]{1,100}\/[a-z0-9!#$&^_.+-]{1,100}( *; *[a-z0-9_-]+=[\w.+-]+)*$/i

function cutToBytes(text: string, maxBytes: number): string {
  const bytes = Buffer.from(text)
  if (bytes.length <= maxBytes) return text
  // A character that was cut in two becomes U+FFFD, which is taken off again.
  return bytes
    .subarray(0, maxBytes)
    .toString()
    .replace(/\uFFFD+$/, '')
}

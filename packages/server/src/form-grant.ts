import {
  type BucketAddress,
  type Credentials,
  callbackFormFields,
  type PostForm,
  type SignatureVersion,
  signPostPolicy,
} from '@oss-direct/oss'
import { type CallbackRequest, callbackOptions } from './callback-options.ts'
import { dispositionOf } from './object-headers.ts'
import type { StoredUpload } from './store.ts'

/** What it takes to sign one request of one upload. */
export interface GrantSigning {
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
export function signForm(request: GrantSigning): PostForm {
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
      ...(callback === undefined ? {} : callbackFormFields(callbackOptions(callback))),
    },
    credentials,
    expiresAt: upload.expiresAt,
    now,
    version,
  })
}

import { callbackHeaders, presignUrl } from '@oss-direct/oss'
import { callbackOptions } from './callback-options.ts'
import type { GrantSigning } from './form-grant.ts'
import { objectHeaders } from './object-headers.ts'

export interface SignedPut {
  url: string
  method: 'PUT'
  /** To be sent as they are: leaving one out, changing one or adding another `x-oss-` header breaks the signature. */
  headers: Record<string, string>
}

/**
 * PutObject of one key, for any HTTP client. The callback goes into headers and not into the URL, which then stays short
 * enough for every proxy and log; whoever can PUT can set headers, and has to set the content type in any case.
 *
 * The size is not bound: no signature of OSS covers it. V1 covers no `Content-Disposition` either.
 */
export function signPut(request: GrantSigning): SignedPut {
  const { upload, bucket, credentials, version, now, callback } = request
  const headers = {
    ...objectHeaders(upload),
    ...(callback === undefined ? {} : callbackHeaders(callbackOptions(callback))),
  }
  const url = presignUrl({
    address: bucket,
    method: 'PUT',
    key: upload.key,
    headers,
    additionalHeaders: ['content-disposition'],
    expiresInSeconds: Math.max(1, Math.floor((upload.expiresAt.getTime() - now.getTime()) / 1000)),
    credentials,
    now,
    version,
  })
  return { url, method: 'PUT', headers }
}

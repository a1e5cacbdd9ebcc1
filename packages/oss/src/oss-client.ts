import type { BucketAddress } from './bucket-address.ts'
import { type MultipartCalls, multipartCalls } from './multipart-calls.ts'
import { OssError } from './oss-error.ts'
import { type PresignRequest, presignUrl } from './sign-request.ts'
import { type SignedCallOptions, signedCaller } from './signed-call.ts'

export interface OssClientOptions extends SignedCallOptions {
  /** For making an object of its parts, in place of `timeoutMs`: it takes OSS longer the more there are. @default 120_000 */
  completeTimeoutMs?: number
}

/** What the bucket says of an object: the only thing about it worth believing. */
export interface ObjectHead {
  size: number
  mimeType: string
  /** Without quotes. */
  etag: string
  /** Unsigned decimal. */
  crc64?: string
  /** `Normal`, `Multipart`, `Appendable` or `Symlink`; of a link everything but this is said of what it leads to. */
  objectType?: string
  lastModified?: Date
  requestId?: string
}

export interface OssClient extends MultipartCalls {
  /** Null when there is no such object; a missing bucket is an error. */
  head(key: string): Promise<ObjectHead | null>
  /**
   * Bytes `start` to `end`, both inclusive; fewer where the object ends earlier. Throws OssError `PreconditionFailed` where
   * the object has another ETag.
   */
  read(key: string, range: { start: number; end: number; etag?: string }): Promise<Uint8Array>
  /** Nothing happens when there is no such object. */
  remove(key: string): Promise<void>
  presign(
    request: Pick<PresignRequest, 'method' | 'key' | 'expiresInSeconds' | 'query' | 'headers'> & {
      address?: BucketAddress
    },
  ): Promise<string>
  /** The time by OSS's clock, as far as its answers have told it. Sign with this. */
  now(): Date
}

/**
 * The few calls that a server makes of its own. Every failure is an OssError: with OSS's code, EC and request id, or with
 * `NetworkError` where OSS was not reached. A call is tried twice at most.
 */
export function createOssClient(options: OssClientOptions): OssClient {
  const { address, credentials, version = 'V4', completeTimeoutMs = 120_000 } = options
  const { call, now } = signedCaller(options)

  const presign: OssClient['presign'] = async (request) =>
    presignUrl({ address, ...request, credentials: await credentials(), now: now(), version })

  return {
    now,
    presign,
    ...multipartCalls({ call, presign, completeTimeoutMs }),

    async head(key) {
      try {
        return readHead(await call({ method: 'HEAD', key }))
      } catch (error) {
        if (error instanceof OssError && error.status === 404 && error.code !== 'NoSuchBucket') return null
        throw error
      }
    },

    async read(key, { start, end, etag }) {
      const condition = etag === undefined ? {} : { 'if-match': `"${etag}"` }
      const answer = await call({ method: 'GET', key, headers: { range: `bytes=${start}-${end}`, ...condition } })
      const bytes = new Uint8Array(await answer.arrayBuffer())
      // An out-of-range start gives the whole object with 200.
      return answer.status === 206 ? bytes : bytes.subarray(start, end + 1)
    },

    async remove(key) {
      await call({ method: 'DELETE', key })
    },
  }
}

function readHead({ headers }: Response): ObjectHead {
  const crc64 = headers.get('x-oss-hash-crc64ecma')
  const lastModified = headers.get('last-modified')
  const objectType = headers.get('x-oss-object-type')
  const requestId = headers.get('x-oss-request-id')
  return {
    size: Number(headers.get('content-length')),
    mimeType: headers.get('content-type') ?? 'application/octet-stream',
    etag: (headers.get('etag') ?? '').replaceAll('"', ''),
    ...(crc64 === null ? {} : { crc64 }),
    ...(objectType === null ? {} : { objectType }),
    ...(lastModified === null ? {} : { lastModified: new Date(lastModified) }),
    ...(requestId === null ? {} : { requestId }),
  }
}

import { type BucketAddress, objectUrl } from './bucket-address.ts'
import type { CredentialsProvider } from './credentials.ts'
import { type MultipartCalls, multipartCalls, type ObjectCall } from './multipart-calls.ts'
import { OssError, readOssError } from './oss-error.ts'
import { percentEncode } from './percent-encoding.ts'
import type { SignatureVersion } from './post-policy.ts'
import { type PresignRequest, presignUrl, signHeaders } from './sign-request.ts'

export interface OssClientOptions {
  /** The internal one, where the server stands in the bucket's region. */
  address: BucketAddress
  credentials: CredentialsProvider
  /** @default 'V4' */
  version?: SignatureVersion
  /** @default the global one */
  fetch?: typeof fetch
  /** This machine's clock; OSS's own is learned from its answers. @default () => new Date() */
  now?: () => Date
  /** For each try of a call. @default 10_000 */
  timeoutMs?: number
  /** The same for making an object of its parts, which takes OSS longer the more there are. @default 120_000 */
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
  const { address, credentials, version = 'V4', timeoutMs = 10_000, completeTimeoutMs = 120_000 } = options
  const localNow = options.now ?? (() => new Date())
  const send = options.fetch ?? fetch
  let offsetMs = 0
  const now = () => new Date(localNow().getTime() + offsetMs)

  const learnClock = (answer: Response) => {
    const serverTime = Date.parse(answer.headers.get('date') ?? '')
    // The header has whole seconds, so less than two of difference says nothing.
    const difference = serverTime - localNow().getTime()
    if (!Number.isNaN(serverTime)) offsetMs = Math.abs(difference) < 2000 ? 0 : difference
  }

  const attempt = async ({ method, key, query = {}, headers = {}, body, ...limits }: ObjectCall): Promise<Response> => {
    const signed = signHeaders(
      { method, bucket: address.name, key, query, headers },
      { credentials: await credentials(), region: address.region, now: now(), version },
    )
    const url = `${objectUrl(address, key)}${queryText(query)}`
    const signal = AbortSignal.timeout(limits.timeoutMs ?? timeoutMs)
    const init = {
      method,
      headers: signed,
      redirect: 'error',
      signal,
      ...(body === undefined ? {} : { body }),
    } as const
    const answer = await send(url, init).catch((cause: unknown) => {
      throw networkError(method, address, cause)
    })
    learnClock(answer)
    if (answer.ok) return answer
    throw readOssError({ status: answer.status, headers: answer.headers, body: await answer.text() })
  }

  const call = async (request: ObjectCall): Promise<Response> => {
    try {
      return await attempt(request)
    } catch (error) {
      // A skew is mended by the answer that reports it; a stumble of the network or of OSS is worth one more try, since
      // every call here may be repeated.
      if (error instanceof OssError && isPassing(error)) return attempt(request)
      throw error
    }
  }

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

function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => {
    return value === '' ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`
  })
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
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

function isPassing({ code, status }: OssError): boolean {
  return code === 'NetworkError' || code === 'RequestTimeTooSkewed' || status >= 500
}

function networkError(method: string, address: BucketAddress, cause: unknown): OssError {
  const reason =
    cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause)
  return new OssError({
    code: 'NetworkError',
    status: 0,
    message: `${method} at ${address.url} got no answer: ${reason}`,
    hint: 'Check OSS_ENDPOINT and OSS_INTERNAL_ENDPOINT: the internal endpoint is only reached from servers in the same region.',
    cause,
  })
}

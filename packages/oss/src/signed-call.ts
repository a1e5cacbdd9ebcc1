import { type BucketAddress, objectUrl } from './bucket-address.ts'
import type { CredentialsProvider } from './credentials.ts'
import { OssError, readOssError } from './oss-error.ts'
import { percentEncode } from './percent-encoding.ts'
import type { SignatureVersion } from './post-policy.ts'
import { signHeaders } from './sign-request.ts'

export interface SignedCallOptions {
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
}

/** A call on one object; on the bucket where `key` is empty. */
export interface SignedCall {
  method: string
  key: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  body?: string
  timeoutMs?: number
  /** @default the one of the options */
  address?: BucketAddress
}

export interface SignedCaller {
  /** Signs a call, sends it, and throws what OSS refused it with. It is tried twice at most. */
  call(request: SignedCall): Promise<Response>
  /** The time by OSS's clock, as far as its answers have told it. */
  now(): Date
}

/** Calls by OSS's own clock: it is learned from every answer, and a call that was refused for a skew is repeated by it. */
export function signedCaller(options: SignedCallOptions): SignedCaller {
  const { credentials, version = 'V4', timeoutMs = 10_000 } = options
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

  const attempt = async (request: SignedCall): Promise<Response> => {
    const { method, key, query = {}, headers = {}, body, address = options.address, ...limits } = request
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

  const call = async (request: SignedCall): Promise<Response> => {
    try {
      return await attempt(request)
    } catch (error) {
      // A skew is mended by the answer that reports it; a stumble of the network or of OSS is worth one more try, since
      // every call here may be repeated.
      if (error instanceof OssError && isPassing(error)) return attempt(request)
      throw error
    }
  }

  return { call, now }
}

function queryText(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => {
    return value === '' ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`
  })
  return pairs.length === 0 ? '' : `?${pairs.join('&')}`
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

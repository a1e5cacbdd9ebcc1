import { callbackQuery, OssError, parseCallback } from '@oss-direct/oss'

/** Where OSS calls us. */
export interface CallbackTarget {
  url: string
  /** Path and query as OSS signs them, whatever a proxy makes of them on the way. */
  requestUri: string
  host: string | undefined
  sni: boolean
}

export interface CallbackTargetOptions {
  /** Absolute, http or https. */
  url: string
  /** @default the host of the URL */
  host?: string | undefined
  /** @default true for https */
  sni?: boolean | undefined
  /** OSS refuses loopback, private and dotless hosts, and then stores nothing; a local OSS has no others to call. */
  privateHosts: 'allowed' | 'forbidden'
}

/** Checks the callback address by OSS's own rules, before the first upload does. Throws TypeError with what to do. */
export function callbackTarget(options: CallbackTargetOptions): CallbackTarget {
  const { url, host, privateHosts } = options
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url) || url.includes('#')) {
    throw new TypeError(
      `The callback URL ${JSON.stringify(url)} is no absolute http or https address; give one such as https://app.example.com/uploads/callback`,
    )
  }
  const { href, origin, protocol } = new URL(url)
  const sni = options.sni ?? protocol === 'https:'
  try {
    const { callback = '' } = callbackQuery({ url, body: 'a=b', sni, ...(host === undefined ? {} : { host }) })
    parseCallback(callback, undefined, { privateHosts })
  } catch (cause) {
    if (!(cause instanceof OssError)) throw cause
    throw new TypeError(
      `OSS would refuse the callback URL ${url} ("${cause.message}"); it must be reachable from the internet. On a laptop use 'none': uploads are then confirmed with the bucket alone`,
      { cause },
    )
  }
  return { url, requestUri: href.slice(origin.length), host, sni }
}

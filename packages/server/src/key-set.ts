import { UploadError } from '@oss-direct/shared'
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose'
import { readAtMost } from './response-body.ts'

export interface KeySetOptions {
  /** Of the issuer's key set (JWKS). https, or http on this machine. */
  keySetUrl: string | URL
  /** How long a fetched set is used. @default 10 minutes */
  keySetLifetimeMs?: number
  /** @default the global one */
  fetch?: typeof fetch
}

/**
 * The public keys of an issuer. Fetched when first needed, one fetch for however many tokens wait for it, and used for ten
 * minutes. A token that names an unknown key has the set fetched anew, but not more often than every 30 seconds, and not within
 * 5 seconds of a fetch that failed: anybody can make such tokens up.
 *
 * Only this one address is ever asked. What a token says of keys itself (`jku`, `x5u`, `jwk`, `x5c`) is not read, and a redirect is
 * not followed. Throws TypeError for another address than https; the key set it gives rejects with UploadError
 * `identity-unavailable` where the issuer does not answer with one.
 */
export function remoteKeySet(options: KeySetOptions, now: () => Date): JWTVerifyGetKey {
  const { keySetUrl, keySetLifetimeMs = 10 * 60_000, fetch: send = fetch } = options
  const url = checkAddress(keySetUrl)
  let failed: { at: number; error: UploadError } | undefined
  return createRemoteJWKSet(url, {
    timeoutDuration: FETCH_TIMEOUT_MS,
    cooldownDuration: 30_000,
    cacheMaxAge: keySetLifetimeMs,
    async [customFetch](address, { headers, signal }) {
      if (failed !== undefined && now().getTime() - failed.at < PAUSE_MS) throw failed.error
      try {
        const answer = await send(address, { headers, signal, redirect: 'error' })
        if (answer.status !== 200) throw new Error(`it answered ${answer.status}`)
        const text = await readAtMost(answer, MAX_BYTES)
        const set = JSON.parse(text) as { keys?: unknown } | null
        if (!Array.isArray(set?.keys)) throw new Error('it is no key set')
        failed = undefined
        return new Response(text)
      } catch (cause) {
        const error = unavailable(url, cause)
        failed = { at: now().getTime(), error }
        throw error
      }
    },
  })
}

const FETCH_TIMEOUT_MS = 3000
const PAUSE_MS = 5000
// Some 200 keys.
const MAX_BYTES = 256 * 1024

function checkAddress(address: string | URL): URL {
  const text = String(address)
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.protocol === 'https:') return url
  if (url?.protocol === 'http:' && LOOPBACK.test(url.hostname)) return url
  throw new TypeError(`keySetUrl must be an https address, or http on this machine, not ${JSON.stringify(text)}`)
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/

function unavailable({ origin }: URL, cause: unknown): UploadError {
  return new UploadError('identity-unavailable', 'This server cannot check who you are right now', {
    hint: 'Try again in a moment.',
    cause: new Error(`The key set of ${origin} could not be fetched: ${reasonOf(cause)}`, { cause }),
  })
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return String(cause)
  // `fetch` says "fetch failed" and keeps the reason beneath.
  return cause.cause instanceof Error ? `${cause.message}: ${cause.cause.message}` : cause.message
}

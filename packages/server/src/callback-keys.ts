import { createPublicKey, type KeyObject } from 'node:crypto'
import {
  PRODUCTION_CALLBACK_KEY,
  PRODUCTION_CALLBACK_KEY_URLS,
  type SignedCallback,
  verifyCallback,
} from '@oss-direct/oss'
import { UploadError } from '@oss-direct/shared'
import { readAtMost } from './response-body.ts'

export interface CallbackKeysOptions {
  /** The only addresses that a callback may name, compared whole. @default OSS's own */
  urls?: readonly string[] | undefined
  /** @default the global one */
  fetch?: typeof fetch
  /** @default () => new Date() */
  now?: () => Date
}

export interface CallbackKeys {
  /**
   * Whether the callback is signed by the key that it names.
   *
   * - `keyUrl`  the header `x-oss-pub-key-url` as it came, Base64
   *
   * Throws UploadError `callback-key-url-refused`, `callback-key-unavailable` or `callback-signature-invalid`.
   */
  verify(callback: SignedCallback & { authorization: string | undefined; keyUrl: string | undefined }): Promise<void>
}

/**
 * The public keys of callbacks. OSS's own is pinned in the code; the one of a local OSS is fetched when first needed. After
 * a verification failure a key is fetched again, because it may have been changed, but only every five minutes: otherwise
 * anybody's forged callback would make this server send a request.
 *
 * OSS names its key by http and by https; it is fetched by https alone, since whoever can answer for http could sign for OSS.
 */
export function createCallbackKeys(options: CallbackKeysOptions = {}): CallbackKeys {
  const { urls = PRODUCTION_CALLBACK_KEY_URLS, now = () => new Date() } = options
  const send = options.fetch ?? fetch
  const keys = new Map(urls.map((url) => [url, newKey(url)]))

  /** One fetch at a time, for however many callbacks wait for it. */
  const load = (key: Key): Promise<KeyObject> => {
    key.loading ??= fetchKey(key.address, send)
      .then((loaded) => {
        key.loaded = loaded
        return loaded
      })
      .finally(() => {
        key.loading = undefined
      })
    return key.loading
  }

  const reload = async (key: Key): Promise<KeyObject | undefined> => {
    if (key.loading) return key.loading
    const at = now().getTime()
    if (at - key.reloadedAt < RELOAD_INTERVAL_MS) return undefined
    key.reloadedAt = at
    return load(key)
  }

  return {
    async verify({ keyUrl, authorization, ...signed }) {
      const key = keys.get(decodeKeyUrl(keyUrl))
      if (key === undefined) throw refusedKeyUrl(keyUrl)
      if (authorization === undefined) throw invalidSignature('it carries no Authorization header')
      const requestUris = [signed.requestUri, ...(signed.requestUri.includes('?') ? [] : [`${signed.requestUri}?`])]
      // The vendor's Ruby SDK puts a `?` behind every callback URL, and OSS then signs it.
      const isSignedBy = (publicKey: KeyObject) =>
        requestUris.some((requestUri) => verifyCallback({ ...signed, requestUri, authorization, publicKey }))

      const known = key.loaded
      if (isSignedBy(known ?? (await load(key)))) return
      if (known === undefined) throw invalidSignature('the signature is not by the key that it names')
      const fresh = await reload(key)
      if (fresh !== undefined && !fresh.equals(known) && isSignedBy(fresh)) return
      throw invalidSignature('the signature is not by the key that it names')
    },
  }
}

const RELOAD_INTERVAL_MS = 5 * 60_000
const FETCH_TIMEOUT_MS = 3000
const MAX_KEY_BYTES = 8192

interface Key {
  /** Where it is fetched; may differ from the address that a callback names it by. */
  address: string
  loaded: KeyObject | undefined
  loading: Promise<KeyObject> | undefined
  reloadedAt: number
}

function newKey(url: string): Key {
  const isProduction = PRODUCTION_CALLBACK_KEY_URLS.some((known) => known === url)
  return {
    address: isProduction ? url.replace(/^http:/, 'https:') : url,
    loaded: isProduction ? createPublicKey(PRODUCTION_CALLBACK_KEY) : undefined,
    loading: undefined,
    reloadedAt: Number.NEGATIVE_INFINITY,
  }
}

async function fetchKey(address: string, send: typeof fetch): Promise<KeyObject> {
  try {
    const answer = await send(address, { redirect: 'error', signal: AbortSignal.timeout(FETCH_TIMEOUT_MS) })
    if (!answer.ok) throw new Error(`it answered ${answer.status}`)
    const key = createPublicKey(await readAtMost(answer, MAX_KEY_BYTES))
    if (key.asymmetricKeyType !== 'rsa') throw new Error('it is no RSA key')
    return key
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new UploadError(
      'callback-key-unavailable',
      `The callback key at ${address} could not be fetched: ${reason}`,
      {
        hint: 'Check that this server may reach that address; uploads are confirmed with the bucket meanwhile.',
        cause,
      },
    )
  }
}

/** Base64 is read strictly, so that there is one text for one address. */
function decodeKeyUrl(base64: string | undefined): string {
  const url = Buffer.from(base64 ?? '', 'base64').toString()
  return Buffer.from(url).toString('base64') === base64 ? url : ''
}

function refusedKeyUrl(keyUrl: string | undefined): UploadError {
  const named = keyUrl === undefined ? 'no key at all' : JSON.stringify(decodeKeyUrl(keyUrl).slice(0, 200))
  return new UploadError('callback-key-url-refused', `The callback names ${named} as its key; nothing was fetched`, {
    hint: 'Only the addresses in `callbackKeyUrls` count. A local OSS has its key at /_callback/callback_pub_key_v1.pem.',
  })
}

function invalidSignature(reason: string): UploadError {
  return new UploadError('callback-signature-invalid', `The callback is not signed by OSS: ${reason}`, {
    hint: 'The signed text is path and query of the configured callback URL, and the raw body: check `callbackUrl`, and proxies that change the body.',
  })
}

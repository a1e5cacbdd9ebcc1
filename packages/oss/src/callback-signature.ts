import { createSign, createVerify, type KeyLike } from 'node:crypto'
import { percentDecode } from './percent-encoding.ts'

export interface SignedCallback {
  /** Path and query of the callback URL as it was configured; a proxy may have rewritten the one that arrived. */
  requestUri: string
  /** The bytes as they came; text is taken as UTF-8. A body that a parser has read and written again is another one. */
  body: Uint8Array | string
}

/**
 * Whether OSS signed this callback with the key.
 *
 * It proves that OSS sent this text for this path *to somebody*: one key pair signs for all of OSS's customers, and neither
 * bucket, host nor time is in the text. What arrived is known only from the bucket. Never throws: what cannot be read is
 * not verified.
 *
 * - `publicKey`  PEM, or better a key object, which is read once: reading PEM takes longer than verifying
 *
 * Source: OSS Developer Reference, Callback, section on signatures; recorded callbacks, `vectors/callback-verify.json`.
 */
export function verifyCallback(callback: SignedCallback & { authorization: string; publicKey: KeyLike }): boolean {
  try {
    const verifier = createVerify('RSA-MD5').update(callbackStringToSign(callback))
    return verifier.verify(callback.publicKey, callback.authorization, 'base64')
  } catch {
    return false
  }
}

/** The `Authorization` of a callback: Base64 alone, without a scheme. */
export function signCallback(callback: SignedCallback & { privateKey: KeyLike }): string {
  return createSign('RSA-MD5').update(callbackStringToSign(callback)).sign(callback.privateKey, 'base64')
}

/** The path decoded once, the query raw and with its `?`, a line feed, the raw body. */
export function callbackStringToSign({ requestUri, body }: SignedCallback): Buffer {
  const queryAt = requestUri.indexOf('?')
  const path = queryAt < 0 ? requestUri : requestUri.slice(0, queryAt)
  const query = queryAt < 0 ? '' : requestUri.slice(queryAt)
  return Buffer.concat([Buffer.from(`${percentDecode(path)}${query}\n`), Buffer.from(body)])
}

/** Where OSS says that its public key is, in `x-oss-pub-key-url`. Nothing else may be fetched. */
export const PRODUCTION_CALLBACK_KEY_URLS = [
  'https://gosspublic.alicdn.com/callback_pub_key_v1.pem',
  'http://gosspublic.alicdn.com/callback_pub_key_v1.pem',
] as const

/**
 * The key that is there. RSA of 512 bits: Node takes it for MD5, WebCrypto and JOSE libraries do not.
 *
 * Source: three independent publications, and seven recorded callbacks that it verifies.
 */
export const PRODUCTION_CALLBACK_KEY = `-----BEGIN PUBLIC KEY-----
MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBAKs/JBGzwUB2aVht4crBx3oIPBLNsjGs
C0fTXv+nvlmklvkcolvpvXLTjaxUHR3W9LXxQ2EHXAJfCB+6H2YF1k8CAwEAAQ==
-----END PUBLIC KEY-----
`

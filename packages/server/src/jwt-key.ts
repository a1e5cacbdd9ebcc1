import { createPublicKey, type KeyObject } from 'node:crypto'
import type { JWTVerifyGetKey } from 'jose'
import { type KeySetOptions, remoteKeySet } from './key-set.ts'

/** What tokens are signed with. The algorithm is ours to say: a token that names another one is refused. */
export type JwtKey =
  | {
      algorithm: 'HS256' /** Shared with the issuer: 32 random bytes at least, a text or Base64 decoded. */
      secret: string | Uint8Array
    }
  | {
      algorithm: PublicAlgorithm /** PEM (`BEGIN PUBLIC KEY`), or a key of `node:crypto`. */
      publicKey: string | KeyObject
    }
  | ({ /** @default all three */ algorithms?: readonly PublicAlgorithm[] } & KeySetOptions)

export type PublicAlgorithm = 'RS256' | 'ES256' | 'EdDSA'

export interface Verification {
  algorithms: string[]
  key: Uint8Array | KeyObject | JWTVerifyGetKey
}

/** Throws TypeError for a key that is too weak, or of another kind than its algorithm. */
export function verificationOf(key: JwtKey, now: () => Date): Verification {
  if ('secret' in key) return { algorithms: [key.algorithm], key: checkSecret(key.secret) }
  if ('publicKey' in key) return { algorithms: [key.algorithm], key: checkPublicKey(key.algorithm, key.publicKey) }
  const { algorithms = ['RS256', 'ES256', 'EdDSA'], ...keySet } = key
  const unknown = algorithms.find((algorithm) => !Object.hasOwn(IS_KEY_OF, algorithm))
  if (unknown !== undefined || algorithms.length === 0) {
    throw new TypeError(`algorithms must be some of RS256, ES256 and EdDSA, not ${JSON.stringify(algorithms)}`)
  }
  return { algorithms: [...algorithms], key: remoteKeySet(keySet, now) }
}

function checkSecret(secret: string | Uint8Array): Uint8Array {
  const bytes = typeof secret === 'string' ? new TextEncoder().encode(secret) : secret
  if (bytes.length < 32) {
    throw new TypeError(
      `The secret has ${bytes.length} bytes; HS256 needs 32 random ones or more: openssl rand -base64 32`,
    )
  }
  // Everybody has the public key of an issuer: with it as the secret everybody could sign.
  if (Buffer.from(bytes).includes('-----BEGIN')) {
    throw new TypeError(
      'The secret is a key file; for a public key say its algorithm, RS256, ES256 or EdDSA, and `publicKey`',
    )
  }
  return bytes
}

const IS_KEY_OF: Readonly<Record<PublicAlgorithm, (key: KeyObject) => boolean>> = {
  RS256: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048,
  ES256: ({ asymmetricKeyType, asymmetricKeyDetails }) =>
    asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1',
  EdDSA: ({ asymmetricKeyType }) => asymmetricKeyType === 'ed25519',
}
const WANTED = { RS256: 'RSA with 2,048 bits or more', ES256: 'the curve P-256', EdDSA: 'Ed25519' } as const

function checkPublicKey(algorithm: PublicAlgorithm, given: string | KeyObject): KeyObject {
  const key = typeof given === 'string' ? createPublicKey(given) : given
  if (key.type !== 'public') throw new TypeError(`publicKey is a ${key.type} key: who only verifies needs none`)
  if (IS_KEY_OF[algorithm]?.(key)) return key
  const { asymmetricKeyType, asymmetricKeyDetails } = key
  const found = [asymmetricKeyType, asymmetricKeyDetails?.namedCurve, asymmetricKeyDetails?.modulusLength]
  throw new TypeError(`${algorithm} needs a key of ${WANTED[algorithm]}, not ${found.filter(Boolean).join(' ')}`)
}

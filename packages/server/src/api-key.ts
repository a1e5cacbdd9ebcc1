import { createHash, randomBytes, timingSafeEqual } from 'node:crypto'

/** A key as it is kept: everything but the secret. */
export interface ApiKey {
  /** 16 hexadecimal digits; stands in the key itself, in lists and in logs. */
  id: string
  /** SHA-256 of the secret, in hexadecimal. */
  hash: string
  /** For people. */
  name: string
  /** `id` of the caller whose uploads they are. */
  caller: string
  /** The only routes that it is good for; nothing where it is good for all of them. */
  routes?: readonly string[]
  createdAt: Date
  expiresAt?: Date
  revokedAt?: Date
  /** To the minute. */
  lastUsedAt?: Date
}

/** Where keys live: beside the records, as `keys` of a store. */
export interface ApiKeyStore {
  insert(key: ApiKey): Promise<void>
  find(id: string): Promise<ApiKey | undefined>
  /** Newest first. */
  list(): Promise<ApiKey[]>
  /** Gives the key as it then is, revoked at the first such time; nothing where there is none. */
  revoke(id: string, at: Date): Promise<ApiKey | undefined>
  /** Writes that it was used, unless that stands there for the last minute already. */
  touch(id: string, at: Date): Promise<void>
}

export interface ApiKeyWish {
  name: string
  /** @default `key:` and the key's id: its uploads are nobody else's */
  caller?: string | undefined
  /** @default all routes */
  routes?: readonly string[] | undefined
  /** @default never */
  expiresAt?: Date | undefined
  /** @default now */
  createdAt?: Date | undefined
}

/**
 * Makes a key and keeps it. `token` is what its holder sends, and is not kept anywhere: shown now or never. Throws TypeError.
 *
 * The hash is a plain SHA-256 without salt. Slow, salted ones protect passwords, which can be guessed; 256 random bits cannot, and
 * a slow hash would only let anybody keep the server busy with keys that he made up.
 */
export async function createApiKey(keys: ApiKeyStore, wish: ApiKeyWish): Promise<{ key: ApiKey; token: string }> {
  const id = randomBytes(8).toString('hex')
  const secret = randomBytes(32).toString('base64url')
  const { name, caller = `key:${id}`, routes, expiresAt, createdAt = new Date() } = wish
  requireText('name', name)
  requireText('caller', caller)
  for (const route of routes ?? []) requireText('routes', route)
  if (routes?.length === 0) throw new TypeError('routes is empty: such a key would be good for nothing')
  const key: ApiKey = {
    id,
    hash: hashOf(secret),
    name,
    caller,
    ...(routes === undefined ? {} : { routes }),
    createdAt,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  }
  await keys.insert(key)
  return { key, token: `${API_KEY_PREFIX}${id}_${secret}` }
}

/** Lets scanners for leaked secrets know one when they see it. */
export const API_KEY_PREFIX = 'odk_'

/** Id and secret of a token; nothing where it is not written as one. */
export function parseApiKey(token: string): { id: string; secret: string } | undefined {
  const [, id, secret] = /^odk_([0-9a-f]{16})_([\w-]{43})$/.exec(token) ?? []
  return id === undefined || secret === undefined ? undefined : { id, secret }
}

/** Compares in constant time; with a key that nobody has where there is none, so that this takes as long. */
export function isSecretOf(key: ApiKey | undefined, secret: string): boolean {
  const isEqual = timingSafeEqual(Buffer.from(key?.hash ?? NOBODY, 'hex'), Buffer.from(hashOf(secret), 'hex'))
  return key !== undefined && isEqual
}

const NOBODY = '0'.repeat(64)

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex')
}

/** It stands in tables of terminals and in logs. */
function requireText(name: string, text: string): void {
  if (!/^[^\p{Cc}\p{Cs}]{1,255}$/u.test(text)) {
    throw new TypeError(`${name} must be 1 to 255 characters without control characters, not ${JSON.stringify(text)}`)
  }
}

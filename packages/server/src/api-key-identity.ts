import { API_KEY_PREFIX, type ApiKeyStore, isSecretOf, parseApiKey } from './api-key.ts'
import { bearerOf, type Identify, notSignedIn } from './identity.ts'
import type { Caller } from './upload-route.ts'

export interface ApiKeyIdentityOptions {
  /** `keys` of the store. */
  keys: ApiKeyStore
  /** @default () => new Date() */
  now?: () => Date
}

export interface ApiKeyCaller extends Caller {
  readonly keyId: string
}

/**
 * Keys of partners and scripts, sent as `Authorization: Bearer odk_…` and made by `oss-direct keys create`.
 *
 * The database is asked each time, so that a revoked key is refused from then on by every server. One that is unknown, wrong,
 * revoked or past its time gets the same answer; the log of this server says which. Any other Bearer token but a JWT is refused as
 * well: it is a credential, and not a good one.
 */
export function identifyByApiKey({ keys, now = () => new Date() }: ApiKeyIdentityOptions): Identify<ApiKeyCaller> {
  return async ({ headers }) => {
    const token = bearerOf(headers)
    if (token === undefined || isWrittenAsJwt(token)) return null
    const given = parseApiKey(token)
    if (given === undefined) throw refused('a Bearer token is neither written as an API key nor as a JWT')
    const { id, secret } = given
    const key = await keys.find(id)
    if (!isSecretOf(key, secret) || key === undefined)
      throw refused(`the API key ${id} is unknown or its secret is wrong`)
    const at = now()
    if (key.revokedAt !== undefined) throw refused(`the API key ${id} was revoked`)
    if (key.expiresAt !== undefined && key.expiresAt <= at) throw refused(`the API key ${id} has ended`)
    if (key.lastUsedAt === undefined || at.getTime() - key.lastUsedAt.getTime() >= 60_000) await keys.touch(id, at)
    return { id: key.caller, keyId: id, ...(key.routes === undefined ? {} : { routes: key.routes }) }
  }
}

function isWrittenAsJwt(token: string): boolean {
  return !token.startsWith(API_KEY_PREFIX) && token.split('.').length === 3
}

const refused = (reason: string) =>
  notSignedIn(
    'Send a key as "Authorization: Bearer odk_…". It may be mistyped, have ended or have been revoked: ask whoever gave it to you for a new one.',
    reason,
  )

import { UploadError } from '@oss-direct/shared'
import { errors, type JWTPayload, jwtVerify } from 'jose'
import { API_KEY_PREFIX } from './api-key.ts'
import { bearerOf, type Identify, notSignedIn } from './identity.ts'
import { type JwtKey, verificationOf } from './jwt-key.ts'
import type { Caller } from './upload-route.ts'

export type { JwtKey } from './jwt-key.ts'
/** What a token says, once it is believed. */
export type JwtClaims = JWTPayload

export interface JwtIdentityOptions<C extends Caller> {
  key: JwtKey
  /** `iss` must be one of them: another customer of the same identity provider is somebody else. */
  issuer: string | readonly string[]
  /** `aud` must have one of them: a token for another service is none for this one. */
  audience: string | readonly string[]
  /**
   * Whose token it is; null refuses it. Where several kinds of callers share one server, put the issuer in front of the id
   * (`partner:${sub}`), so that nobody's `sub` is another one's id.
   */
  caller: (claims: JwtClaims) => C | null | Promise<C | null>
  /** How far the clocks of issuer and server may differ, 0 to 60. @default 5 */
  clockToleranceSeconds?: number
  /** @default () => new Date() */
  now?: () => Date
}

/**
 * JSON Web Tokens, sent as `Authorization: Bearer`. Issuer, audience and `exp` are always asked for, and the algorithm is the one
 * of the options: `none`, and HS256 with the public key as its secret, never come to a check. API keys (`odk_…`) are left to
 * `identifyByApiKey`.
 *
 * Throws TypeError for options that would let too many in.
 */
export function identifyByJwt<C extends Caller>(options: JwtIdentityOptions<C>): Identify<C> {
  const { caller, now = () => new Date(), clockToleranceSeconds = 5 } = options
  const { key, algorithms } = verificationOf(options.key, now)
  const issuer = requireNames('issuer', options.issuer)
  const audience = requireNames('audience', options.audience)
  if (!(clockToleranceSeconds >= 0 && clockToleranceSeconds <= 60)) {
    throw new TypeError(`clockToleranceSeconds must be 0 to 60, not ${clockToleranceSeconds}`)
  }
  const read = async (token: string): Promise<JwtClaims> => {
    const rules = { algorithms, issuer, audience, clockTolerance: clockToleranceSeconds, currentDate: now() }
    const required = { requiredClaims: ['exp', 'iss', 'aud'] }
    // The two cases are overloads of one function.
    const { payload } =
      typeof key === 'function'
        ? await jwtVerify(token, key, { ...rules, ...required })
        : await jwtVerify(token, key, { ...rules, ...required })
    return payload
  }

  return async ({ headers }) => {
    const token = bearerOf(headers)
    if (token === undefined || token.startsWith(API_KEY_PREFIX)) return null
    const claims = await read(token).catch((error: unknown) => {
      if (error instanceof UploadError) throw error
      if (error instanceof errors.JOSEError) throw refused(`a JWT was refused: ${error.code}, ${error.message}`)
      throw error
    })
    const known = await caller(claims)
    if (known === null) throw refused('a JWT was refused: `caller` knows nobody by its claims')
    return known
  }
}

function requireNames(option: string, given: string | readonly string[]): string[] {
  const names = [given].flat()
  if (names.length > 0 && names.every((name) => typeof name === 'string' && name !== '')) return names
  throw new TypeError(`${option} must be a text or several: without it the tokens of others would do`)
}

const refused = (reason: string) =>
  notSignedIn(
    'Send a token as "Authorization: Bearer …". It may have ended, or be meant for another service: get a new one for this one.',
    reason,
  )

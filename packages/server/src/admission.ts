import { UploadError } from '@oss-direct/shared'
import { networkOf } from './caller-address.ts'
import { type Identify, notSignedIn } from './identity.ts'
import type { LimitsBook } from './limits.ts'
import type { Logger } from './logger.ts'
import type { Caller } from './upload-route.ts'
import type { CallerContext } from './uploads-options.ts'

export interface AdmissionOptions<C extends Caller> {
  identify: Identify<C>
  limits: LimitsBook<C>
  logger: Logger
}

/**
 * Lets in whom `identify` knows, as often as he may come. Throws UploadError: `not-signed-in`, what `identify` itself refuses with,
 * or `rate-limited`.
 *
 * Somebody whom nobody knows is counted by his address, and only after `identify` was asked: whoever shares the address of a
 * program that guesses keys still gets in with a good one.
 */
export function createAdmission<C extends Caller>({ identify, limits, logger }: AdmissionOptions<C>) {
  const recognise = async (context: CallerContext): Promise<C> => {
    const caller = await identify(context)
    if (caller === null) throw notSignedIn('Sign in, then try again.', 'it carries no credential')
    const texts: unknown[] = [caller.id, caller.account ?? caller.id]
    if (texts.every((text) => typeof text === 'string' && NAME.test(text))) return caller
    throw notSignedIn('Ask whoever runs this server.', 'identify gave an id or account that is none, see `Caller`')
  }

  return async (context: CallerContext): Promise<C> => {
    const caller = await recognise(context).catch(async (error: unknown) => {
      if (!(error instanceof UploadError)) throw error
      const { requestId, ip } = context
      const reason = error.cause instanceof Error ? error.cause.message : error.message
      const facts = { requestId, ip, code: error.code, reason }
      if (error.status >= 500) {
        logger.error(facts, 'nobody can be recognised')
        throw error
      }
      logger.info(facts, 'caller refused')
      await limits.admitUnknown(networkOf(ip))
      throw error
    })
    await limits.admit(caller)
    return caller
  }
}

// It stands in records and logs. Half a character would become another one in the database, and two callers one.
const NAME = /^[^\p{Cc}\p{Cs}]{1,255}$/u

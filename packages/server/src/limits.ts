import { formatBytes, UploadError } from '@oss-direct/shared'
import type { Excess, Quota } from './store.ts'
import type { Caller } from './upload-route.ts'

/** What one caller may use, `'none'` for as much as there is. */
export interface Limits {
  /** Calls of the API, reads included. @default 6000 */
  requestsPerMinute?: number | 'none' | undefined
  /** Grants that are neither used nor ended. @default 1000 */
  openGrants?: number | 'none' | undefined
  /** Bytes that are granted within 24 hours, less those that came to nothing. @default 1 TiB */
  bytesPerDay?: number | 'none' | undefined
  /** Calls from one address whose caller nobody knows. @default 300 */
  unknownPerMinute?: number | 'none' | undefined
}

export interface LimitsBook<C extends Caller> {
  /** Throws UploadError `rate-limited`. */
  admit(caller: C): Promise<void>
  /** The same for somebody whom nobody knows, by his address. */
  admitUnknown(address: string): Promise<void>
  /** What the caller may still be granted is decided where records are kept. */
  quotaOf(caller: C, now: Date): Quota
}

/**
 * One set for all, or each caller's own; a function says nothing of callers whom nobody knows, who then have the default. Throws
 * RangeError for what is no limit.
 */
export type LimitsOption<C extends Caller> = Limits | ((caller: C) => Limits)

type CountRequest = (key: string, perMinute: number) => Promise<number>

export function createLimits<C extends Caller>(option: LimitsOption<C>, countRequest: CountRequest): LimitsBook<C> {
  const general = checkLimits(typeof option === 'function' ? {} : option)
  const limitsOf = (caller: C) => (typeof option === 'function' ? checkLimits(option(caller)) : general)

  const count = async (key: string, perMinute: number, who: string): Promise<void> => {
    if (perMinute === Number.POSITIVE_INFINITY) return
    const waitMs = await countRequest(key, perMinute)
    if (waitMs === 0) return
    throw new UploadError('rate-limited', `${who} made more than ${perMinute} requests within a minute`, {
      hint: `Wait ${seconds(waitMs)}, then go on more slowly.`,
      retryAfterMs: waitMs,
    })
  }

  return {
    admit: (caller) => count(`caller:${accountOf(caller)}`, limitsOf(caller).requestsPerMinute, 'You'),
    admitUnknown: (address) =>
      count(
        `address:${address}`,
        general.unknownPerMinute,
        'Somebody whom this server does not know, at your address,',
      ),
    quotaOf(caller, now) {
      const { openGrants, bytesPerDay } = limitsOf(caller)
      return { account: accountOf(caller), now, openGrants, bytesPerDay }
    },
  }
}

/** Whose limits it counts against. */
function accountOf({ id, account = id }: Caller): string {
  return account
}

/** Of a file that was not granted because its caller has too much already. */
export function overQuota({ limit, most, used, freeAt }: Excess, now: Date): UploadError {
  const [detail, hint] =
    limit === 'openGrants'
      ? [
          `You have ${used} uploads under way; at most ${most} are allowed`,
          'Finish or cancel some of them, then try again.',
        ]
      : [
          `You were granted ${formatBytes(used)} within a day; at most ${formatBytes(most)} are allowed`,
          `The first of them counts until ${freeAt.toISOString()}.`,
        ]
  const untilFree = Math.max(1000, freeAt.getTime() - now.getTime())
  // A grant mostly ends by being used, long before its time.
  return new UploadError('rate-limited', detail, {
    hint,
    retryAfterMs: limit === 'openGrants' ? Math.min(untilFree, LOOK_AGAIN_MS) : untilFree,
  })
}

/** A file that the limit of a whole day has no room for. Throws UploadError `file-too-large`. */
export function checkDaySize({ name, size }: { name: string; size: number }, { bytesPerDay }: Quota): void {
  if (size <= bytesPerDay) return
  throw new UploadError(
    'file-too-large',
    `${name} is ${formatBytes(size)}; you may upload ${formatBytes(bytesPerDay)} in one day`,
    { hint: 'Ask whoever runs this server for a higher limit.' },
  )
}

const LOOK_AGAIN_MS = 10_000
const TiB = 1024 ** 4
const DEFAULTS = { requestsPerMinute: 6000, openGrants: 1000, bytesPerDay: TiB, unknownPerMinute: 300 }

function checkLimits(given: Limits): typeof DEFAULTS {
  const limits = { ...DEFAULTS }
  for (const name of Object.keys(DEFAULTS) as (keyof Limits)[]) {
    const value = given[name] ?? DEFAULTS[name]
    if (value !== 'none' && (!Number.isSafeInteger(value) || value < 1)) {
      throw new RangeError(`limits.${name} must be a whole number, 1 or more, or "none", not ${value}`)
    }
    limits[name] = value === 'none' ? Number.POSITIVE_INFINITY : value
  }
  return limits
}

function seconds(ms: number): string {
  const whole = Math.ceil(ms / 1000)
  return `${whole} second${whole === 1 ? '' : 's'}`
}

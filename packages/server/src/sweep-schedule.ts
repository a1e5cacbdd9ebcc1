import type { NextLook, StoredUpload } from './store.ts'

export interface SweepScheduleOptions {
  /** How long after its grant an upload that nobody spoke of is looked for. @default 2 minutes */
  firstLookMs?: number
  /** How often `onUploaded` may fail before the sweeper gives up. @default 30, which takes about a day */
  maxAttempts?: number
  /** Wait after the first failure; it doubles with each, up to an hour. @default 10 seconds */
  retryAfterMs?: number
}

/** When the sweeper looks at a record. Times are by OSS's clock, which all servers share. */
export interface SweepSchedule {
  firstLook(grantedAt: Date): Date
  /** Nothing was there: next when the record is twice as old, but also when its grant and its ticket end. */
  afterAbsence(upload: Pick<StoredUpload, 'createdAt' | 'expiresAt' | 'acceptedUntil'>, now: Date): NextLook
  /** OSS did not answer. It will one day, so there is always a next time. */
  afterOutage(upload: Pick<StoredUpload, 'createdAt'>, now: Date): Date
  /** `onUploaded` failed for the time `attempts`. */
  afterFailure(attempts: number, now: Date): NextLook
}

/** `random`: from 0 to 1; spreads what failed together. Throws RangeError. */
export function createSweepSchedule(
  options: SweepScheduleOptions = {},
  random: () => number = Math.random,
): SweepSchedule {
  const { firstLookMs = 2 * 60_000, maxAttempts = 30, retryAfterMs = 10_000 } = options
  for (const [name, value, min] of [
    ['firstLookMs', firstLookMs, 0],
    ['maxAttempts', maxAttempts, 1],
    ['retryAfterMs', retryAfterMs, 1],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < min) {
      throw new RangeError(`sweep.${name} must be a whole number, ${min} or more, not ${value}`)
    }
  }
  const later = (now: Date, ms: number) => new Date(now.getTime() + ms)
  const age = ({ createdAt }: Pick<StoredUpload, 'createdAt'>, now: Date) =>
    Math.max(now.getTime() - createdAt.getTime(), retryAfterMs)

  return {
    firstLook: (grantedAt) => later(grantedAt, firstLookMs),

    afterAbsence(upload, now) {
      if (now >= upload.acceptedUntil) return 'never'
      const ends = [upload.expiresAt, upload.acceptedUntil].filter((end) => end > now)
      return new Date(Math.min(later(now, age(upload, now)).getTime(), ...ends.map((end) => end.getTime())))
    },

    afterOutage: (upload, now) => later(now, age(upload, now)),

    afterFailure(attempts, now) {
      if (attempts >= maxAttempts) return 'never'
      const wait = Math.min(retryAfterMs * 2 ** (attempts - 1), MAX_WAIT_MS)
      return later(now, Math.round(wait * (0.75 + 0.5 * random())))
    },
  }
}

const MAX_WAIT_MS = 60 * 60_000

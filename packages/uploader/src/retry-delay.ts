/** Tries of one upload before it fails, the first included. */
export const MAX_TRIES = 4

/**
 * How long to wait before a try: full jitter over 1 s, 2 s, 4 s … up to 30 s, so that a thousand browsers do not come back
 * together; never earlier than the server asked for.
 *
 * - `failedTries`  1 and up
 * - `random`       0 to 1
 */
export function retryDelayMs(failedTries: number, random: number, retryAfterMs = 0): number {
  const ceiling = Math.min(1000 * 2 ** (failedTries - 1), 30_000)
  return Math.max(Math.round(random * ceiling), retryAfterMs)
}

/** How long an unconfirmed upload waits before it asks again by itself: 15 s, doubling up to two minutes. */
export function slowPollDelayMs(asked: number): number {
  return Math.min(15_000 * 2 ** asked, 120_000)
}

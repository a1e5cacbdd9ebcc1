import { useEffect, useState } from 'react'

/** How fast bytes leave, smoothed, so that the figure can be read while it changes. */
export interface Pace {
  measuredAt: number
  startedAt: number
  sentBytes: number
  bytesPerSecond: number
}

const SAMPLE_MS = 500
const SMOOTHING_MS = 3000
const FIRST_FIGURE_MS = 1000

/** The pace after one more look. The same object where it is too early for a new figure. */
export function measurePace(pace: Pace | undefined, sentBytes: number, now: number): Pace {
  if (pace === undefined || sentBytes < pace.sentBytes) {
    return { measuredAt: now, startedAt: now, sentBytes, bytesPerSecond: 0 }
  }
  const elapsed = now - pace.measuredAt
  if (elapsed < SAMPLE_MS) return pace
  const current = ((sentBytes - pace.sentBytes) * 1000) / elapsed
  // By elapsed time and not by sample: progress events come when they like.
  const weight = pace.bytesPerSecond === 0 ? 1 : 1 - Math.exp(-elapsed / SMOOTHING_MS)
  return {
    measuredAt: now,
    startedAt: pace.startedAt,
    sentBytes,
    bytesPerSecond: pace.bytesPerSecond + (current - pace.bytesPerSecond) * weight,
  }
}

/** Bytes per second and milliseconds left, once they mean something. */
export function estimate(
  pace: Pace | undefined,
  leftBytes: number,
): { bytesPerSecond: number; leftMs: number } | undefined {
  if (pace === undefined || pace.measuredAt - pace.startedAt < FIRST_FIGURE_MS || pace.bytesPerSecond < 1)
    return undefined
  return { bytesPerSecond: pace.bytesPerSecond, leftMs: (leftBytes * 1000) / pace.bytesPerSecond }
}

/** `sentBytes` is undefined while nothing is being sent. */
export function usePace(sentBytes: number | undefined): Pace | undefined {
  const [pace, setPace] = useState<Pace>()
  useEffect(() => {
    setPace((last) => (sentBytes === undefined ? undefined : measurePace(last, sentBytes, performance.now())))
  }, [sentBytes])
  return pace
}

import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible'
import type { Store } from './store.ts'

/** Counts requests by the minute. `limiterOf` makes one that lets so many through; it is asked once for each number. */
export function requestCounter(limiterOf: (perMinute: number) => RateLimiterAbstract): Store['countRequest'] {
  const limiters = new Map<number, RateLimiterAbstract>()
  return async (key, perMinute) => {
    const limiter = limiters.get(perMinute) ?? limiterOf(perMinute)
    limiters.set(perMinute, limiter)
    try {
      await limiter.consume(key)
      return 0
    } catch (refusal) {
      if (refusal instanceof RateLimiterRes) return Math.max(1, refusal.msBeforeNext)
      throw refusal
    }
  }
}

/** In the memory of this process, for a store that has but one. */
export const memoryRequestCounter = () => requestCounter((points) => new RateLimiterMemory({ points, duration: 60 }))

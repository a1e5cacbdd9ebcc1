import { describe, expect, it } from 'vitest'
import type { NextLook } from './store.ts'
import { createSweepSchedule } from './sweep-schedule.ts'

const MINUTE = 60_000
const grantedAt = new Date('2026-01-01T00:00:00Z')
const at = (minutes: number) => new Date(grantedAt.getTime() + minutes * MINUTE)
const minutesOf = (look: NextLook) => (look === 'never' ? look : (look.getTime() - grantedAt.getTime()) / MINUTE)
const upload = { createdAt: grantedAt, expiresAt: at(15), acceptedUntil: at(15 + 24 * 60) }

describe('an upload of which nothing comes', () => {
  it('is looked for ever more seldom, when its grant ends, and a last time when its ticket does', () => {
    const { firstLook, afterAbsence } = createSweepSchedule()
    const looks: (number | 'never')[] = []
    for (let look: NextLook = firstLook(grantedAt); look !== 'never'; look = afterAbsence(upload, look)) {
      looks.push(minutesOf(look))
    }
    expect(looks).toEqual([2, 4, 8, 15, 30, 60, 120, 240, 480, 960, 1455])
  })

  it('is looked for again after an outage, however old it is', () => {
    const { afterOutage } = createSweepSchedule()
    expect(minutesOf(afterOutage(upload, at(3000)))).toBe(6000)
    expect(minutesOf(afterOutage(upload, at(0)))).toBe(1 / 6)
  })
})

describe('an application that fails', () => {
  it('is tried again after waits that double up to an hour, for about a day, and then no more', () => {
    const { afterFailure } = createSweepSchedule({}, () => 0.5)
    const waits = Array.from({ length: 30 }, (_, index) => minutesOf(afterFailure(index + 1, grantedAt)))
    expect(waits.slice(0, 10).map((wait) => (wait === 'never' ? wait : wait * 60))).toEqual([
      10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600,
    ])
    expect(waits.slice(9, 29)).toEqual(Array(20).fill(60))
    expect(waits[29]).toBe('never')
  })

  it('is spread by a quarter to either side', () => {
    const wait = (random: number) => minutesOf(createSweepSchedule({}, () => random).afterFailure(10, grantedAt))
    expect([wait(0), wait(1)]).toEqual([45, 75])
  })

  it('is given up after the first failure where it has only one try', () => {
    expect(createSweepSchedule({ maxAttempts: 1 }).afterFailure(1, grantedAt)).toBe('never')
  })
})

it.each([
  [{ firstLookMs: -1 }, 'sweep.firstLookMs must be a whole number, 0 or more, not -1'],
  [{ maxAttempts: 0 }, 'sweep.maxAttempts must be a whole number, 1 or more, not 0'],
  [{ retryAfterMs: 0.5 }, 'sweep.retryAfterMs must be a whole number, 1 or more, not 0.5'],
])('%o is refused', (options, message) => {
  expect(() => createSweepSchedule(options)).toThrow(message)
})

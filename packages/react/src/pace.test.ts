import { describe, expect, it } from 'vitest'
import { estimate, measurePace, type Pace } from './pace.ts'

const MB = 1_000_000

describe('the pace of an upload', () => {
  it('is the same object until half a second has passed, so that nothing is drawn in between', () => {
    const first = measurePace(undefined, 0, 0)
    expect(measurePace(first, MB, 499)).toBe(first)
    expect(measurePace(first, MB, 500)).not.toBe(first)
  })

  it('gives no figure in the first second, and a true one after it', () => {
    expect(
      estimate(
        run([
          [0, 0],
          [500, MB],
        ]),
        9 * MB,
      ),
    ).toBeUndefined()
    expect(
      estimate(
        run([
          [0, 0],
          [500, MB],
          [1000, 2 * MB],
        ]),
        8 * MB,
      ),
    ).toEqual({ bytesPerSecond: 2 * MB, leftMs: 4000 })
  })

  it('follows a change slowly: one stalled sample does not treble the time left', () => {
    const steady = run([
      [0, 0],
      [1000, MB],
      [2000, 2 * MB],
    ])
    const stalled = measurePace(steady, 2 * MB, 2500)
    const after = estimate(stalled, MB)?.bytesPerSecond ?? 0
    expect(after).toBeGreaterThan(0.8 * MB)
    expect(after).toBeLessThan(MB)
  })

  it('begins again when the file is sent again', () => {
    const retried = measurePace(
      run([
        [0, 0],
        [1000, 5 * MB],
      ]),
      0,
      2000,
    )
    expect(retried).toEqual({ measuredAt: 2000, startedAt: 2000, sentBytes: 0, bytesPerSecond: 0 })
  })

  it('promises nothing while nothing moves', () => {
    expect(
      estimate(
        run([
          [0, 0],
          [2000, 0],
        ]),
        MB,
      ),
    ).toBeUndefined()
  })
})

function run(samples: [at: number, sentBytes: number][]): Pace | undefined {
  return samples.reduce<Pace | undefined>((pace, [at, sentBytes]) => measurePace(pace, sentBytes, at), undefined)
}

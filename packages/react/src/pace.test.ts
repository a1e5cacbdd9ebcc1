import type { Upload } from '@oss-direct/uploader'
import { describe, expect, it } from 'vitest'
import { bytesMoved, estimate, measurePace, type Pace } from './pace.ts'
import { uploadIn } from './upload.fixture.ts'

const MB = 1_000_000

describe('the pace of an upload', () => {
  it('is the same object until half a second has passed, so that nothing is drawn in between', () => {
    const first = measurePace(undefined, [sending(0)], 0)
    expect(measurePace(first, [sending(MB)], 499)).toBe(first)
    expect(measurePace(first, [sending(MB)], 500)).not.toBe(first)
  })

  it('gives no figure in the first second, and a true one after it', () => {
    const early = run([0, sending(0)], [500, sending(MB)])
    expect(estimate(early, 9 * MB)).toBeUndefined()
    const later = run([0, sending(0)], [500, sending(MB)], [1000, sending(2 * MB)])
    expect(estimate(later, 8 * MB)).toEqual({ bytesPerSecond: 2 * MB, leftMs: 4000 })
  })

  it('follows a change slowly: one stalled sample does not treble the time left', () => {
    const steady = [[0, sending(0)] as const, [1000, sending(MB)] as const, [2000, sending(2 * MB)] as const]
    const after = estimate(run(...steady, [2500, sending(2 * MB)]), MB)?.bytesPerSecond ?? 0
    expect(after).toBeGreaterThan(0.8 * MB)
    expect(after).toBeLessThan(MB)
  })

  it('promises nothing while nothing moves, and nothing more five seconds after it stopped', () => {
    expect(estimate(run([0, sending(0)], [2000, sending(0)]), MB)).toBeUndefined()
    const samples = [1, 2, 3, 4, 5, 6].map((second) => [second * 1000, sending(MB)] as const)
    expect(estimate(run([0, sending(0)], ...samples.slice(0, 5)), MB)).toBeDefined()
    expect(estimate(run([0, sending(0)], ...samples), MB)).toBeUndefined()
  })

  it('is that of the bytes that leave, when parts go again: they are not taken off, and count when they leave again', () => {
    const steady = [[0, sending(0)] as const, [1000, sending(2 * MB)] as const]
    const pace = run(...steady, [2000, sending(MB)], [3000, sending(3 * MB)], [4000, sending(5 * MB)])
    const figure = estimate(pace, MB)?.bytesPerSecond ?? 0
    expect(figure).toBeGreaterThan(1.5 * MB)
    expect(figure).toBeLessThanOrEqual(2 * MB)
  })

  it('begins again after a computer has slept', () => {
    const pace = run([0, sending(0)], [1000, sending(MB)], [3_600_000, sending(MB + 1)])
    expect(pace).toMatchObject({ startedAt: 3_600_000, bytesPerSecond: 0 })
  })
})

describe('bytes that left between two looks', () => {
  it.each<[string, Upload[], Upload[], number]>([
    ['progress', [sending(MB)], [sending(3 * MB)], 2 * MB],
    ['the rest of a file that is all sent', [sending(MB)], [at('confirming')], 9 * MB],
    ['all of a small file that was through in between', [at('queued')], [at('done')], 10 * MB],
    ['what a form has sent since it began', [at('signing')], [sending(MB)], MB],
    ['not what OSS had of one in parts that goes on', [at('queued')], [parts(9 * MB)], 0],
    ['nor what a resumed one begins with', [at('paused')], [parts(9 * MB)], 0],
    ['nothing off when one is sent from the start', [sending(9 * MB)], [at('queued')], 0],
    ['nothing off when one is cancelled', [sending(9 * MB)], [at('cancelled')], 0],
    ['nothing when one is confirmed', [at('confirming')], [at('done')], 0],
    ['nothing of one that was just added', [], [at('queued')], 0],
    ['those that moved up when others went', [at('done', 'x'), sending(MB)], [sending(2 * MB)], MB],
  ])('count %s', (_what, before, after, bytes) => {
    expect(bytesMoved(before, after)).toBe(bytes)
  })
})

function at(phase: Upload['phase'], id = 'a'): Upload {
  const upload = uploadIn(phase, { id })
  return { ...upload, file: { name: 'a', size: 10 * MB, type: '', lastModified: 0 } }
}

function sending(sentBytes: number): Upload {
  return { ...at('sending'), sentBytes } as Upload
}

function parts(sentBytes: number): Upload {
  return { ...at('sending'), sentBytes, pauseRestarts: false } as Upload
}

function run(...looks: readonly (readonly [now: number, upload: Upload])[]): Pace | undefined {
  return looks.reduce<Pace | undefined>((pace, [now, upload]) => measurePace(pace, [upload], now), undefined)
}

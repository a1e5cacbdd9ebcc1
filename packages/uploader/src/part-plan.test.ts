import { describe, expect, it } from 'vitest'
import { missingParts, partRange } from './part-plan.ts'

const plan = { partSize: 10, partCount: 3 } // of a file of 25 bytes
const part = (partNumber: number, size: number) => ({ partNumber, size })

describe('a plan of parts', () => {
  it.each([
    [1, { start: 0, end: 10 }],
    [2, { start: 10, end: 20 }],
    [3, { start: 20, end: 25 }],
  ])('part %i', (partNumber, range) => {
    expect(partRange(partNumber, plan, 25)).toEqual(range)
  })

  it('reaches the last byte of the largest file there is', () => {
    const largest = { partSize: 5 * 1024 ** 3, partCount: 10_000 }
    expect(partRange(10_000, largest, 10_000 * largest.partSize).end).toBe(53_687_091_200_000)
  })

  it.each<[what: string, have: { partNumber: number; size: number }[], missing: number[]]>([
    ['nothing is there', [], [1, 2, 3]],
    ['one is there', [part(2, 10)], [1, 3]],
    ['the short last one is there', [part(3, 5)], [1, 2]],
    ['all are', [part(1, 10), part(2, 10), part(3, 5)], []],
    ['one has too few bytes', [part(1, 9), part(2, 10)], [1, 3]],
    ['the last one is as long as the others', [part(3, 10)], [1, 2, 3]],
    ['one is beyond the end', [part(4, 10), part(1, 10)], [2, 3]],
  ])('what is missing when %s', (_what, have, missing) => {
    expect(missingParts(plan, 25, have)).toEqual(missing)
  })

  it('an empty file is one empty part', () => {
    expect(missingParts({ partSize: 10, partCount: 1 }, 0, [])).toEqual([1])
    expect(missingParts({ partSize: 10, partCount: 1 }, 0, [part(1, 0)])).toEqual([])
  })
})

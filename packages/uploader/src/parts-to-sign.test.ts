import { describe, expect, it } from 'vitest'
import { partsToSign } from './parts-to-sign.ts'

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index)
const signed = (partNumbers: number[], endsAt = 900_000) =>
  new Map(partNumbers.map((partNumber) => [partNumber, { url: `/${partNumber}`, endsAt }]))

describe('parts to sign', () => {
  it.each<[what: string, wanted: number[], urls: ReturnType<typeof signed>, expected: number[]]>([
    ['nothing is left to send', [], signed([]), []],
    ['a few parts, none signed', range(1, 7), signed([]), range(1, 7)],
    ['many parts: no more than 100 a call', range(1, 950), signed([]), range(1, 100)],
    ['the next ones have theirs', range(5, 950), signed(range(1, 100)), []],
    ['the last but few of a batch', range(90, 950), signed(range(1, 100)), range(101, 200)],
    ['all have theirs', range(90, 100), signed(range(1, 100)), []],
    ['those that ended are signed anew', range(2, 5), signed(range(1, 100), -1), range(2, 5)],
    ['those that end at once, too', range(2, 5), signed(range(1, 100), 14_999), range(2, 5)],
    ['not those that hold a little longer', range(2, 5), signed(range(1, 100), 15_001), []],
    ['gaps, as after a reload', [3, 700, 9000], signed([]), [3, 700, 9000]],
  ])('%s', (_what, wanted, urls, expected) => {
    expect(partsToSign(wanted, urls, 0)).toEqual(expected)
  })
})

import { describe, expect, it } from 'vitest'
import { MAX_MULTIPART_BYTES, MAX_PART_BYTES, MIN_PART_BYTES, partBytes, planParts } from './part-plan.ts'

const MiB = 1024 ** 2
const GiB = 1024 ** 3
const TiB = 1024 ** 4

describe('the parts of a file', () => {
  it.each([
    ['nothing', 0, 8 * MiB, 8 * MiB, 1],
    ['one byte', 1, 8 * MiB, 8 * MiB, 1],
    ['one part', 8 * MiB, 8 * MiB, 8 * MiB, 1],
    ['a byte more', 8 * MiB + 1, 8 * MiB, 8 * MiB, 2],
    ['4 GiB', 4 * GiB, 8 * MiB, 8 * MiB, 512],
    ['the most of such parts', 80_000 * MiB, 8 * MiB, 8 * MiB, 10_000],
    ['a byte more', 80_000 * MiB + 1, 8 * MiB, 9 * MiB, 8889],
    ['1 TiB', TiB, 8 * MiB, 105 * MiB, 9987],
    ['small parts', 10_000 * MIN_PART_BYTES, MIN_PART_BYTES, MIN_PART_BYTES, 10_000],
    ['a byte more', 10_000 * MIN_PART_BYTES + 1, MIN_PART_BYTES, MiB, 977],
    ['all that OSS takes, 48.8 TB', MAX_MULTIPART_BYTES, 8 * MiB, MAX_PART_BYTES, 10_000],
  ])('%s (%d bytes, %d wished)', (_case, size, wished, partSize, partCount) => {
    const plan = planParts(size, wished)
    expect(plan).toEqual({ partSize, partCount })
    const last = partBytes(size, plan, partCount)
    expect(partSize * (partCount - 1) + last).toBe(size)
    expect(last).toBeGreaterThanOrEqual(Math.min(size, 1))
    expect(last).toBeLessThanOrEqual(partSize)
    if (partCount > 1) expect(partBytes(size, plan, 1)).toBe(partSize)
  })

  it('stay within what OSS takes, whatever the size', () => {
    for (let size = 1; size <= MAX_MULTIPART_BYTES; size = Math.ceil(size * 1.37)) {
      const { partSize, partCount } = planParts(size, MIN_PART_BYTES)
      expect(partSize).toBeGreaterThanOrEqual(MIN_PART_BYTES)
      expect(partSize).toBeLessThanOrEqual(MAX_PART_BYTES)
      expect(partCount).toBeLessThanOrEqual(10_000)
    }
  })
})

/** How a file is cut: every part of one size, the last one smaller or as large. */
export interface PartPlan {
  partSize: number
  partCount: number
}

// Source: OSS API reference, limits of multipart upload: parts 1 to 10,000, each 100 KB to 5 GB but the last.
const MAX_PARTS = 10_000
export const MIN_PART_BYTES = 100 * 1024
export const MAX_PART_BYTES = 5 * 1024 ** 3
/** 48.8 TB. */
export const MAX_MULTIPART_BYTES = MAX_PARTS * MAX_PART_BYTES

const MiB = 1024 ** 2

/** Parts of the wished size, or larger ones, in whole MiB, where there would be more than OSS takes. */
export function planParts(size: number, wishedBytes: number): PartPlan {
  const smallest = Math.ceil(size / MAX_PARTS)
  const partSize = smallest <= wishedBytes ? wishedBytes : Math.ceil(smallest / MiB) * MiB
  return cutIntoParts(size, partSize)
}

/** An empty file has one part, which is empty: OSS makes no object of none. */
export function cutIntoParts(size: number, partSize: number): PartPlan {
  return { partSize, partCount: Math.max(1, Math.ceil(size / partSize)) }
}

/** Bytes of one part. */
export function partBytes(size: number, { partSize, partCount }: PartPlan, partNumber: number): number {
  return partNumber < partCount ? partSize : size - partSize * (partCount - 1)
}

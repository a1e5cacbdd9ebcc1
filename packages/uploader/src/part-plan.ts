/** How the server cuts a file. Every part has `partSize` bytes, the last one what is left. */
export interface PartPlan {
  partSize: number
  partCount: number
}

/** Where a part lies in its file: from `start` up to, and without, `end`. Parts count from 1. */
export function partRange(
  partNumber: number,
  { partSize }: PartPlan,
  fileSize: number,
): { start: number; end: number } {
  const start = (partNumber - 1) * partSize
  return { start, end: Math.min(start + partSize, fileSize) }
}

export function partBytes(partNumber: number, plan: PartPlan, fileSize: number): number {
  const { start, end } = partRange(partNumber, plan, fileSize)
  return end - start
}

/** The parts that OSS lacks, by number. One of another size than the plan's is of another file, and is sent again. */
export function missingParts(
  plan: PartPlan,
  fileSize: number,
  have: readonly { partNumber: number; size: number }[],
): number[] {
  const sizes = new Map(have.map(({ partNumber, size }) => [partNumber, size]))
  const all = Array.from({ length: plan.partCount }, (_, index) => index + 1)
  return all.filter((partNumber) => sizes.get(partNumber) !== partBytes(partNumber, plan, fileSize))
}

/** Of which more is better, or less. */
const UNITS = {
  'ops/s': 'more',
  'requests/s': 'more',
  'files/s': 'more',
  'MiB/s': 'more',
  s: 'less',
  ms: 'less',
  KiB: 'less',
  MB: 'less',
  rows: 'less',
  requests: 'less',
} as const

export type Unit = keyof typeof UNITS

/** One rival in one row of the table of figures; what `bench/results/latest.json` is a list of. */
export interface BenchRow {
  group: string
  name: string
  /** A published package with its version, the floor that nobody gets under, or a limit. */
  rival: string
  /** Medians over the rounds. */
  ours: number
  theirs: number
  unit: Unit
  /** How many times better ours is: the median of the rounds' ratios, and their quartiles. */
  ratio: number
  low: number
  high: number
  /** The least ratio; without it the row is only told. */
  target?: number
  ok: boolean
  /** What a reader must know of this row: that a slow rival had fewer files. */
  note?: string
}

export interface Measured extends Pick<BenchRow, 'name' | 'rival' | 'unit' | 'target' | 'note'> {
  /** One figure a round; the rounds of both in the same order, in turns. */
  ours: readonly number[]
  theirs: readonly number[]
}

/** Medians and the ratio's quartiles, because the slow rounds of a shared machine are no property of the code. */
export function benchRow(group: string, { ours, theirs, ...row }: Measured): BenchRow {
  const ratios = ours.map((own, round) => better(row.unit, own, theirs[round] ?? Number.NaN))
  const ratio = median(ratios)
  return {
    group,
    ...row,
    ours: median(ours),
    theirs: median(theirs),
    ratio,
    low: quantile(ratios, 0.25),
    high: quantile(ratios, 0.75),
    ok: row.target === undefined || ratio >= row.target,
  }
}

/** A figure that has a limit of its own and no rival. */
export function limitRow(
  group: string,
  { limit, measured, ...row }: Pick<BenchRow, 'name' | 'unit' | 'note'> & { limit: number; measured: number },
): BenchRow {
  return benchRow(group, { ...row, rival: 'limit', ours: [measured], theirs: [limit], target: 1 })
}

/** Where ours is nothing at all, which JSON could not tell. */
export const MOST = 999

function better(unit: Unit, ours: number, theirs: number): number {
  if (UNITS[unit] === 'more') return Math.min(ours / theirs, MOST)
  // Memory that shrank has a growth below nothing.
  return ours <= 0 ? MOST : Math.min(theirs / ours, MOST)
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5)
}

/** Between two of them in proportion: of three the quartiles are no measured ones. */
function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  const place = (sorted.length - 1) * share
  const [below = Number.NaN, above = below] = sorted.slice(Math.floor(place))
  return below + (above - below) * (place % 1)
}

/** One way to do the job. An asynchronous one is awaited each time, as its users must. */
export interface Contender {
  name: string
  run(): unknown
  asynchronous?: true
}

export interface Comparison {
  name: string
  /** Median operations a second. */
  median: number
  /** How much faster the subject is than this one: median of the rounds' ratios, with their quartiles. */
  ratio: { median: number; low: number; high: number }
}

const ROUNDS = 41
const ROUND_MS = 15

/**
 * Runs all contenders in turns in one process and compares the first with each.
 *
 * In turns, because a machine that is slow for a second is then slow for all; medians, because the slow rounds of a
 * shared machine are not a property of the code.
 */
export async function compare(contenders: readonly [Contender, ...Contender[]]): Promise<Comparison[]> {
  const batches = new Map<Contender, number>()
  for (const contender of contenders) batches.set(contender, await sizeBatch(contender))

  const speeds = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]))
  for (let round = 0; round < ROUNDS; round++) {
    const order = round % 2 === 0 ? contenders : [...contenders].reverse()
    for (const contender of order) {
      const count = batches.get(contender) ?? 1
      speeds.get(contender)?.push((count / (await time(contender, count))) * 1000)
    }
  }

  const subject = speeds.get(contenders[0]) ?? []
  return contenders.map((contender) => {
    const own = speeds.get(contender) ?? []
    const ratios = own.map((speed, round) => (subject[round] ?? 0) / speed)
    return {
      name: contender.name,
      median: quantile(own, 0.5),
      ratio: { median: quantile(ratios, 0.5), low: quantile(ratios, 0.25), high: quantile(ratios, 0.75) },
    }
  })
}

export function printComparison(
  title: string,
  comparisons: readonly Comparison[],
  targets: Record<string, number>,
): void {
  console.log(`\n${title}\n`)
  console.table(
    comparisons.map(({ name, median, ratio }) => ({
      contender: name,
      'ops/s (median)': Math.round(median),
      'ours ÷ this': ratio.median.toFixed(2),
      quartiles: `${ratio.low.toFixed(2)} … ${ratio.high.toFixed(2)}`,
      target: targets[name] === undefined ? '' : `≥ ${targets[name]}`,
      met: targets[name] === undefined ? '' : ratio.median >= targets[name] ? 'yes' : 'NO',
    })),
  )
}

async function sizeBatch(contender: Contender): Promise<number> {
  let count = 16
  while ((await time(contender, count)) < ROUND_MS) count *= 2
  // Once more in full, so that the optimising compiler is done before anything is measured.
  for (let warm = 0; warm < 10; warm++) await time(contender, count)
  return count
}

async function time({ run, asynchronous }: Contender, count: number): Promise<number> {
  const startedAt = performance.now()
  if (asynchronous) for (let index = 0; index < count; index++) await run()
  else for (let index = 0; index < count; index++) run()
  return performance.now() - startedAt
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}

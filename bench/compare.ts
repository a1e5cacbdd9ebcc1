/** One way to do a job of microseconds. An asynchronous one is awaited each time, as its users must. */
export interface Contender {
  name: string
  run(): unknown
  asynchronous?: true
}

const ROUNDS = 41
const ROUND_MS = 15

/** Runs all of them in turns in one process; gives the operations a second of each by its name, one figure a round. */
export async function compare(contenders: readonly Contender[]): Promise<Map<string, number[]>> {
  const batches = new Map<Contender, number>()
  for (const contender of contenders) batches.set(contender, await sizeBatch(contender))

  const speeds = new Map<string, number[]>(contenders.map(({ name }) => [name, []]))
  for (let round = 0; round < ROUNDS; round++) {
    for (const contender of round % 2 === 0 ? contenders : [...contenders].reverse()) {
      const count = batches.get(contender) ?? 1
      speeds.get(contender.name)?.push((count / (await time(contender, count))) * 1000)
    }
  }
  return speeds
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

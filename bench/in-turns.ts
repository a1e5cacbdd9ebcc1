/** One way to do a job that is timed as a whole; gives its figure, of whatever unit. */
export interface Turn {
  name: string
  run(): Promise<number>
  /** A slow rival takes part in so many rounds only. @default all of them */
  rounds?: number
}

/**
 * Runs all of them in turns, the order reversed with every round, because a machine that is slow for a while is then slow
 * for all. Gives the figures of each by its name.
 */
export async function runInTurns(rounds: number, turns: readonly Turn[]): Promise<Map<string, number[]>> {
  const figures = new Map<string, number[]>(turns.map(({ name }) => [name, []]))
  for (let round = 0; round < rounds; round++) {
    for (const turn of round % 2 === 0 ? turns : [...turns].reverse()) {
      if (round >= (turn.rounds ?? rounds)) continue
      figures.get(turn.name)?.push(await turn.run())
    }
  }
  return figures
}

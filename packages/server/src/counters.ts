/** How often what happened since the process began, by name. */
export interface Counters {
  count(name: string): void
  read(): Readonly<Record<string, number>>
}

export function createCounters(): Counters {
  const counts = new Map<string, number>()
  return {
    count: (name) => counts.set(name, (counts.get(name) ?? 0) + 1),
    read: () => Object.fromEntries(counts),
  }
}

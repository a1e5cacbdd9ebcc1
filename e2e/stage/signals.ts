/** What programs have reported by themselves, kept by name for those who ask later, and told at once to those who wait. */
export interface Signals<Name extends string> {
  note(name: Name, detail: string): void
  /** Details, oldest first. */
  list(name: Name): readonly string[]
  /** Resolves when it has been reported so often, in all. */
  until(name: Name, times: number): Promise<void>
}

export function createSignals<Name extends string>(): Signals<Name> {
  const heard = new Map<Name, string[]>()
  const waiting = new Set<() => void>()
  const list = (name: Name) => heard.get(name) ?? []
  return {
    note(name, detail) {
      heard.set(name, [...list(name), detail])
      for (const look of waiting) look()
    },
    list,
    until: (name, times) =>
      new Promise((resolve) => {
        const look = () => {
          if (list(name).length < times) return
          waiting.delete(look)
          resolve()
        }
        waiting.add(look)
        look()
      }),
  }
}

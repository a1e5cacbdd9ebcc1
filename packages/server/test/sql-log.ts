import Database from 'libsql'
import { vi } from 'vitest'

export interface Ran {
  text: string
  parameters: readonly unknown[]
}

/** What SQLite is told, whoever opens it from now on. */
export interface SqlLog {
  /** All that ran since it was last asked. */
  take(): { statements: Ran[]; commits: number }
  restore(): void
}

/** Looks on from beside the driver: nothing that runs is another thing for it. */
export function watchSql(): SqlLog {
  let ran: Ran[] = []
  const prepare = Database.prototype.prepare
  const spy = vi.spyOn(Database.prototype, 'prepare').mockImplementation(function (this: Database.Database, text) {
    const statement = prepare.call(this, text)
    const watch = <A extends unknown[], R>(execute: (...bound: A) => R) => {
      return (...bound: A): R => {
        ran.push({ text, parameters: (bound[0] ?? []) as unknown[] })
        return execute.apply(statement, bound)
      }
    }
    return Object.assign(statement, { run: watch(statement.run), all: watch(statement.all) })
  })
  return {
    take() {
      const all = ran
      ran = []
      return {
        statements: all.filter(({ text }) => !TURNS.test(text)),
        commits: all.filter(({ text }) => text === 'COMMIT').length,
      }
    },
    restore: () => spy.mockRestore(),
  }
}

const TURNS = /^(BEGIN IMMEDIATE|COMMIT|ROLLBACK( TO part)?|SAVEPOINT part|RELEASE part)$/

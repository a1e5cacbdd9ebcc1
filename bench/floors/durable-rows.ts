import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import Database from 'libsql'

export interface Rows {
  /** On the disk when it resolves. */
  commit(text: string): Promise<void>
}

/**
 * Rows in SQLite, with the driver and the pragmas of our store.
 *
 * - `commits`  `each`: every row has its own; `shared`: all rows of one turn of the event loop have one, as in our store
 */
export function openRows(folder: string, commits: string): Rows {
  const database = new Database(join(folder, `${commits}.db`))
  database.pragma('journal_mode = WAL')
  database.pragma('synchronous = FULL')
  database.exec('CREATE TABLE rows (id TEXT PRIMARY KEY, text TEXT NOT NULL)')
  const insert = database.prepare('INSERT INTO rows VALUES (?, ?)')
  if (commits === 'each') return { commit: async (text) => void insert.run([randomUUID(), text]) }
  const [begin, end] = [database.prepare('BEGIN IMMEDIATE'), database.prepare('COMMIT')]
  let shared: Promise<void> | undefined
  const nextCommit = (): Promise<void> => {
    begin.run([])
    return new Promise((resolve) => {
      setImmediate(() => {
        shared = undefined
        end.run([])
        resolve()
      })
    })
  }
  return {
    commit(text) {
      shared ??= nextCommit()
      insert.run([randomUUID(), text])
      return shared
    },
  }
}

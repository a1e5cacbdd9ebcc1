import { existsSync, mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Kysely } from 'kysely'
import Database from 'libsql'
import type { ApiKeyStore } from './api-key.ts'
import { kyselyApiKeys } from './kysely-api-keys.ts'
import { kyselyStore } from './kysely-store.ts'
import { sqliteDialect } from './sqlite-dialect.ts'
import type { Store } from './store.ts'
import { migrateStore, type UploadsDatabase } from './store-schema.ts'

export interface SqliteStoreOptions {
  /** Path of the database; made with its folder where missing. Two more files stand beside it while it is open. */
  file: string
}

/**
 * Records in one SQLite file, for one server process. Every write is on the disk before it is answered.
 *
 * Throws when another process has the file: two would settle behind each other's back.
 */
export async function openSqliteStore({ file }: SqliteStoreOptions): Promise<Store> {
  const path = resolve(file)
  mkdirSync(dirname(path), { recursive: true })
  const lock = lockFile(path)
  const { connection, database } = connect(path)
  try {
    await migrateStore(database)
    // Whoever held a claim was a process that is gone, because the lock is ours: nobody needs to wait for its lease.
    await database
      .updateTable('uploads')
      .set({ lease_holder: null, lease_until: null })
      .where('lease_holder', 'is not', null)
      .execute()
  } catch (error) {
    connection.close()
    lock.close()
    throw error
  }
  const store = kyselyStore(database, {
    pickRow: (query) => query,
    // Transactions have the right to write from their beginning, and one is under way at a time.
    lockAccount: () => Promise.resolve(),
  })
  return {
    ...store,
    async close() {
      await store.close()
      lock.close()
    },
  }
}

/**
 * The API keys of such a file, also while a server has it: they need no lock, since each change is one statement. The database is
 * brought to its version where nobody else has it.
 */
export async function openSqliteApiKeys({
  file,
}: SqliteStoreOptions): Promise<ApiKeyStore & { close(): Promise<void> }> {
  const path = resolve(file)
  if (!existsSync(path)) {
    throw new Error(`There is no database at ${path}. The server makes it when it is started for the first time.`)
  }
  const lock = lockIfFree(path)
  const { connection, database } = connect(path)
  try {
    if (lock !== undefined) await migrateStore(database)
    else if (connection.prepare("SELECT 1 FROM sqlite_master WHERE name = 'api_keys'").get() === undefined) {
      throw new Error(`${path} is in use by a server of an older version. Start that server anew with this one first.`)
    }
  } catch (error) {
    connection.close()
    throw error
  } finally {
    lock?.close()
  }
  return { ...kyselyApiKeys(database), close: () => database.destroy() }
}

function connect(path: string): { connection: Database.Database; database: Kysely<UploadsDatabase> } {
  const connection = new Database(path)
  connection.pragma('journal_mode = WAL')
  connection.pragma('synchronous = FULL')
  connection.pragma('busy_timeout = 5000')
  connection.pragma('foreign_keys = ON')
  // In KiB. The default of 2 MiB does not even hold the inner pages of the indexes over a million records.
  connection.pragma('cache_size = -32768')
  // In bytes; nothing is taken where the file is smaller. A page of a list is 21 records at as many places: in the mapped file each is had
  // without a call of the system and a copy. Writing goes the other way as before. Where the disk cannot be read, or somebody cuts the
  // file short, the process ends by SIGBUS, and the request alone would have failed. Larger pages help lists as well, but make a
  // grant dearer: of 8 KiB by a seventh, of 16 by a third.
  connection.pragma('mmap_size = 1073741824')
  return { connection, database: new Kysely<UploadsDatabase>({ dialect: sqliteDialect(connection) }) }
}

/**
 * A transaction that stays open in a file of its own. The system drops it with the process, however it ends; a file with a
 * process id in it would outlive a SIGKILL, and the id may by then be somebody else's. The database itself stays readable.
 */
function lockFile(path: string): Database.Database {
  const lock = new Database(`${path}-lock`)
  try {
    lock.exec('BEGIN EXCLUSIVE')
    return lock
  } catch (cause) {
    lock.close()
    throw new Error(
      `${path} is in use by another process. Stop that one, or give this one a database of its own: SQLite serves one server process.`,
      { cause },
    )
  }
}

function lockIfFree(path: string): Database.Database | undefined {
  try {
    return lockFile(path)
  } catch {
    return undefined
  }
}

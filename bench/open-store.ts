import { openPostgresStore, openSqliteStore, type Store } from '@oss-direct/server'

export const SQLITE = 'sqlite:'

/** By the address of its database, as the reference server takes it in DATABASE_URL. */
export function openStore(url: string): Promise<Store> {
  if (url.startsWith(SQLITE)) return openSqliteStore({ file: url.slice(SQLITE.length) })
  return openPostgresStore({ connectionString: url })
}

import type { ApiKeyStore } from './api-key.ts'
import { openPostgresStore } from './postgres-store.ts'
import { openSqliteApiKeys } from './sqlite-store.ts'

/**
 * The API keys of a database, for programs that are no server: a server may run on it meanwhile, also on SQLite.
 *
 * Throws Error where there is no such database, or where it cannot be opened.
 */
export async function openApiKeys(
  database: { file: string } | { connectionString: string },
): Promise<ApiKeyStore & { close(): Promise<void> }> {
  if ('file' in database) return openSqliteApiKeys(database)
  const { keys, close } = await openPostgresStore({ ...database, maxConnections: 1 })
  return { ...keys, close }
}

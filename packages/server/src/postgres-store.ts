import { Kysely, PostgresDialect } from 'kysely'
import pg from 'pg'
import { kyselyStore } from './kysely-store.ts'
import { type Logger, silentLogger } from './logger.ts'
import type { Store } from './store.ts'
import { migrateStore, type UploadsDatabase } from './store-schema.ts'

export interface PostgresStoreOptions {
  /** `postgres://user:password@host:5432/database`; with `?sslmode=verify-full` over TLS. */
  connectionString: string
  /** Of this process; all of its calls share them. @default 10 */
  maxConnections?: number
  /** How long a call waits for a connection. @default 5000 */
  connectTimeoutMs?: number
  /** How long one statement may run; those of migrations have ten minutes. @default 10_000 */
  statementTimeoutMs?: number
  /** Told of connections that broke while nobody used them. @default silent */
  logger?: Logger
}

/**
 * Records in Postgres, for any number of server processes. Every write is as durable as the database makes its commits.
 *
 * Throws when the database cannot be reached or not be brought to this version. Several servers may start at once: one
 * migrates, the others wait for it.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const { connectionString, maxConnections = 10, connectTimeoutMs = 5000, statementTimeoutMs = 10_000 } = options
  const { logger = silentLogger } = options
  const open = (limits: pg.PoolConfig) => {
    const pool = new pg.Pool({
      connectionString,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      application_name: 'oss-direct',
      types: { getTypeParser },
      ...limits,
    })
    // Without a listener a database that is started anew would end this process.
    pool.on('error', (error) => logger.warn({ err: error }, 'a connection to the database broke'))
    return new Kysely<UploadsDatabase>({ dialect: new PostgresDialect({ pool }) })
  }

  const migrating = open({ max: 1, statement_timeout: MIGRATION_TIMEOUT_MS })
  try {
    await migrateStore(migrating)
  } catch (cause) {
    throw new Error(`The database ${placeOf(connectionString)} could not be opened: ${reasonOf(cause)}`, { cause })
  } finally {
    await migrating.destroy()
  }
  return kyselyStore(
    open({
      max: maxConnections,
      statement_timeout: statementTimeoutMs,
      // The server's own limit ends the statement; this one ends the wait where the server itself is gone.
      query_timeout: statementTimeoutMs + 5000,
      idle_in_transaction_session_timeout: statementTimeoutMs,
    }),
    // Many servers sweep: each takes the next row that no other one has just locked, and none waits for another.
    (query) => query.forUpdate().skipLocked(),
  )
}

// An index over millions of records takes its time.
const MIGRATION_TIMEOUT_MS = 10 * 60_000

// Sizes and times are far below 2^53. Set for our own connections alone: the application may want its bigints otherwise.
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (type, format) =>
  type === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(type, format)

/** Without user and password. */
function placeOf(connectionString: string): string {
  if (!URL.canParse(connectionString)) return 'of this connection string, which is no URL,'
  const { host, pathname } = new URL(connectionString)
  return `${pathname.slice(1)} at ${host || 'this machine'}`
}

function reasonOf(error: unknown): string {
  // A host with several addresses fails with one error for each, and with no words of its own.
  const [first] = error instanceof AggregateError ? error.errors : [error]
  return first instanceof Error ? first.message : String(first)
}

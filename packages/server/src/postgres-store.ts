import { Kysely, PostgresDialect, sql } from 'kysely'
import pg from 'pg'
import { RateLimiterPostgres } from 'rate-limiter-flexible'
import { kyselyStore } from './kysely-store.ts'
import { type Logger, silentLogger } from './logger.ts'
import { requestCounter } from './request-counter.ts'
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

/** Of this process, as they are now. */
export interface DatabaseConnections {
  open: number
  /** Of those, the ones that nobody uses. */
  idle: number
  /** Calls that wait for one. */
  waiting: number
}

export interface PostgresStore extends Store {
  connections(): DatabaseConnections
}

/**
 * Records in Postgres, for any number of server processes. Every write is as durable as the database makes its commits.
 *
 * Throws when the database cannot be reached or not be brought to this version. Several servers may start at once: one
 * migrates, the others wait for it.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<PostgresStore> {
  const { connectionString, maxConnections = 10, connectTimeoutMs = 5000, statementTimeoutMs = 10_000 } = options
  const { logger = silentLogger } = options
  const openPool = (limits: pg.PoolConfig) => {
    const pool = new pg.Pool({
      connectionString,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: 30_000,
      keepAlive: true,
      application_name: 'oss-direct',
      types: { getTypeParser },
      // Whoever waited for his turn has to see what those before him wrote, whatever the database is set up to. A connection
      // that cannot be set up so is not used.
      onConnect: async (client) => {
        await client.query("SET default_transaction_isolation = 'read committed'")
      },
      ...limits,
    })
    // Without a listener a database that is started anew would end this process.
    pool.on('error', (error) => logger.warn({ err: error }, 'a connection to the database broke'))
    return pool
  }
  const open = (pool: pg.Pool) => new Kysely<UploadsDatabase>({ dialect: new PostgresDialect({ pool }) })

  const migrating = open(openPool({ max: 1, statement_timeout: MIGRATION_TIMEOUT_MS }))
  try {
    await migrateStore(migrating)
  } catch (cause) {
    throw new Error(`The database ${placeOf(connectionString)} could not be opened: ${reasonOf(cause)}`, { cause })
  } finally {
    await migrating.destroy()
  }
  const pool = openPool({
    max: maxConnections,
    statement_timeout: statementTimeoutMs,
    // The server's own limit ends the statement; this one ends the wait where the server itself is gone.
    query_timeout: statementTimeoutMs + 5000,
    idle_in_transaction_session_timeout: statementTimeoutMs,
  })
  const database = open(pool)
  const store = kyselyStore(database, {
    // Many servers sweep: each takes the next row that no other one has just locked, and none waits for another.
    pickRow: (query) => query.forUpdate().skipLocked(),
    // Two accounts with one hash wait for each other and lose nothing by it.
    async lockAccount(transaction, account) {
      await sql`SELECT pg_advisory_xact_lock(hashtextextended(${account}, ${ACCOUNT_LOCKS}))`.execute(transaction)
    },
  })
  const limiterOf = (points: number) =>
    new RateLimiterPostgres({
      ...{ storeClient: pool, tableName: 'request_counts', tableCreated: true, clearExpiredByTimeout: false },
      ...{ points, duration: 60, keyPrefix: '' },
      // Whoever is over his limit costs the database nothing more within his minute.
      inMemoryBlockOnConsumed: points + 1,
    })
  const dropOldCounts = () =>
    database
      .deleteFrom('request_counts')
      .where('expire', '<', Date.now() - MINUTE)
      .execute()
      .catch((error: unknown) => logger.warn({ err: error }, 'old request counts could not be deleted'))
  const cleaning = setInterval(dropOldCounts, 5 * MINUTE).unref()
  return {
    ...store,
    countRequest: requestCounter(limiterOf),
    connections: () => ({ open: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    async close() {
      clearInterval(cleaning)
      await store.close()
    },
  }
}

const MINUTE = 60_000
// Tells our locks from those of an application in the same database.
const ACCOUNT_LOCKS = 0x6f73_7364
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

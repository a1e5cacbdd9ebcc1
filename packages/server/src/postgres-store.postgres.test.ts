import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { describeApiKeys } from '../test/api-key-contract.ts'
import { createDatabase, type TestDatabase } from '../test/postgres-database.ts'
import { describeQuotaRaces, describeQuotas } from '../test/quota-contract.ts'
import { describeSharedStore, describeStore, newUpload } from '../test/store-contract.ts'
import { openPostgresStore } from './postgres-store.ts'

const databases: TestDatabase[] = []
const fresh = async () => {
  const database = await createDatabase()
  databases.push(database)
  return database
}
afterAll(async () => {
  for (const database of databases) await database.drop()
})

const open = async () => openPostgresStore({ connectionString: (await fresh()).url })
describeStore('the Postgres store', open)
describeQuotas('the Postgres store', open)
describeApiKeys('the Postgres store', open)
describeQuotaRaces('by three servers on one Postgres', async () => {
  const { url, query } = await fresh()
  // As some are set up; there a transaction sees what was there when it began, before it had its turn.
  await query(`ALTER DATABASE ${new URL(url).pathname.slice(1)} SET default_transaction_isolation = 'repeatable read'`)
  return Promise.all(Array.from({ length: 3 }, () => openPostgresStore({ connectionString: url })))
})

let shared: Promise<TestDatabase> | undefined
describeSharedStore('a Postgres store of several servers', async () => {
  shared ??= fresh()
  return openPostgresStore({ connectionString: (await shared).url })
})

describe('a Postgres database', () => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await fresh()
  })

  it('is brought to its version by one of many servers that start on it at once', async () => {
    const opened = await Promise.all(
      Array.from({ length: 8 }, () => openPostgresStore({ connectionString: database.url })),
    )
    const [first, last] = [opened[0], opened.at(-1)]
    const upload = newUpload()
    await first?.insert([upload], [])
    expect(await last?.find(upload.id)).toEqual(upload)
    await Promise.all(opened.map((store) => store.close()))
    const migrations = await database.query('SELECT name FROM kysely_migration ORDER BY name')
    expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length)
    expect(migrations.length).toBeGreaterThan(0)
  })

  it('that cannot be reached ends the start, and neither error nor its parts show the password', async () => {
    const wrong = new URL(database.url)
    wrong.password = 'hunter2'
    const closed = new URL(database.url)
    closed.port = '1'
    closed.password = 'hunter2'
    const reasons = ['password authentication failed', 'ECONNREFUSED']
    for (const [index, url] of [wrong, closed].entries()) {
      const error: unknown = await openPostgresStore({ connectionString: url.href }).catch((thrown: unknown) => thrown)
      expect(error).toMatchObject({
        message: expect.stringMatching(
          `^The database uploads_\\w+ at 127\\.0\\.0\\.1:\\d+ could not be opened: .*${reasons[index]}`,
        ),
      })
      expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('hunter2')
    }
  })

  it('ends a statement that takes too long, and serves the next', async () => {
    const store = await openPostgresStore({ connectionString: database.url, statementTimeoutMs: 300 })
    const upload = newUpload()
    const blocker = database.query('BEGIN; LOCK TABLE uploads IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(1); COMMIT')
    await vi.waitFor(async () => {
      const locks = await database.query(
        "SELECT 1 FROM pg_locks WHERE mode = 'AccessExclusiveLock' AND relation = 'uploads'::regclass",
      )
      expect(locks).toHaveLength(1)
    })
    await expect(store.insert([upload], [])).rejects.toThrow('statement timeout')
    await blocker
    await store.insert([upload], [])
    expect(await store.find(upload.id)).toEqual(upload)
    await store.close()
  })

  it('takes no more connections than it may, however many calls come at once', async () => {
    const store = await openPostgresStore({ connectionString: database.url, maxConnections: 2 })
    await Promise.all(Array.from({ length: 50 }, () => store.find('nobody')))
    const count =
      "SELECT count(*)::int AS connections FROM pg_stat_activity WHERE application_name = 'oss-direct' AND datname = current_database()"
    expect(await database.query(count)).toEqual([{ connections: 2 }])
    await store.close()
  })

  it('that cuts its connections is logged, and asked again by new ones', async () => {
    const warnings: string[] = []
    const logger = { info() {}, error() {}, warn: (_facts: object, message: string) => void warnings.push(message) }
    const store = await openPostgresStore({ connectionString: database.url, logger })
    await store.find('nobody')
    await database.query(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'oss-direct' AND datname = current_database()",
    )
    await vi.waitFor(() => expect(warnings).toContain('a connection to the database broke'))
    expect(await store.find('nobody')).toBeUndefined()
    await store.close()
  })
})

import { copyFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import Database from 'libsql'
import pg from 'pg'
import { startPostgres } from '../packages/server/test/postgres-program.ts'
import { openStore, SQLITE } from './open-store.ts'
import { BETWEEN_MS, newUpload } from './stored-uploads.ts'

export const COUNTS = [1000, 100_000, 1_000_000] as const
export const SYSTEMS = ['SQLite', 'PostgreSQL'] as const
export type System = (typeof SYSTEMS)[number]

/**
 * Address of a database that already holds so many settled records, as the reference server takes it in DATABASE_URL. Each is filled
 * once in a run. One in SQLite is a copy for the caller alone, since it serves one process; one in PostgreSQL is everybody's.
 */
export async function filledDatabase(system: System, count: (typeof COUNTS)[number]): Promise<string> {
  const name = `${system} ${count}`
  const filling = filled.get(name) ?? (system === 'SQLite' ? fillSqlite(count) : fillPostgres(count))
  filled.set(name, filling)
  if (system === 'PostgreSQL') return filling
  copies += 1
  const copy = join(await folder(), `copy-${copies}.db`)
  await copyFile((await filling).slice(SQLITE.length), copy)
  return `${SQLITE}${copy}`
}
const filled = new Map<string, Promise<string>>()
let copies = 0

/** At the end of the run, when nobody has one open any more. */
export async function removeDatabases(): Promise<void> {
  await (await postgres.started)?.stop()
  const made = await home.made
  if (made !== undefined) await rm(made, { recursive: true, force: true })
}

const home: { made?: Promise<string> } = {}
function folder(): Promise<string> {
  home.made ??= mkdtemp(join(tmpdir(), 'filled-databases-'))
  return home.made
}

/** Its commits are flushed, as SQLite's are; all else is as PostgreSQL comes. */
const postgres: { started?: ReturnType<typeof startPostgres> } = {}
function postgresServer(): ReturnType<typeof startPostgres> {
  postgres.started ??= startPostgres({ fsync: 'on' })
  return postgres.started
}

async function fillSqlite(count: number): Promise<string> {
  const file = join(await folder(), `${count}.db`)
  const url = `${SQLITE}${file}`
  await insertFirst(url)
  const database = new Database(file)
  // Lost in a crash, and then so is the run. In KiB: enough for all of it, since ids come in no order.
  for (const pragma of ['synchronous = OFF', 'cache_size = -1048576']) database.pragma(pragma)
  database.exec('BEGIN')
  database.exec(KEEP_FIRST)
  const columns = database.prepare('SELECT * FROM first_uploads').columns()
  const copy = copyWith(
    columns.map(({ name }) => name),
    'lower(hex(randomblob(16)))',
  )
  for (let made = FIRST; made < count; made += FIRST) {
    database.exec(copy(made))
    // PostgreSQL may be filled meanwhile.
    await nextTurn()
  }
  database.exec('COMMIT')
  // Copies are made of the file alone.
  const [{ busy }] = database.pragma('wal_checkpoint(TRUNCATE)') as [{ busy: number }]
  if (busy !== 0) throw new Error(`${file} is still read by somebody, and a copy of it would lack records`)
  database.close()
  return url
}

async function fillPostgres(count: number): Promise<string> {
  const server = await postgresServer()
  const name = `records_${count}`
  const url = new URL(server.url)
  url.pathname = `/${name}`
  await asClient(server.url, (client) => client.query(`CREATE DATABASE ${name}`))
  await insertFirst(url.href)
  await asClient(url.href, async (client) => {
    await client.query('BEGIN')
    await client.query(KEEP_FIRST)
    const { fields } = await client.query('SELECT * FROM first_uploads LIMIT 1')
    const copy = copyWith(
      fields.map(({ name }) => name),
      "replace(gen_random_uuid()::text, '-', '')",
    )
    for (let made = FIRST; made < count; made += FIRST) await client.query(copy(made))
    await client.query('COMMIT')
    // What it would else do some time later, in the midst of what is measured.
    await client.query('VACUUM ANALYZE')
    await client.query('CHECKPOINT')
  })
  return url.href
}

const FIRST = 1000
const KEEP_FIRST = 'CREATE TEMPORARY TABLE first_uploads AS SELECT * FROM uploads'

async function insertFirst(url: string): Promise<void> {
  const store = await openStore(url)
  await store.insert(
    Array.from({ length: FIRST }, (_, index) => newUpload(index)),
    [],
  )
  await store.close()
}

/**
 * The statement that adds the first records once more, each with a new id and key, later by `made` records. Of a million the store itself
 * would take a minute.
 */
function copyWith(columns: readonly string[], newId: string): (made: number) => string {
  return (made) => {
    const later = (column: string) => `${column} + ${made * BETWEEN_MS}`
    const anew = new Map([
      ['id', newId],
      ['object_key', `'photo/' || ${newId} || '.jpg'`],
      ...['created_at', 'expires_at', 'accepted_until'].map((column) => [column, later(column)] as const),
    ])
    const values = columns.map((column) => anew.get(column) ?? column)
    return `INSERT INTO uploads (${columns.join(', ')}) SELECT ${values.join(', ')} FROM first_uploads ORDER BY created_at`
  }
}

async function asClient(url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await work(client)
  } finally {
    await client.end()
  }
}

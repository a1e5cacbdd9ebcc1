import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CompiledQuery, Kysely, sql } from 'kysely'
import Database from 'libsql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type SqlLog, watchSql } from '../test/sql-log.ts'
import { sqliteDialect } from './sqlite-dialect.ts'

interface Shelf {
  parents: { id: number }
  children: { id: number; parent: number }
}

let folder: string
let log: SqlLog
let database: Kysely<Shelf>

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sqlite-dialect-'))
  log = watchSql()
  const connection = new Database(join(folder, 'shelf.db'))
  connection.pragma('journal_mode = WAL')
  connection.pragma('foreign_keys = ON')
  database = new Kysely<Shelf>({ dialect: sqliteDialect(connection) })
  await sql`CREATE TABLE parents (id INTEGER PRIMARY KEY)`.execute(database)
  // Looked at when the transaction is committed, so that a commit can be made to fail.
  await sql`
    CREATE TABLE children (
      id INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (id) DEFERRABLE INITIALLY DEFERRED
    )
  `.execute(database)
  log.take()
})
afterEach(async () => {
  await database.destroy()
  log.restore()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

const addParent = (id: number) => database.insertInto('parents').values({ id }).execute()
const addOrphan = (id: number) => database.insertInto('children').values({ id, parent: 99 }).execute()
const parents = async () =>
  (await database.selectFrom('parents').select('id').orderBy('id').execute()).map(({ id }) => id)
const commits = () => log.take().commits

describe('What is written at the same time', () => {
  it('has one commit, and is answered after it', async () => {
    await Promise.all(
      [1, 2, 3].map((id) => addParent(id).then(() => expect(log.take().commits).toBe(id === 1 ? 1 : 0))),
    )
    expect(await parents()).toEqual([1, 2, 3])
  })

  it('fails together where the commit does, and nothing of it is there', async () => {
    const outcomes = await Promise.allSettled([addParent(1), addOrphan(1), parents()])
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    expect(await parents()).toEqual([])
    await addParent(2)
    expect(await parents()).toEqual([2])
  })

  it('fails alone where only its statement does', async () => {
    await addParent(1)
    const outcomes = await Promise.allSettled([addParent(2), addParent(1), addParent(3)])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled'])
    expect(await parents()).toEqual([1, 2, 3])
  })
})

describe('A read', () => {
  it('of what is not durable yet waits until it is', async () => {
    const writing = addParent(1)
    expect(await parents()).toEqual([1])
    expect(commits()).toBe(1)
    await writing
  })

  it('commits nothing', async () => {
    expect(await parents()).toEqual([])
    expect(commits()).toBe(0)
  })
})

describe('Transactions at the same time', () => {
  const both = (ids: [number, number], end: 'keep' | 'throw') =>
    database.transaction().execute(async (transaction) => {
      for (const id of ids) await transaction.insertInto('parents').values({ id }).execute()
      if (end === 'throw') throw new Error('no')
    })

  it('have one commit, and one that is taken back takes nothing else with it', async () => {
    const outcomes = await Promise.allSettled([
      both([1, 2], 'keep'),
      both([3, 4], 'throw'),
      both([5, 6], 'keep'),
      addParent(7),
    ])
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled', 'fulfilled'])
    expect(commits()).toBe(1)
    expect(await parents()).toEqual([1, 2, 5, 6, 7])
  })

  it('that wait for something else hold back the commit of others, and lose nothing', async () => {
    const slow = database.transaction().execute(async (transaction) => {
      await transaction.insertInto('parents').values({ id: 1 }).execute()
      await new Promise((resolve) => setImmediate(() => setImmediate(resolve)))
      expect(commits()).toBe(0)
      await transaction.insertInto('parents').values({ id: 2 }).execute()
    })
    await Promise.all([slow, addParent(3)])
    expect(commits()).toBe(2)
    expect(await parents()).toEqual([1, 2, 3])
  })

  it('are not taken back by one whose commit has failed', async () => {
    const connection = new Database(join(folder, 'shelf.db'))
    connection.pragma('foreign_keys = ON')
    const driver = sqliteDialect(connection).createDriver()
    const [first, second] = [await driver.acquireConnection(), await driver.acquireConnection()]
    await driver.beginTransaction(first, {})
    await first.executeQuery(CompiledQuery.raw('INSERT INTO children VALUES (1, 99)'))
    await expect(driver.commitTransaction(first)).rejects.toThrow('FOREIGN KEY')
    await driver.beginTransaction(second, {})
    await second.executeQuery(CompiledQuery.raw('INSERT INTO parents VALUES (1)'))
    await driver.rollbackTransaction(first)
    await driver.commitTransaction(second)
    await driver.destroy()
    expect(await parents()).toEqual([1])
  })
})

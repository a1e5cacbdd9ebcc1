import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openPostgresStore, type Store } from '@oss-direct/server'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../server/test/postgres-database.ts'

// The program itself, beside a server on the same database.

let database: TestDatabase
let server: Store
beforeAll(async () => {
  database = await createDatabase()
  server = await openPostgresStore({ connectionString: database.url })
})
afterAll(async () => {
  await server.close()
  await database.drop()
})

const main = fileURLToPath(new URL('./main.ts', import.meta.url))
const run = (url: string, ...args: string[]) =>
  promisify(execFile)(process.execPath, ['--import', 'tsx', main, ...args], {
    env: { ...process.env, DATABASE_URL: url },
  })

it('makes, lists and revokes keys in Postgres', async () => {
  const { stdout } = await run(database.url, 'keys', 'create', '--name', 'Acme', '--json')
  const { id } = JSON.parse(stdout)
  expect(await server.keys.find(id)).toMatchObject({ name: 'Acme', caller: `key:${id}` })
  expect((await run(database.url, 'keys', 'list')).stdout).toMatch(new RegExp(`^${id} +Acme +good`, 'm'))
  await run(database.url, 'keys', 'revoke', id)
  expect((await server.keys.find(id))?.revokedAt).toBeInstanceOf(Date)
})

it('says with exit code 1 that the database cannot be reached, and not with what password', async () => {
  const closed = new URL(database.url)
  closed.port = '1'
  closed.password = 'hunter2'
  const failure = await run(closed.href, 'keys', 'list').catch((error: { code: number; stderr: string }) => error)
  expect(failure).toMatchObject({
    code: 1,
    stderr: expect.stringMatching(/^The database \w+ at .* could not be opened: /),
  })
  expect(JSON.stringify(failure)).not.toContain('hunter2@')
  expect(failure.stderr).not.toContain('hunter2')
})

import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { describeApiKeys } from '../test/api-key-contract.ts'
import { describeQuotaRaces, describeQuotas } from '../test/quota-contract.ts'
import { describeStore, newUpload } from '../test/store-contract.ts'
import { openApiKeys } from './api-key-database.ts'
import { openSqliteStore } from './sqlite-store.ts'

const folder = mkdtempSync(join(tmpdir(), 'sqlite-store-'))
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 3 }))

describeStore('the SQLite store', () => openSqliteStore({ file: join(folder, 'contract', 'uploads.db') }))
describeQuotas('the SQLite store', () => openSqliteStore({ file: join(folder, 'quotas.db') }))
describeQuotaRaces('on SQLite', async () => [await openSqliteStore({ file: join(folder, 'races.db') })])
describeApiKeys('the SQLite store', () => openSqliteStore({ file: join(folder, 'keys.db') }))

// What the versions before limits and keys did not have.
const WITHOUT_LIMITS = `
  DROP TABLE api_keys;
  DROP TABLE request_counts;
  DROP TABLE removed_uploads;
  DROP INDEX uploads_of_day;
  DROP INDEX uploads_open;
  ALTER TABLE uploads DROP COLUMN account;`

describe('a SQLite file', () => {
  it('serves one process: the second is told so, and may come when the first has gone', async () => {
    const file = join(folder, 'one.db')
    const first = await openSqliteStore({ file })
    await expect(openSqliteStore({ file })).rejects.toThrow('is in use by another process. Stop that one')
    await first.close()
    await (await openSqliteStore({ file })).close()
  })

  it('of the first version is brought to this one, and what was granted is swept', async () => {
    const file = join(folder, 'old.db')
    const upload = newUpload()
    const first = await openSqliteStore({ file })
    await first.insert([upload], [{ id: upload.id, at: upload.createdAt, event: 'granted', detail: null }])
    await first.close()
    const database = new Database(file)
    database.exec(`
      ${WITHOUT_LIMITS}
      DROP INDEX uploads_due;
      ALTER TABLE uploads DROP COLUMN attempts;
      ALTER TABLE uploads DROP COLUMN due_at;
      ALTER TABLE uploads DROP COLUMN part_size;
      ALTER TABLE uploads DROP COLUMN oss_upload_id;
      ALTER TABLE uploads DROP COLUMN transport;
      ALTER TABLE upload_traces DROP COLUMN sequence;
      DELETE FROM kysely_migration WHERE name > '0001-uploads';
    `)
    database.close()
    const second = await openSqliteStore({ file })
    expect(await second.find(upload.id)).toEqual({ ...upload, dueAt: upload.expiresAt })
    expect(await second.trace(upload.id)).toHaveLength(1)
    await second.close()
  })

  it('of the time before transports were kept knows which upload was one in parts', async () => {
    const file = join(folder, 'parts.db')
    const uploads = [newUpload(), newUpload({ transport: 'multipart', multipart: { partSize: 8 } })]
    const first = await openSqliteStore({ file })
    await first.insert(uploads, [])
    await first.close()
    const database = new Database(file)
    database.exec(`
      ${WITHOUT_LIMITS}
      ALTER TABLE uploads DROP COLUMN transport;
      DELETE FROM kysely_migration WHERE name > '0004-multipart';
    `)
    database.close()
    const second = await openSqliteStore({ file })
    expect(await Promise.all(uploads.map(({ id }) => second.find(id)))).toEqual(uploads)
    await second.close()
  })

  it('keeps its records when it is opened again, and frees what a dead process had claimed', async () => {
    const file = join(folder, 'kept.db')
    const upload = newUpload()
    const first = await openSqliteStore({ file })
    await first.insert([upload], [])
    const now = new Date()
    const until = new Date(now.getTime() + 60_000)
    await first.claim(upload.id, { holder: 'dead', until, now })
    await first.close()
    const second = await openSqliteStore({ file })
    expect(await second.find(upload.id)).toEqual(upload)
    expect(await second.claim(upload.id, { holder: 'alive', until, now })).toMatchObject({ id: upload.id })
    await second.close()
  })
})

describe('keys beside a running server', () => {
  it('are written by another process while grants are counted, and neither fails', async () => {
    const file = join(folder, 'beside.db')
    const store = await openSqliteStore({ file })
    // A connection of its own, in a thread of its own, as the command has it.
    const worker = new Worker(
      `const { workerData, parentPort } = require('node:worker_threads')
       const Database = require(workerData.libsql)
       const database = new Database(workerData.file)
       database.pragma('busy_timeout = 5000')
       const statement = database.prepare("INSERT INTO api_keys VALUES (?, 'h', 'n', 'c', NULL, 0, NULL, NULL, NULL)")
       for (let index = 0; index < 300; index += 1) statement.run([String(index)])
       parentPort.postMessage('written')`,
      { eval: true, workerData: { file, libsql: createRequire(import.meta.url).resolve('libsql') } },
    )
    let isWritten = false
    const written = once(worker, 'message').then(() => {
      isWritten = true
    })
    const quota = { account: 'ann', now: new Date(), openGrants: 1e6, bytesPerDay: 1e12 }
    while (!isWritten) {
      expect(await store.insert([newUpload()], [], quota)).toEqual([undefined])
      // SQLite answers at once, so that nothing else would have its turn.
      await nextTurn()
    }
    await written
    expect(await store.keys.list()).toHaveLength(300)
    await store.close()
  })

  it('are not looked for in the database of an older server, which is told apart from a new one', async () => {
    const file = join(folder, 'older.db')
    const store = await openSqliteStore({ file })
    const database = new Database(file)
    database.exec('DROP TABLE api_keys')
    database.close()
    await expect(openApiKeys({ file })).rejects.toThrow('is in use by a server of an older version')
    await store.close()
  })
})

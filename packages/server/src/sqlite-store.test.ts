import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'libsql'
import { afterAll, describe, expect, it } from 'vitest'
import { describeApiKeys } from '../test/api-key-contract.ts'
import { describeQuotaRaces, describeQuotas } from '../test/quota-contract.ts'
import { describeStore, newUpload } from '../test/store-contract.ts'
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

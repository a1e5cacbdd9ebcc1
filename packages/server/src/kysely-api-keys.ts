import type { Kysely, Selectable } from 'kysely'
import type { ApiKey, ApiKeyStore } from './api-key.ts'
import type { UploadsDatabase } from './store-schema.ts'

/** Keys in the database of the records. */
export function kyselyApiKeys(database: Kysely<UploadsDatabase>): ApiKeyStore {
  return {
    async insert({ id, hash, name, caller, routes, createdAt, expiresAt, revokedAt, lastUsedAt }) {
      const times = {
        created_at: createdAt.getTime(),
        expires_at: expiresAt?.getTime() ?? null,
        revoked_at: revokedAt?.getTime() ?? null,
        last_used_at: lastUsedAt?.getTime() ?? null,
      }
      const scope = routes === undefined ? null : JSON.stringify(routes)
      await database
        .insertInto('api_keys')
        .values({ id, hash, name, caller, routes: scope, ...times })
        .execute()
    },

    async find(id) {
      const row = await database.selectFrom('api_keys').selectAll().where('id', '=', id).executeTakeFirst()
      return row && toKey(row)
    },

    async list() {
      const rows = await database
        .selectFrom('api_keys')
        .selectAll()
        .orderBy('created_at', 'desc')
        .orderBy('id')
        .execute()
      return rows.map(toKey)
    },

    async revoke(id, at) {
      const row = await database
        .updateTable('api_keys')
        .set(({ fn, ref, val }) => ({ revoked_at: fn.coalesce(ref('revoked_at'), val(at.getTime())) }))
        .where('id', '=', id)
        .returningAll()
        .executeTakeFirst()
      return row && toKey(row)
    },

    async touch(id, at) {
      await database
        .updateTable('api_keys')
        .set({ last_used_at: at.getTime() })
        .where('id', '=', id)
        // Many servers may see one key at once: one of them writes.
        .where(({ or, eb }) => or([eb('last_used_at', 'is', null), eb('last_used_at', '<=', at.getTime() - MINUTE)]))
        .execute()
    },
  }
}

const MINUTE = 60_000

function toKey(row: Selectable<UploadsDatabase['api_keys']>): ApiKey {
  return {
    id: row.id,
    hash: row.hash,
    name: row.name,
    caller: row.caller,
    ...(row.routes === null ? {} : { routes: JSON.parse(row.routes) as string[] }),
    createdAt: new Date(row.created_at),
    ...(row.expires_at === null ? {} : { expiresAt: new Date(row.expires_at) }),
    ...(row.revoked_at === null ? {} : { revokedAt: new Date(row.revoked_at) }),
    ...(row.last_used_at === null ? {} : { lastUsedAt: new Date(row.last_used_at) }),
  }
}

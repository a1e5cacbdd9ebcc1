import type { Json } from '@oss-direct/shared'
import type { CompiledQuery, Insertable, Kysely, SelectQueryBuilder, Transaction } from 'kysely'
import { kyselyApiKeys } from './kysely-api-keys.ts'
import { DAY_MS, forgottenUsage, usageOf, withinQuota } from './quota.ts'
import { memoryRequestCounter } from './request-counter.ts'
import type { Store, TraceEntry } from './store.ts'
import type { UploadsDatabase } from './store-schema.ts'
import { endingColumns, fromRow, storable, toRow } from './upload-row.ts'

/** How a database has several writers take turns. */
export interface Turns {
  /** Passes over rows that another server is just claiming. */
  pickRow(query: IdQuery): IdQuery
  /** Until the transaction ends nobody else has a turn with this account. */
  lockAccount(transaction: Transaction<UploadsDatabase>, account: string): Promise<void>
}
// What may still be settled.
const OPEN = ['granted', 'expired'] as const
type IdQuery = SelectQueryBuilder<UploadsDatabase, 'uploads', { id: string }>

/**
 * The store over any database that Kysely speaks to. Claims need no lock but a condition in an UPDATE, which all of them keep;
 * counting a quota needs one for each account.
 */
export function kyselyStore(database: Kysely<UploadsDatabase>, { pickRow, lockAccount }: Turns): Store {
  const inserts = insertTexts(database)
  let traced = 0
  const toTraceRow = (id: string, { at, event, detail }: TraceEntry): Insertable<UploadsDatabase['upload_traces']> => {
    traced += 1
    return { upload_id: id, at: at.getTime(), sequence: traced, event, detail: JSON.stringify(detail) }
  }

  return {
    async insert(uploads, trace, quota) {
      if (uploads.length === 0) return []
      return database.transaction().execute(async (transaction) => {
        if (quota !== undefined) await lockAccount(transaction, quota.account)
        const verdicts =
          quota === undefined
            ? uploads.map(() => undefined)
            : withinQuota(uploads, quota, await usageOf(transaction, quota))
        const kept = uploads.filter((_, index) => verdicts[index] === undefined)
        if (kept.length > 0) await transaction.executeQuery(inserts.of(kept.map(toRow)))
        const ids = new Set(kept.map(({ id }) => id))
        const rows = trace.filter(({ id }) => ids.has(id)).map(({ id, ...entry }) => toTraceRow(id, entry))
        if (rows.length > 0) await transaction.insertInto('upload_traces').values(rows).execute()
        return verdicts
      })
    },

    async find(id) {
      const row = await database.selectFrom('uploads').selectAll().where('id', '=', storable(id)).executeTakeFirst()
      return row && fromRow(row)
    },

    async list({ owner, routes, before, limit }) {
      // A list of none is no SQL.
      if (routes?.length === 0) return []
      let query = database.selectFrom('uploads').selectAll().where('owner', '=', owner)
      if (routes !== undefined) query = query.where('route', 'in', routes.map(storable))
      if (before !== undefined) {
        const at = before.createdAt.getTime()
        query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '<', tuple(at, before.id)))
      }
      const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map(fromRow)
    },

    async claim(id, { holder, until, now, crc64 }) {
      let query = database
        .updateTable('uploads')
        .set({ lease_holder: holder, lease_until: until.getTime() })
        .where('id', '=', id)
        .where('status', 'in', OPEN)
        .where(({ or, eb }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', now.getTime())]))
      if (crc64 !== undefined)
        query = query.set(({ fn, ref, val }) => ({ file_crc64: fn.coalesce(ref('file_crc64'), val(crc64)) }))
      const row = await query.returningAll().executeTakeFirst()
      return row && fromRow(row)
    },

    async claimDue({ holder, until, now, dueBy }) {
      const row = await database
        .updateTable('uploads')
        .set({ lease_holder: holder, lease_until: until.getTime() })
        .where('id', '=', ({ selectFrom }) =>
          pickRow(
            selectFrom('uploads')
              .select('id')
              .where('due_at', '<=', dueBy.getTime())
              .where('status', 'in', OPEN)
              .where(({ or, eb }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', now.getTime())]))
              .orderBy('due_at')
              .limit(1),
          ),
        )
        .returningAll()
        .executeTakeFirst()
      return row && fromRow(row)
    },

    async keepUploadId(id, uploadId, replaced) {
      await database
        .updateTable('uploads')
        .set({ oss_upload_id: uploadId })
        .where('id', '=', id)
        .where('status', 'in', OPEN)
        .where(({ eb }) =>
          replaced === undefined ? eb('oss_upload_id', 'is', null) : eb('oss_upload_id', '=', replaced),
        )
        .execute()
      const row = await database
        .selectFrom('uploads')
        .select('oss_upload_id')
        .where('id', '=', id)
        .where('status', 'in', OPEN)
        .executeTakeFirst()
      return row?.oss_upload_id ?? undefined
    },

    async renew(id, { holder, until }) {
      const { numUpdatedRows } = await database
        .updateTable('uploads')
        .set({ lease_until: until.getTime() })
        .where('id', '=', id)
        .where('lease_holder', '=', holder)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async end(id, holder, ending) {
      const { numUpdatedRows } = await database
        .updateTable('uploads')
        .set({ ...endingColumns(ending), lease_holder: null, lease_until: null })
        .where('id', '=', id)
        .where('lease_holder', '=', holder)
        .executeTakeFirst()
      return numUpdatedRows === 1n
    },

    async remove(id, holder, now) {
      return database.transaction().execute(async (transaction) => {
        const row = await transaction
          .deleteFrom('uploads')
          .where('id', '=', id)
          .where(({ or, eb }) => or([eb('lease_holder', 'is', null), eb('lease_holder', '=', holder)]))
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) return false
        const dayAgo = now.getTime() - DAY_MS
        const usage = forgottenUsage(row)
        if (usage !== undefined && row.created_at > dayAgo) {
          await transaction.insertInto('removed_uploads').values(usage).execute()
        }
        await transaction
          .deleteFrom('removed_uploads')
          .where('account', '=', row.account)
          .where('created_at', '<=', dayAgo)
          .execute()
        return true
      })
    },

    async trace(id) {
      const rows = await database
        .selectFrom('upload_traces')
        .selectAll()
        .where('upload_id', '=', id)
        .orderBy('at')
        .orderBy('sequence')
        .execute()
      return rows.map(({ at, event, detail }) => ({ at: new Date(at), event, detail: JSON.parse(detail) as Json }))
    },

    async addTrace(id, entry) {
      await database.insertInto('upload_traces').values(toTraceRow(id, entry)).execute()
    },

    countRequest: memoryRequestCounter(),

    keys: kyselyApiKeys(database),

    close: () => database.destroy(),
  }
}

/** The uploader asks for so many at once. */
const MOST_ROWS_KEPT = 50

/** Building the text of an INSERT takes longer than the database needs for it, and for so many records it is always the same. */
function insertTexts(database: Kysely<UploadsDatabase>) {
  const texts = new Map<number, CompiledQuery>()
  return {
    of(rows: Insertable<UploadsDatabase['uploads']>[]): CompiledQuery {
      const known = texts.get(rows.length)
      // `toRow` gives all columns, and always in this order.
      if (known !== undefined) return { ...known, parameters: rows.flatMap((row) => Object.values(row)) }
      const compiled = database.insertInto('uploads').values(rows).compile()
      if (rows.length <= MOST_ROWS_KEPT) texts.set(rows.length, compiled)
      return compiled
    },
  }
}

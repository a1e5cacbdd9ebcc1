import type { Json } from '@oss-direct/shared'
import type { Insertable, Kysely, SelectQueryBuilder } from 'kysely'
import type { Store, TraceEntry } from './store.ts'
import type { UploadsDatabase } from './store-schema.ts'
import { endingColumns, fromRow, storable, toRow } from './upload-row.ts'

/** Picks one row of many that others want as well. */
export type PickRow = (query: IdQuery) => IdQuery
// What may still be settled.
const OPEN = ['granted', 'expired'] as const
type IdQuery = SelectQueryBuilder<UploadsDatabase, 'uploads', { id: string }>

/**
 * The store over any database that Kysely speaks to. Its only lock is a condition in an UPDATE, which all of them keep.
 *
 * - `pickRow`  how a database passes over rows that another server is just claiming; one that has a single writer need not
 */
export function kyselyStore(database: Kysely<UploadsDatabase>, pickRow: PickRow = (query) => query): Store {
  let traced = 0
  const toTraceRow = (id: string, { at, event, detail }: TraceEntry): Insertable<UploadsDatabase['upload_traces']> => {
    traced += 1
    return { upload_id: id, at: at.getTime(), sequence: traced, event, detail: JSON.stringify(detail) }
  }

  return {
    async insert(uploads, trace) {
      if (uploads.length === 0) return
      await database.transaction().execute(async (transaction) => {
        await transaction.insertInto('uploads').values(uploads.map(toRow)).execute()
        if (trace.length === 0) return
        const rows = trace.map(({ id, ...entry }) => toTraceRow(id, entry))
        await transaction.insertInto('upload_traces').values(rows).execute()
      })
    },

    async find(id) {
      const row = await database.selectFrom('uploads').selectAll().where('id', '=', storable(id)).executeTakeFirst()
      return row && fromRow(row)
    },

    async list({ owner, route, before, limit }) {
      let query = database.selectFrom('uploads').selectAll().where('owner', '=', owner)
      if (route !== undefined) query = query.where('route', '=', storable(route))
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

    async remove(id, holder) {
      const { numDeletedRows } = await database
        .deleteFrom('uploads')
        .where('id', '=', id)
        .where(({ or, eb }) => or([eb('lease_holder', 'is', null), eb('lease_holder', '=', holder)]))
        .executeTakeFirst()
      return numDeletedRows === 1n
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

    close: () => database.destroy(),
  }
}

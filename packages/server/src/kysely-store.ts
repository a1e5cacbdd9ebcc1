import type { Evidence, Json, Refusal, StoredObject } from '@oss-direct/shared'
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely'
import type { Ending, Store, StoredUpload, TraceEntry } from './store.ts'
import type { UploadsDatabase } from './store-schema.ts'
import type { Caller } from './upload-route.ts'

type Row = Selectable<UploadsDatabase['uploads']>

/** The store over any database that Kysely speaks to. Its only lock is a condition in an UPDATE, which all of them keep. */
export function kyselyStore(database: Kysely<UploadsDatabase>): Store {
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
      const row = await database.selectFrom('uploads').selectAll().where('id', '=', id).executeTakeFirst()
      return row && fromRow(row)
    },

    async list({ owner, route, before, limit }) {
      let query = database.selectFrom('uploads').selectAll().where('owner', '=', owner)
      if (route !== undefined) query = query.where('route', '=', route)
      if (before !== undefined) {
        const at = before.createdAt.getTime()
        query = query.where(({ eb, refTuple, tuple }) => eb(refTuple('created_at', 'id'), '<', tuple(at, before.id)))
      }
      const rows = await query.orderBy('created_at', 'desc').orderBy('id', 'desc').limit(limit).execute()
      return rows.map(fromRow)
    },

    async claim(id, { holder, until, now }) {
      const { numUpdatedRows } = await database
        .updateTable('uploads')
        .set({ lease_holder: holder, lease_until: until.getTime() })
        .where('id', '=', id)
        .where('status', 'in', ['granted', 'expired'])
        .where(({ or, eb }) => or([eb('lease_until', 'is', null), eb('lease_until', '<=', now.getTime())]))
        .executeTakeFirst()
      return numUpdatedRows === 1n
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
        .execute()
      return rows.map(({ at, event, detail }) => ({ at: new Date(at), event, detail: JSON.parse(detail) as Json }))
    },

    async addTrace(id, entry) {
      await database.insertInto('upload_traces').values(toTraceRow(id, entry)).execute()
    },

    close: () => database.destroy(),
  }
}

function toRow(upload: StoredUpload): Insertable<UploadsDatabase['uploads']> {
  return {
    id: upload.id,
    owner: upload.owner,
    caller: JSON.stringify(upload.caller),
    route: upload.route,
    bucket: upload.bucket,
    object_key: upload.key,
    file_name: upload.file.name,
    file_size: upload.file.size,
    file_type: upload.file.type,
    mime_type: upload.mimeType,
    input: upload.input === undefined ? null : JSON.stringify(upload.input),
    created_at: upload.createdAt.getTime(),
    expires_at: upload.expiresAt.getTime(),
    accepted_until: upload.acceptedUntil.getTime(),
    status: upload.status,
    lease_holder: null,
    lease_until: null,
    settled_at: null,
    evidence: null,
    object: null,
    result: null,
    error: null,
  }
}

function fromRow(row: Row): StoredUpload {
  return {
    id: row.id,
    owner: row.owner,
    caller: JSON.parse(row.caller) as Caller,
    route: row.route,
    bucket: row.bucket,
    key: row.object_key,
    file: { name: row.file_name, size: row.file_size, type: row.file_type },
    mimeType: row.mime_type,
    ...(row.input === null ? {} : { input: JSON.parse(row.input) as Json }),
    createdAt: new Date(row.created_at),
    expiresAt: new Date(row.expires_at),
    acceptedUntil: new Date(row.accepted_until),
    status: row.status,
    ...(row.settled_at === null ? {} : { settledAt: new Date(row.settled_at) }),
    ...(row.evidence === null ? {} : { evidence: row.evidence as Evidence }),
    ...(row.object === null ? {} : { object: JSON.parse(row.object) as StoredObject }),
    ...(row.result === null ? {} : { result: JSON.parse(row.result) as Json }),
    ...(row.error === null ? {} : { error: JSON.parse(row.error) as Refusal }),
  }
}

function endingColumns(ending: Ending): Updateable<UploadsDatabase['uploads']> {
  switch (ending.status) {
    case 'settled':
    case 'failed':
      return {
        status: ending.status,
        settled_at: ending.at.getTime(),
        evidence: ending.evidence,
        object: JSON.stringify(ending.object),
        result: ending.status === 'settled' ? JSON.stringify(ending.result) : null,
        error: ending.status === 'failed' ? JSON.stringify(ending.error) : null,
      }
    case 'unsettled':
      return { error: JSON.stringify(ending.error) }
    case 'expired':
      return { status: 'expired' }
    case 'unchanged':
      return {}
  }
}

function toTraceRow(id: string, { at, event, detail }: TraceEntry): Insertable<UploadsDatabase['upload_traces']> {
  return { upload_id: id, at: at.getTime(), event, detail: JSON.stringify(detail) }
}

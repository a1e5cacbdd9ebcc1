import type { RecordStatus, Transport } from '@oss-direct/shared'
import { type Kysely, type Migration, Migrator, sql } from 'kysely'

/** Times are milliseconds since 1970, JSON is text: the same columns in SQLite and in Postgres. */
export interface UploadsDatabase {
  uploads: {
    id: string
    owner: string
    account: string
    caller: string
    route: string
    bucket: string
    object_key: string
    file_name: string
    file_size: number
    file_type: string
    file_crc64: string | null
    mime_type: string
    input: string | null
    created_at: number
    expires_at: number
    accepted_until: number
    status: RecordStatus
    lease_holder: string | null
    lease_until: number | null
    settled_at: number | null
    evidence: string | null
    object: string | null
    result: string | null
    error: string | null
    attempts: number
    due_at: number | null
    part_size: number | null
    oss_upload_id: string | null
    transport: Transport
  }
  upload_traces: {
    upload_id: string
    at: number
    /** Of the process that wrote it; tells apart what happened within a millisecond. */
    sequence: number
    event: string
    detail: string
  }
  /** What records that were removed still count for. */
  removed_uploads: {
    account: string
    created_at: number
    /** When what was granted ends, or ended; 0 where it was settled. */
    open_until: number
    bytes: number
  }
  request_counts: {
    key: string
    points: number
    expire: number | null
  }
  api_keys: {
    id: string
    hash: string
    name: string
    caller: string
    /** JSON of a list; null for all. */
    routes: string | null
    created_at: number
    expires_at: number | null
    revoked_at: number | null
    last_used_at: number | null
  }
}

/** Brings a database of any earlier version to this one. Throws what the failed migration threw. */
export async function migrateStore(database: Kysely<UploadsDatabase>): Promise<void> {
  const migrator = new Migrator({ db: database, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } })
  const { error } = await migrator.migrateToLatest()
  if (error !== undefined) throw error
}

// By name in order; one that has been released is never changed again.
const MIGRATIONS: Record<string, Migration> = {
  '0001-uploads': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('uploads')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('owner', 'text', (column) => column.notNull())
        .addColumn('caller', 'text', (column) => column.notNull())
        .addColumn('route', 'text', (column) => column.notNull())
        .addColumn('bucket', 'text', (column) => column.notNull())
        .addColumn('object_key', 'text', (column) => column.notNull())
        .addColumn('file_name', 'text', (column) => column.notNull())
        .addColumn('file_size', 'bigint', (column) => column.notNull())
        .addColumn('file_type', 'text', (column) => column.notNull())
        .addColumn('file_crc64', 'text')
        .addColumn('mime_type', 'text', (column) => column.notNull())
        .addColumn('input', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint', (column) => column.notNull())
        .addColumn('accepted_until', 'bigint', (column) => column.notNull())
        .addColumn('status', 'text', (column) => column.notNull())
        .addColumn('lease_holder', 'text')
        .addColumn('lease_until', 'bigint')
        .addColumn('settled_at', 'bigint')
        .addColumn('evidence', 'text')
        .addColumn('object', 'text')
        .addColumn('result', 'text')
        .addColumn('error', 'text')
        .execute()
      await database.schema
        .createTable('upload_traces')
        .addColumn('upload_id', 'text', (column) => column.notNull().references('uploads.id').onDelete('cascade'))
        .addColumn('at', 'bigint', (column) => column.notNull())
        .addColumn('event', 'text', (column) => column.notNull())
        .addColumn('detail', 'text', (column) => column.notNull())
        .execute()
      // Both lists page by (created_at, id), so that a page costs the same wherever it lies.
      await database.schema
        .createIndex('uploads_by_owner')
        .on('uploads')
        .columns(['owner', 'created_at', 'id'])
        .execute()
      await database.schema
        .createIndex('uploads_by_owner_and_route')
        .on('uploads')
        .columns(['owner', 'route', 'created_at', 'id'])
        .execute()
      await database.schema
        .createIndex('uploads_claimed')
        .on('uploads')
        .column('lease_until')
        .where(sql.ref('lease_holder'), 'is not', null)
        .execute()
      await database.schema.createIndex('upload_traces_by_upload').on('upload_traces').column('upload_id').execute()
    },
  },
  '0002-trace-order': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .alterTable('upload_traces')
        .addColumn('sequence', 'bigint', (column) => column.notNull().defaultTo(0))
        .execute()
    },
  },
  '0003-sweep': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .alterTable('uploads')
        .addColumn('attempts', 'integer', (column) => column.notNull().defaultTo(0))
        .execute()
      await database.schema.alterTable('uploads').addColumn('due_at', 'bigint').execute()
      await sql`UPDATE uploads SET due_at = expires_at WHERE status = 'granted'`.execute(database)
      // What has ended is not in it, so that looking costs the same however many records there are.
      await database.schema
        .createIndex('uploads_due')
        .on('uploads')
        .column('due_at')
        .where(sql.ref('due_at'), 'is not', null)
        .execute()
    },
  },
  '0004-multipart': {
    async up(database: Kysely<unknown>) {
      await database.schema.alterTable('uploads').addColumn('part_size', 'bigint').execute()
      await database.schema.alterTable('uploads').addColumn('oss_upload_id', 'text').execute()
    },
  },
  '0005-transport': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .alterTable('uploads')
        .addColumn('transport', 'text', (column) => column.notNull().defaultTo('post'))
        .execute()
      await sql`UPDATE uploads SET transport = 'multipart' WHERE part_size IS NOT NULL`.execute(database)
    },
  },
  '0006-limits': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .alterTable('uploads')
        .addColumn('account', 'text', (column) => column.notNull().defaultTo(''))
        .execute()
      await sql`UPDATE uploads SET account = owner`.execute(database)
      // Holds all that a day's bytes are counted of, so that counting reads no records.
      await database.schema
        .createIndex('uploads_of_day')
        .on('uploads')
        .columns(['account', 'created_at', 'status', 'transport', 'file_size'])
        .execute()
      await database.schema
        .createIndex('uploads_open')
        .on('uploads')
        .columns(['account', 'expires_at'])
        .where(sql.ref('status'), '=', sql.lit('granted'))
        .execute()
      await database.schema
        .createTable('removed_uploads')
        .addColumn('account', 'text', (column) => column.notNull())
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('open_until', 'bigint', (column) => column.notNull())
        .addColumn('bytes', 'bigint', (column) => column.notNull())
        .execute()
      await database.schema
        .createIndex('removed_uploads_of_day')
        .on('removed_uploads')
        .columns(['account', 'created_at'])
        .execute()
      // The columns that rate-limiter-flexible wants, in its order.
      await database.schema
        .createTable('request_counts')
        .addColumn('key', 'text', (column) => column.primaryKey())
        .addColumn('points', 'integer', (column) => column.notNull().defaultTo(0))
        .addColumn('expire', 'bigint')
        .execute()
    },
  },
  '0007-api-keys': {
    async up(database: Kysely<unknown>) {
      await database.schema
        .createTable('api_keys')
        .addColumn('id', 'text', (column) => column.primaryKey())
        .addColumn('hash', 'text', (column) => column.notNull())
        .addColumn('name', 'text', (column) => column.notNull())
        .addColumn('caller', 'text', (column) => column.notNull())
        .addColumn('routes', 'text')
        .addColumn('created_at', 'bigint', (column) => column.notNull())
        .addColumn('expires_at', 'bigint')
        .addColumn('revoked_at', 'bigint')
        .addColumn('last_used_at', 'bigint')
        .execute()
    },
  },
}

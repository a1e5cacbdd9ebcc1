import type { Evidence, Json, Refusal, StoredObject } from '@oss-direct/shared'
import type { Insertable, Selectable, Updateable } from 'kysely'
import type { Ending, NextLook, StoredUpload } from './store.ts'
import type { UploadsDatabase } from './store-schema.ts'
import type { Caller } from './upload-route.ts'

type Row = Selectable<UploadsDatabase['uploads']>

/** A new record: nobody holds it, and nothing is known of its object. */
export function toRow(upload: StoredUpload): Insertable<UploadsDatabase['uploads']> {
  return {
    id: upload.id,
    owner: upload.owner,
    account: upload.account,
    caller: JSON.stringify(upload.caller),
    route: upload.route,
    bucket: upload.bucket,
    object_key: upload.key,
    file_name: storable(upload.file.name),
    file_size: upload.file.size,
    file_type: storable(upload.file.type),
    file_crc64: upload.file.crc64 ?? null,
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
    attempts: upload.attempts,
    due_at: upload.dueAt?.getTime() ?? null,
    part_size: upload.multipart?.partSize ?? null,
    oss_upload_id: upload.multipart?.uploadId ?? null,
    transport: upload.transport,
  }
}

export function fromRow(row: Row): StoredUpload {
  return {
    id: row.id,
    owner: row.owner,
    account: row.account,
    caller: JSON.parse(row.caller) as Caller,
    route: row.route,
    bucket: row.bucket,
    key: row.object_key,
    transport: row.transport,
    file: {
      name: row.file_name,
      size: row.file_size,
      type: row.file_type,
      ...(row.file_crc64 === null ? {} : { crc64: row.file_crc64 }),
    },
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
    attempts: row.attempts,
    ...(row.due_at === null ? {} : { dueAt: new Date(row.due_at) }),
    ...(row.part_size === null
      ? {}
      : {
          multipart: {
            partSize: row.part_size,
            ...(row.oss_upload_id === null ? {} : { uploadId: row.oss_upload_id }),
          },
        }),
  }
}

/** What an ending writes. */
export function endingColumns(ending: Ending): Updateable<UploadsDatabase['uploads']> {
  switch (ending.status) {
    case 'settled':
    case 'failed':
      return {
        status: ending.status,
        settled_at: ending.at.getTime(),
        evidence: ending.evidence,
        object: ending.object === undefined ? null : JSON.stringify(ending.object),
        result: ending.status === 'settled' ? JSON.stringify(ending.result) : null,
        error: ending.status === 'failed' ? JSON.stringify(ending.error) : null,
        due_at: null,
      }
    case 'unsettled':
      return {
        error: JSON.stringify(ending.error),
        ...(ending.attempts === undefined ? {} : { attempts: ending.attempts }),
        ...dueColumn(ending.dueAt),
      }
    case 'expired':
      return { status: 'expired', ...dueColumn(ending.dueAt) }
    case 'unchanged':
      return dueColumn(ending.dueAt)
  }
}

function dueColumn(dueAt: NextLook | undefined): Pick<Updateable<UploadsDatabase['uploads']>, 'due_at'> {
  return dueAt === undefined ? {} : { due_at: dueAt === 'never' ? null : dueAt.getTime() }
}

/** Postgres keeps no NUL in a text. What stands for it when a record is kept also does when one is looked for. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\uFFFD')
}

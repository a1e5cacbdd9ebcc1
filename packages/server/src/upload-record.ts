import { UploadError, type UploadRecord } from '@oss-direct/shared'
import type { StoredUpload } from './store.ts'

/** The record as its owner sees it. */
export function toRecord(upload: StoredUpload): UploadRecord {
  const { id, route, key, status, file, evidence, object, result, error, settledAt, attempts, dueAt } = upload
  const isOpen = status === 'granted' || status === 'expired'
  return {
    id,
    route,
    key,
    status,
    file,
    createdAt: upload.createdAt.toISOString(),
    ...(settledAt === undefined ? {} : { settledAt: settledAt.toISOString() }),
    ...(evidence === undefined ? {} : { evidence }),
    ...(object === undefined ? {} : { object }),
    ...(result === undefined ? {} : { result }),
    // A settled record's earlier stumbles are of no use to anybody.
    ...(error === undefined || status === 'settled' ? {} : { error }),
    ...(isOpen && attempts > 0
      ? { retry: { attempts, gaveUp: dueAt === undefined, ...(dueAt && { nextAttemptAt: dueAt.toISOString() }) } }
      : {}),
  }
}

/** Where the next page begins: right behind this record. */
export function formatCursor({ createdAt, id }: Pick<StoredUpload, 'createdAt' | 'id'>): string {
  return `${createdAt.getTime()}-${id}`
}

export function parseCursor(cursor: string): Pick<StoredUpload, 'createdAt' | 'id'> {
  const [, time, id] = /^(\d{1,15})-([0-9a-f]{32})$/.exec(cursor) ?? []
  if (time !== undefined && id !== undefined) return { createdAt: new Date(Number(time)), id }
  throw new UploadError('request-invalid', 'cursor is none that this server gave', { hint: 'Begin without a cursor.' })
}

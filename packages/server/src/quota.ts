import { type Insertable, type Selectable, sql, type Transaction } from 'kysely'
import type { Excess, Quota, StoredUpload } from './store.ts'
import type { UploadsDatabase } from './store-schema.ts'

/** What an account has, as its records say; there is no second book that could differ from them. */
export interface Usage {
  open: number
  /** When the first open grant ends. */
  openUntil: Date | undefined
  /** Of what is stored or may be, granted within a day. */
  bytes: number
  /** Of what expired: a form or PUT that was begun in time may still arrive. */
  lateBytes: number
  /** When the oldest of these bytes was granted. */
  since: Date | undefined
}

export const DAY_MS = 24 * 60 * 60_000

/** In one statement, because every request for grants asks. */
export async function usageOf(transaction: Transaction<UploadsDatabase>, quota: Quota): Promise<Usage> {
  const time = quota.now.getTime()
  const { rows } = await sql<UsageRow>`
    SELECT
      granted.count + COALESCE(removed.count, 0) AS open, granted.until, removed.until AS removed_until,
      COALESCE(day.bytes, 0) + COALESCE(removed.bytes, 0) AS bytes,
      COALESCE(day.late, 0) + COALESCE(removed.late, 0) AS late,
      day.since, removed.since AS removed_since
    FROM
      (
        SELECT COUNT(*) AS count, MIN(expires_at) AS until
        FROM uploads WHERE account = ${quota.account} AND status = 'granted' AND expires_at > ${time}
      ) AS granted,
      (
        SELECT
          SUM(CASE WHEN open_until > ${time} THEN 1 ELSE 0 END) AS count,
          MIN(CASE WHEN open_until > ${time} THEN open_until END) AS until,
          -- What was stored, or can still be.
          SUM(CASE WHEN open_until = 0 OR open_until > ${time} THEN bytes ELSE 0 END) AS bytes,
          SUM(CASE WHEN open_until = 0 OR open_until > ${time} THEN 0 ELSE bytes END) AS late,
          MIN(created_at) AS since
        FROM removed_uploads WHERE account = ${quota.account} AND created_at > ${time - DAY_MS}
      ) AS removed,
      (${quota.bytesPerDay === Number.POSITIVE_INFINITY ? NOTHING_OF_DAY : ofDay(quota)}) AS day
  `.execute(transaction)
  const [row] = rows
  if (row === undefined) throw new Error('A sum has always a row')
  return {
    open: Number(row.open),
    openUntil: earliest(row.until, row.removed_until),
    bytes: Number(row.bytes),
    lateBytes: Number(row.late),
    since: earliest(row.since, row.removed_since),
  }
}

/** Postgres gives sums as text. */
interface UsageRow {
  open: number | string
  until: number | null
  removed_until: number | null
  bytes: number | string
  late: number | string
  since: number | null
  removed_since: number | null
}

// It reads a row of an index for each upload of the day, which is for nothing where there is no limit.
const NOTHING_OF_DAY = sql`SELECT 0 AS bytes, 0 AS late, NULL AS since`

function ofDay({ account, now }: Quota) {
  return sql`
    SELECT
      SUM(CASE WHEN status <> 'expired' THEN file_size ELSE 0 END) AS bytes,
      -- Parts are dropped when their grant ends.
      SUM(CASE WHEN status = 'expired' AND transport <> 'multipart' THEN file_size ELSE 0 END) AS late,
      MIN(created_at) AS since
    FROM uploads
    WHERE account = ${account} AND created_at > ${now.getTime() - DAY_MS} AND status IN ('granted', 'settled', 'expired')
  `
}

/**
 * By index, why an upload has no room; a small file behind a large one may still have.
 *
 * Bytes of what expired are free again, since nothing came. A transfer that was begun in time may come later all the same, so what
 * could still arrive so is held to the limit once more: slow transfers take a caller to twice his limit, and no further.
 */
export function withinQuota(uploads: readonly StoredUpload[], quota: Quota, usage: Usage): (Excess | undefined)[] {
  let { open, bytes } = usage
  const { openUntil, since, lateBytes } = usage
  return uploads.map(({ file, expiresAt }) => {
    if (open + 1 > quota.openGrants) {
      return { limit: 'openGrants', most: quota.openGrants, used: open, freeAt: openUntil ?? expiresAt }
    }
    const total = bytes + file.size
    if (total > quota.bytesPerDay || total + lateBytes > 2 * quota.bytesPerDay) {
      const freeAt = new Date((since ?? quota.now).getTime() + DAY_MS)
      return { limit: 'bytesPerDay', most: quota.bytesPerDay, used: bytes, freeAt }
    }
    open += 1
    bytes = total
    return undefined
  })
}

/**
 * What a record that is removed still counts for; nothing where it counts for nothing. A form or PUT can be used until its end,
 * whether or not there is a record of it, and then counts as one that expired. Parts cannot: they were dropped with the record.
 */
export function forgottenUsage(
  row: Selectable<UploadsDatabase['uploads']>,
): Insertable<UploadsDatabase['removed_uploads']> | undefined {
  const { account, created_at, status, transport, file_size, expires_at } = row
  const isOver = status === 'failed' || status === 'aborted' || (status !== 'settled' && transport === 'multipart')
  if (isOver) return undefined
  return { account, created_at, open_until: status === 'settled' ? 0 : expires_at, bytes: file_size }
}

function earliest(...times: (number | string | null)[]): Date | undefined {
  const known = times.filter((time) => time !== null).map(Number)
  return known.length === 0 ? undefined : new Date(Math.min(...known))
}

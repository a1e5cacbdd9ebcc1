import type { ExpressionBuilder, Insertable, Selectable, Transaction } from 'kysely'
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

export async function usageOf(transaction: Transaction<UploadsDatabase>, quota: Quota): Promise<Usage> {
  const { account, now, bytesPerDay } = quota
  const time = now.getTime()
  const open = await transaction
    .selectFrom('uploads')
    .where('account', '=', account)
    .where('status', '=', 'granted')
    .where('expires_at', '>', time)
    .select(({ fn }) => [fn.countAll().as('count'), fn.min('expires_at').as('until')])
    .executeTakeFirstOrThrow()
  const removed = await transaction
    .selectFrom('removed_uploads')
    .where('account', '=', account)
    .where('created_at', '>', time - DAY_MS)
    .select(({ fn, eb }) => [
      fn.sum(eb.case().when('open_until', '>', time).then(1).else(0).end()).as('count'),
      fn.min(eb.case().when('open_until', '>', time).then(eb.ref('open_until')).end()).as('until'),
      fn.sum(eb.case().when(isCounted(eb, time)).then(eb.ref('bytes')).else(0).end()).as('bytes'),
      fn
        .sum(
          eb
            .case()
            .when(eb.not(isCounted(eb, time)))
            .then(eb.ref('bytes'))
            .else(0)
            .end(),
        )
        .as('late'),
      fn.min('created_at').as('since'),
    ])
    .executeTakeFirstOrThrow()
  // It reads a row of an index for each upload of the day, which is for nothing where there is no limit.
  const day = bytesPerDay === Number.POSITIVE_INFINITY ? NOTHING : await dayOf(transaction, quota)
  return {
    open: Number(open.count) + Number(removed.count ?? 0),
    openUntil: earliest(open.until, removed.until),
    bytes: Number(day.bytes ?? 0) + Number(removed.bytes ?? 0),
    lateBytes: Number(day.late ?? 0) + Number(removed.late ?? 0),
    since: earliest(day.since, removed.since),
  }
}

const NOTHING = { bytes: null, late: null, since: null }

function dayOf(transaction: Transaction<UploadsDatabase>, { account, now }: Quota) {
  return transaction
    .selectFrom('uploads')
    .where('account', '=', account)
    .where('created_at', '>', now.getTime() - DAY_MS)
    .where('status', 'in', ['granted', 'settled', 'expired'])
    .select(({ fn, eb }) => [
      fn.sum(eb.case().when('status', '<>', 'expired').then(eb.ref('file_size')).else(0).end()).as('bytes'),
      fn
        .sum(
          // Parts are dropped when their grant ends.
          eb
            .case()
            .when(eb.and([eb('status', '=', 'expired'), eb('transport', '<>', 'multipart')]))
            .then(eb.ref('file_size'))
            .else(0)
            .end(),
        )
        .as('late'),
      fn.min('created_at').as('since'),
    ])
    .executeTakeFirstOrThrow()
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

/** Of what was removed: it was stored, or can still be. */
function isCounted(eb: ExpressionBuilder<UploadsDatabase, 'removed_uploads'>, time: number) {
  return eb.or([eb('open_until', '=', 0), eb('open_until', '>', time)])
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

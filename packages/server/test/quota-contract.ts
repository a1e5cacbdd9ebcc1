import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Ending, Quota, Store, StoredUpload } from '../src/index.ts'
import { newUpload } from './store-contract.ts'

const now = new Date('2026-01-01T12:00:00Z')
const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000)
const quotaOf = (account: string, facts: Partial<Quota> = {}): Quota => {
  return { account, now, openGrants: Number.POSITIVE_INFINITY, bytesPerDay: Number.POSITIVE_INFINITY, ...facts }
}
const uploadOf = (account: string, size = 1, facts: Partial<StoredUpload> = {}): StoredUpload =>
  newUpload({
    account,
    owner: account,
    file: { name: 'a.txt', size, type: '' },
    createdAt: now,
    expiresAt: later(15),
    acceptedUntil: later(60),
    ...facts,
  })

/** What every store keeps to where it counts. */
export function describeQuotas(name: string, open: () => Promise<Store>): void {
  describe(`the quota of ${name}`, () => {
    let store: Store
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store.close())

    const object = { size: 1, mimeType: 'text/plain', etag: 'E' }
    const settled = { status: 'settled', at: now, evidence: 'callback', object, result: null } as const
    const failed = { status: 'failed', at: now, evidence: 'head', error: { code: 'internal', detail: '' } } as const
    const end = async ({ id }: StoredUpload, ending: Ending) => {
      await store.claim(id, { holder: 'a', until: later(1), now })
      expect(await store.end(id, 'a', ending)).toBe(true)
    }
    /** Whether one more file of this size has room; it is not kept where it has. */
    const hasRoom = async (quota: Quota, size = 1) => {
      const upload = uploadOf(quota.account, size, { createdAt: quota.now })
      const [excess] = await store.insert([upload], [], quota)
      if (excess !== undefined) return false
      // As it ends that comes to nothing.
      await end(upload, failed)
      return true
    }

    it('keeps what has room, in order, with its trace, and says why of the others', async () => {
      const account = randomUUID()
      const uploads = [3, 9, 4, 1].map((size) => uploadOf(account, size))
      const trace = uploads.map(({ id }) => ({ id, at: now, event: 'granted', detail: null }))
      const verdicts = await store.insert(uploads, trace, quotaOf(account, { bytesPerDay: 8, openGrants: 3 }))
      expect(verdicts).toEqual([
        undefined,
        { limit: 'bytesPerDay', most: 8, used: 3, freeAt: later(24 * 60) },
        undefined,
        undefined,
      ])
      const kept = await Promise.all(uploads.map(({ id }) => store.find(id)))
      expect(kept.map((upload) => upload?.file.size)).toEqual([3, undefined, 4, 1])
      expect(await Promise.all(uploads.map(async ({ id }) => (await store.trace(id)).length))).toEqual([1, 0, 1, 1])
      expect(await store.insert([uploadOf(account)], [], quotaOf(account, { openGrants: 3 }))).toEqual([
        { limit: 'openGrants', most: 3, used: 3, freeAt: later(15) },
      ])
    })

    it('counts an open grant until it is settled, has failed, or has ended', async () => {
      const account = randomUUID()
      const uploads = [uploadOf(account), uploadOf(account), uploadOf(account, 1, { expiresAt: later(5) })]
      await store.insert(uploads, [])
      expect(await hasRoom(quotaOf(account, { openGrants: 3 }))).toBe(false)
      expect(await hasRoom(quotaOf(account, { openGrants: 3, now: later(5) }))).toBe(true)
      expect(await hasRoom(quotaOf(account, { openGrants: 2, now: later(5) }))).toBe(false)
      await end(uploads[0] as StoredUpload, settled)
      expect(await hasRoom(quotaOf(account, { openGrants: 2, now: later(5) }))).toBe(true)
      await end(uploads[1] as StoredUpload, failed)
      expect(await hasRoom(quotaOf(account, { openGrants: 1, now: later(5) }))).toBe(true)
    })

    it('counts the bytes of a day that are stored or may be, and gives back those that came to nothing', async () => {
      const account = randomUUID()
      const quota = quotaOf(account, { bytesPerDay: 100 })
      const [first, second, third] = [uploadOf(account, 40), uploadOf(account, 30), uploadOf(account, 30)]
      await store.insert([first, second, third], [], quota)
      expect(await hasRoom(quota)).toBe(false)
      await end(first, settled)
      expect(await hasRoom(quota)).toBe(false)
      await end(second, failed)
      expect([await hasRoom(quota, 30), await hasRoom(quota, 31)]).toEqual([true, false])
      await end(third, { status: 'expired' })
      expect([await hasRoom(quota, 60), await hasRoom(quota, 61)]).toEqual([true, false])
      expect(await hasRoom({ ...quota, now: later(24 * 60 - 1) }, 61)).toBe(false)
      expect(await hasRoom({ ...quota, now: later(24 * 60) }, 100)).toBe(true)
    })

    it('counts what expired and then came after all', async () => {
      const account = randomUUID()
      const quota = quotaOf(account, { bytesPerDay: 100 })
      const slow = uploadOf(account, 70)
      await store.insert([slow], [], quota)
      await end(slow, { status: 'expired' })
      expect(await hasRoom(quota, 100)).toBe(true)
      await end(slow, settled)
      expect([await hasRoom(quota, 30), await hasRoom(quota, 31)]).toEqual([true, false])
    })

    it('lets slow transfers of expired forms take nobody further than twice his limit; dropped parts take nothing', async () => {
      const account = randomUUID()
      const quota = quotaOf(account, { bytesPerDay: 100 })
      for (let round = 0; round < 2; round += 1) {
        const slow = uploadOf(account, 90)
        expect(await store.insert([slow], [], quota)).toEqual([undefined])
        await end(slow, { status: 'expired' })
      }
      expect([await hasRoom(quota, 20), await hasRoom(quota, 21)]).toEqual([true, false])
      const other = randomUUID()
      const parts = Array.from({ length: 3 }, () => uploadOf(other, 100, { transport: 'multipart' }))
      for (const upload of parts) {
        expect(await store.insert([upload], [], { ...quota, account: other })).toEqual([undefined])
        await end(upload, { status: 'expired' })
      }
    })

    it('does not forget what was removed: a form is good without its record, a stored file was stored', async () => {
      const account = randomUUID()
      const quota = quotaOf(account, { bytesPerDay: 100, openGrants: 2 })
      const [form, stored] = [uploadOf(account, 50), uploadOf(account, 50)]
      await store.insert([form, stored], [], quota)
      await end(stored, settled)
      for (const { id } of [form, stored]) expect(await store.remove(id, 'a', now)).toBe(true)
      expect(await hasRoom(quota)).toBe(false)
      expect(await hasRoom(quotaOf(account, { openGrants: 1 }))).toBe(false)
      // The form has ended, and nobody looks whether it was used: as with one that expired.
      const after = { now: later(15) }
      expect(await hasRoom(quotaOf(account, { openGrants: 1, ...after }))).toBe(true)
      expect([await hasRoom({ ...quota, ...after }, 50), await hasRoom({ ...quota, ...after }, 51)]).toEqual([
        true,
        false,
      ])
      const parts = uploadOf(account, 50, { transport: 'multipart' })
      await store.insert([parts], [], { ...quota, ...after })
      await store.remove(parts.id, 'a', now)
      expect(await hasRoom({ ...quota, ...after }, 50)).toBe(true)
      expect(await hasRoom({ ...quota, now: later(24 * 60) }, 100)).toBe(true)
    })

    it('is of one account: nobody takes from another, and those who share one take from it together', async () => {
      const [account, other] = [randomUUID(), randomUUID()]
      const quota = quotaOf(account, { openGrants: 2 })
      await store.insert([uploadOf(account, 1, { owner: 'x' }), uploadOf(account, 1, { owner: 'y' })], [], quota)
      expect(await hasRoom(quota)).toBe(false)
      expect(await hasRoom({ ...quota, account: other })).toBe(true)
    })

    it('counts the requests of a key by the minute, and says how long to wait', async () => {
      const key = randomUUID()
      const waits = await Promise.all(Array.from({ length: 50 }, () => store.countRequest(key, 20)))
      expect(waits.filter((ms) => ms === 0)).toHaveLength(20)
      expect(waits.filter((ms) => ms > 0 && ms <= 60_000)).toHaveLength(30)
      expect(await store.countRequest(randomUUID(), 1)).toBe(0)
    })
  })
}

/** What fifty requests at once may do on a store that several servers have open. */
export function describeQuotaRaces(name: string, open: () => Promise<Store[]>): void {
  describe(`fifty requests at once, ${name}`, () => {
    let servers: Store[]
    beforeAll(async () => {
      servers = await open()
    })
    afterAll(() => Promise.all(servers.map((store) => store.close())))

    const atOnce = <T>(call: (store: Store) => Promise<T>) =>
      Promise.all(Array.from({ length: 50 }, (_, index) => call(servers[index % servers.length] as Store)))

    it.each([
      ['open grants', { openGrants: 20 }, 20],
      ['bytes', { bytesPerDay: 209 }, 20],
    ])('never exceed their %s by one', async (_case, limits, most) => {
      for (let round = 0; round < 3; round += 1) {
        const quota = quotaOf(randomUUID(), limits)
        const verdicts = await atOnce((store) => store.insert([uploadOf(quota.account, 10)], [], quota))
        expect(verdicts.flat().filter((excess) => excess === undefined)).toHaveLength(most)
        const kept = await (servers[0] as Store).list({ owner: quota.account, limit: 100 })
        expect(kept).toHaveLength(most)
      }
    })

    it('are as many as the minute has room for', async () => {
      const key = randomUUID()
      const waits = await atOnce((store) => store.countRequest(key, 20))
      expect(waits.filter((ms) => ms === 0)).toHaveLength(20)
    })
  })
}

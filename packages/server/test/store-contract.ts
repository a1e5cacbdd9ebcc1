import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Store, StoredUpload } from '../src/index.ts'

/** What every store keeps to. A new one is done when this passes. */
export function describeStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    let store: Store
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store.close())

    const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
    const insert = async (facts: Partial<StoredUpload> = {}): Promise<StoredUpload> => {
      const upload = newUpload(facts)
      await store.insert([upload], [])
      return upload
    }
    const object = { size: 5, mimeType: 'text/plain', etag: 'E', crc64: '18446744073709551615' }
    const settled = { status: 'settled', at: at(9), evidence: 'callback', object, result: { url: '/x' } } as const

    it('gives back what was kept, whole', async () => {
      const full = newUpload({
        caller: { id: 'ann' },
        transport: 'sts',
        input: { album: ['季度', null, 1.5] },
        file: { name: '🐱 "\'`.png', size: 5 * 1024 ** 3, type: '', crc64: '18446744073709551615' },
      })
      const plain = newUpload()
      await store.insert([full, plain], [])
      expect(await store.find(full.id)).toEqual(full)
      expect(await store.find(plain.id)).toEqual(plain)
      expect(await store.find('nobody')).toBeUndefined()
      expect(await store.find("' OR 1=1 --")).toBeUndefined()
    })

    it('takes any text, in what it keeps and in what is asked for', async () => {
      const odd = await insert({ file: { name: 'a\0b.txt', size: 1, type: '\0' } })
      expect((await store.find(odd.id))?.file).toEqual({ name: 'a\uFFFDb.txt', size: 1, type: '\uFFFD' })
      expect(await store.find('\0')).toBeUndefined()
      expect(await store.list({ owner: odd.owner, routes: ['\0'], limit: 1 })).toEqual([])
    })

    it('keeps the order of a trace, also of what happened at the same time', async () => {
      const { id } = await insert()
      const events = Array.from({ length: 20 }, (_, index) => `event ${index}`)
      for (const event of events) await store.addTrace(id, { at: at(1), event, detail: null })
      expect((await store.trace(id)).map(({ event }) => event)).toEqual(events)
    })

    it('keeps all of a batch or nothing of it', async () => {
      const [first, second] = [newUpload(), newUpload()]
      await expect(store.insert([first, second, first], [])).rejects.toThrow()
      expect(await store.find(first.id)).toBeUndefined()
      expect(await store.find(second.id)).toBeUndefined()
      expect(await store.insert([], [])).toEqual([])
    })

    it('lists newest first, of one owner, and goes on exactly where a page ended', async () => {
      const owner = randomUUID()
      const times = [1, 2, 2, 2, 3]
      for (const time of times) await insert({ owner, createdAt: at(time) })
      await insert({ owner, createdAt: at(4), route: 'other' })
      await insert({ owner: randomUUID(), createdAt: at(5) })
      const all = await store.list({ owner, routes: ['demo'], limit: 10 })
      expect(all.map(({ createdAt }) => createdAt)).toEqual([...times].reverse().map(at))

      const paged: StoredUpload[] = []
      for (;;) {
        const before = paged.at(-1)
        const page = await store.list({ owner, routes: ['demo'], limit: 2, ...(before && { before }) })
        if (page.length === 0) break
        paged.push(...page)
      }
      expect(paged).toEqual(all)
      expect(await store.list({ owner, limit: 10 })).toHaveLength(6)
      expect(await store.list({ owner, routes: ['other', 'demo'], limit: 10 })).toHaveLength(6)
      expect(await store.list({ owner, routes: [], limit: 10 })).toEqual([])
    })

    it('gives a claim to one of many, and to the next when it has run out', async () => {
      const { id } = await insert()
      const holders = Array.from({ length: 10 }, () => randomUUID())
      const taken = await Promise.all(holders.map((holder) => store.claim(id, { holder, until: at(10), now: at(0) })))
      expect(taken.filter(Boolean)).toHaveLength(1)
      expect(await store.claim(id, { holder: 'late', until: at(20), now: at(9) })).toBeUndefined()
      expect(await store.claim(id, { holder: 'late', until: at(20), now: at(10) })).toMatchObject({ id })
      const first = holders[taken.findIndex(Boolean)] ?? ''
      expect(await store.renew(id, { holder: first, until: at(30) })).toBe(false)
      expect(await store.end(id, first, settled)).toBe(false)
      expect(await store.find(id)).toMatchObject({ status: 'granted' })
      expect(await store.renew(id, { holder: 'late', until: at(30) })).toBe(true)
      expect(await store.claim(id, { holder: 'third', until: at(40), now: at(29) })).toBeUndefined()
    })

    it('gives the record with the claim, as it is by then, with the first checksum that came', async () => {
      const upload = await insert({ multipart: { partSize: 100 } })
      const claim = (holder: string, seconds: number, crc64?: string) =>
        store.claim(upload.id, { holder, until: at(seconds + 10), now: at(seconds), crc64 })
      expect(await claim('a', 0)).toEqual(upload)
      expect(await claim('b', 1, '7')).toBeUndefined()
      expect(await store.find(upload.id)).toEqual(upload)
      await store.keepUploadId(upload.id, 'A', undefined)
      const file = { ...upload.file, crc64: '18446744073709551615' }
      const now = { ...upload, file, multipart: { partSize: 100, uploadId: 'A' } }
      expect(await claim('c', 10, '18446744073709551615')).toEqual(now)
      expect(await claim('d', 20, '0')).toEqual(now)
      expect(await claim('e', 30)).toEqual(now)
      expect(await store.find(upload.id)).toEqual(now)
      await store.end(upload.id, 'e', settled)
      expect(await store.claim(upload.id, { holder: 'f', until: at(99), now: at(50), crc64: '0' })).toBeUndefined()
      expect((await store.find(upload.id))?.file).toEqual(file)
    })

    it('settles once and for all', async () => {
      const upload = await insert()
      await store.claim(upload.id, { holder: 'a', until: at(10), now: at(0) })
      expect(await store.end(upload.id, 'a', settled)).toBe(true)
      const { at: settledAt, ...facts } = settled
      expect(await store.find(upload.id)).toEqual({ ...upload, ...facts, settledAt })
      expect(await store.claim(upload.id, { holder: 'b', until: at(99), now: at(50) })).toBeUndefined()
      expect(await store.end(upload.id, 'a', { status: 'expired' })).toBe(false)
    })

    it('fails for good, but an error or an expiry leaves the record open', async () => {
      const error = { code: 'object-mismatch', detail: 'wrong', hint: 'h' } as const
      const { id } = await insert()
      const claim = (seconds: number) => store.claim(id, { holder: 'a', until: at(seconds + 10), now: at(seconds) })
      for (const ending of [{ status: 'unsettled', error }, { status: 'unchanged' }, { status: 'expired' }] as const) {
        expect(await claim(0)).toMatchObject({ id })
        expect(await store.end(id, 'a', ending)).toBe(true)
      }
      expect(await store.find(id)).toMatchObject({ status: 'expired', error })
      expect(await claim(0)).toMatchObject({ id, status: 'expired', error })
      await store.end(id, 'a', { status: 'failed', at: at(9), evidence: 'head', object, error })
      expect(await store.find(id)).toMatchObject({ status: 'failed', error, object, evidence: 'head' })
      expect(await claim(50)).toBeUndefined()
    })

    it('keeps how often the application failed, and when it is tried again, until it is settled', async () => {
      const error = { code: 'application-failed', detail: 'broken' } as const
      const upload = await insert({ dueAt: at(5) })
      const claim = () => store.claim(upload.id, { holder: 'a', until: at(10), now: at(0) })
      await claim()
      await store.end(upload.id, 'a', { status: 'unsettled', error, attempts: 1, dueAt: at(7) })
      expect(await store.find(upload.id)).toEqual({ ...upload, error, attempts: 1, dueAt: at(7) })
      await claim()
      await store.end(upload.id, 'a', { status: 'unsettled', error })
      expect(await store.find(upload.id)).toEqual({ ...upload, error, attempts: 1, dueAt: at(7) })
      await claim()
      await store.end(upload.id, 'a', { status: 'unsettled', error, attempts: 2, dueAt: 'never' })
      expect(await store.find(upload.id)).not.toHaveProperty('dueAt')
      await claim()
      await store.end(upload.id, 'a', { status: 'unchanged', dueAt: at(8) })
      expect(await store.find(upload.id)).toMatchObject({ status: 'granted', attempts: 2, dueAt: at(8) })
      await claim()
      await store.end(upload.id, 'a', settled)
      expect(await store.find(upload.id)).not.toHaveProperty('dueAt')
    })

    it('gives what is due, the oldest first, and to nobody else while it is held', async () => {
      // Long before everything else that this suite keeps, so that nothing else is due.
      const early = (seconds: number) => new Date(Date.UTC(2001, 0, 1, 0, 0, seconds))
      const second = await insert({ dueAt: early(2) })
      const first = await insert({ dueAt: early(1), status: 'expired' })
      const later = await insert({ dueAt: early(9) })
      const take = (holder: string, seconds = 0) =>
        store.claimDue({ holder, until: early(seconds + 10), now: early(seconds), dueBy: early(5) })
      expect(await take('a')).toEqual(first)
      expect(await take('b')).toEqual(second)
      expect(await take('c')).toBeUndefined()
      expect(await store.claim(first.id, { holder: 'd', until: early(20), now: early(1) })).toBeUndefined()
      // A holder that died is followed by another.
      expect((await take('e', 10))?.id).toBe(first.id)
      expect(await store.end(first.id, 'a', { status: 'expired', dueAt: 'never' })).toBe(false)
      expect(await store.end(first.id, 'e', { status: 'expired', dueAt: 'never' })).toBe(true)
      expect(await store.end(second.id, 'b', settled)).toBe(true)
      expect(await take('f', 30)).toBeUndefined()
      expect((await store.find(later.id))?.dueAt).toEqual(early(9))
    })

    it('keeps one upload id of many, replaces only the one that it is told, and none of what has ended', async () => {
      const upload = await insert({ multipart: { partSize: 8 * 1024 ** 2 } })
      expect(await store.find(upload.id)).toEqual(upload)
      const kept = await Promise.all(['A', 'B', 'C'].map((id) => store.keepUploadId(upload.id, id, undefined)))
      const [first = ''] = kept
      expect(kept).toEqual([first, first, first])
      expect((await store.find(upload.id))?.multipart).toEqual({ partSize: 8 * 1024 ** 2, uploadId: first })
      expect(await store.keepUploadId(upload.id, 'D', 'another')).toBe(first)
      expect(await store.keepUploadId(upload.id, 'D', first)).toBe('D')
      expect(await store.keepUploadId(upload.id, 'E', first)).toBe('D')
      await store.claim(upload.id, { holder: 'a', until: at(10), now: at(0) })
      await store.end(upload.id, 'a', settled)
      expect(await store.keepUploadId(upload.id, 'F', 'D')).toBeUndefined()
      expect((await store.find(upload.id))?.multipart?.uploadId).toBe('D')
      expect(await store.keepUploadId('nobody', 'G', undefined)).toBeUndefined()
    })

    it('fails what never became an object', async () => {
      const error = { code: 'object-mismatch', detail: 'wrong' } as const
      const upload = await insert()
      await store.claim(upload.id, { holder: 'a', until: at(10), now: at(0) })
      await store.end(upload.id, 'a', { status: 'failed', at: at(9), evidence: 'complete', error })
      const ended = { status: 'failed', evidence: 'complete', settledAt: at(9), error }
      expect(await store.find(upload.id)).toEqual({ ...upload, ...ended })
    })

    it('removes a record with its trace, unless somebody is settling it', async () => {
      const upload = newUpload()
      const entry = { at: at(1), event: 'granted', detail: { a: [1] } }
      await store.insert([upload], [{ id: upload.id, ...entry }])
      await store.addTrace(upload.id, { at: at(2), event: 'settled', detail: null })
      expect(await store.trace(upload.id)).toEqual([entry, { at: at(2), event: 'settled', detail: null }])
      await store.claim(upload.id, { holder: 'a', until: at(10), now: at(0) })
      expect(await store.remove(upload.id, 'b', at(0))).toBe(false)
      expect(await store.remove(upload.id, 'a', at(0))).toBe(true)
      expect(await store.remove(upload.id, 'a', at(0))).toBe(false)
      expect(await store.trace(upload.id)).toEqual([])
    })
  })
}

/** What a store keeps to that several servers share: each of them opens it for itself. */
export function describeSharedStore(name: string, open: () => Promise<Store>): void {
  describe(name, () => {
    it('gives a claim to one of fifty that come at once by two servers', async () => {
      const servers = await Promise.all([open(), open()])
      const [first, second] = servers
      const uploads = Array.from({ length: 5 }, () => newUpload())
      await first?.insert(uploads, [])
      const now = new Date()
      const until = new Date(now.getTime() + 60_000)
      for (const { id } of uploads) {
        const claims = Array.from({ length: 25 }, () =>
          servers.map((store) => store.claim(id, { holder: randomUUID(), until, now })),
        )
        expect((await Promise.all(claims.flat())).filter(Boolean)).toHaveLength(1)
      }
      expect(await second?.find(uploads[0]?.id ?? '')).toEqual(uploads[0])
      await Promise.all(servers.map((store) => store.close()))
    })

    it('gives each of a hundred that are due to one of many that ask at once, by two servers', async () => {
      const servers = await Promise.all([open(), open()])
      const now = new Date()
      const until = new Date(now.getTime() + 60_000)
      await servers[0]?.insert(
        Array.from({ length: 100 }, () => newUpload({ dueAt: now })),
        [],
      )
      const taken = await Promise.all(
        Array.from({ length: 60 }, () =>
          servers.map((store) => store.claimDue({ holder: randomUUID(), until, now, dueBy: now })),
        ).flat(),
      )
      const ids = taken.flatMap((upload) => (upload === undefined ? [] : [upload.id]))
      expect(ids).toHaveLength(100)
      expect(new Set(ids).size).toBe(100)
      await Promise.all(servers.map((store) => store.close()))
    })
  })
}

export function newUpload(facts: Partial<StoredUpload> = {}): StoredUpload {
  const id = randomUUID()
  return {
    id,
    owner: 'ann',
    account: 'ann',
    caller: { id: 'ann' },
    route: 'demo',
    bucket: 'uploads',
    key: `demo/${id}`,
    transport: 'post',
    file: { name: 'a.txt', size: 5, type: 'text/plain' },
    mimeType: 'text/plain',
    createdAt: new Date('2026-01-01T00:00:00.123Z'),
    expiresAt: new Date('2026-01-01T00:15:00Z'),
    acceptedUntil: new Date('2026-01-02T00:15:00Z'),
    status: 'granted',
    attempts: 0,
    ...facts,
  }
}

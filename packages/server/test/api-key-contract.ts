import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { ApiKey, Store } from '../src/index.ts'

/** What every store keeps to where it has keys. */
export function describeApiKeys(name: string, open: () => Promise<Store>): void {
  describe(`the keys of ${name}`, () => {
    let store: Store
    beforeAll(async () => {
      store = await open()
    })
    afterAll(() => store.close())

    const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
    const keep = async (facts: Partial<ApiKey> = {}): Promise<ApiKey> => {
      const id = randomBytes(8).toString('hex')
      const key = { id, hash: 'ab'.repeat(32), name: '合作 "acme"', caller: 'acme', createdAt: at(0), ...facts }
      await store.keys.insert(key)
      return key
    }

    it('are given back as they were kept, the newest first', async () => {
      const plain = await keep()
      const full = await keep({
        routes: ['a', 'b'],
        createdAt: at(1),
        expiresAt: at(2),
        revokedAt: at(3),
        lastUsedAt: at(4),
      })
      expect(await store.keys.find(full.id)).toEqual(full)
      expect(await store.keys.find(plain.id)).toEqual(plain)
      expect(await store.keys.find('f'.repeat(16))).toBeUndefined()
      expect(await store.keys.find("' OR 1=1 --")).toBeUndefined()
      expect(await store.keys.list()).toEqual([full, plain])
      await expect(store.keys.insert(plain)).rejects.toThrow()
    })

    it('are revoked once', async () => {
      const { id } = await keep()
      expect((await store.keys.revoke(id, at(5)))?.revokedAt).toEqual(at(5))
      expect((await store.keys.revoke(id, at(9)))?.revokedAt).toEqual(at(5))
      expect((await store.keys.find(id))?.revokedAt).toEqual(at(5))
      expect(await store.keys.revoke('f'.repeat(16), at(5))).toBeUndefined()
    })

    it('know when they were last used, to the minute', async () => {
      const { id } = await keep()
      const lastUse = async (seconds: number) => {
        await store.keys.touch(id, at(seconds))
        return (await store.keys.find(id))?.lastUsedAt
      }
      expect(await lastUse(10)).toEqual(at(10))
      expect(await lastUse(69)).toEqual(at(10))
      expect(await lastUse(70)).toEqual(at(70))
      expect(await lastUse(60)).toEqual(at(70))
    })
  })
}

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { pino } from 'pino'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { type Stage, startStage } from '../test/stage.ts'
import { type ApiKeyWish, createApiKey } from './api-key.ts'
import { identifyByApiKey } from './api-key-identity.ts'
import { identifyBy } from './identity.ts'
import { identifyBySession } from './session-identity.ts'
import { openSqliteStore } from './sqlite-store.ts'
import type { Store } from './store.ts'
import { uploadRoute } from './upload-route.ts'

const compared = vi.hoisted(() => [] as [number, number][])
vi.mock('node:crypto', async (importOriginal) => {
  const crypto = await importOriginal<typeof import('node:crypto')>()
  return {
    ...crypto,
    timingSafeEqual(a: Buffer, b: Buffer) {
      compared.push([a.length, b.length])
      return crypto.timingSafeEqual(a, b)
    },
  }
})

const folder = mkdtempSync(join(tmpdir(), 'api-keys-'))
let store: Store
let stage: Stage
let log = ''
let now = new Date('2026-01-01T00:00:00Z')

beforeAll(async () => {
  store = await openSqliteStore({ file: join(folder, 'uploads.db') })
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  const route = uploadRoute({ onUploaded: () => null })
  stage = await startStage({
    routes: { partner: route, photos: route },
    uploads: {
      store,
      logger: pino(sink),
      identify: identifyBy(
        identifyByApiKey({ keys: store.keys, now: () => now }),
        identifyBySession({ read: ({ headers }) => (headers.cookie === 'session=ann' ? { id: 'ann' } : null) }),
      ),
    },
  })
})
afterAll(async () => {
  await stage.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})
beforeEach(() => {
  log = ''
  compared.length = 0
})

const make = (wish: Partial<ApiKeyWish> = {}) => createApiKey(store.keys, { name: 'Acme', ...wish })
const call = async (method: string, path: string, headers: Record<string, string>, route = 'partner') => {
  const body = { route, files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] }
  const answer = await fetch(`${stage.origin}/uploads${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...headers },
    ...(method === 'POST' ? { body: JSON.stringify(body) } : {}),
  })
  return { status: answer.status, body: (await answer.json()) as Body }
}
interface Body {
  code: string
  grants: { grant: { id: string } }[]
  items: { route: string }[]
}
const idOf = ({ grants }: Body) => grants[0]?.grant.id ?? ''
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('an API key', () => {
  it('lets its holder upload, and its records are those of its caller', async () => {
    const [first, second, other] = [await make({ caller: 'acme' }), await make({ caller: 'acme' }), await make()]
    const { status, body } = await call('POST', '', bearer(first.token))
    expect(status).toBe(201)
    const id = idOf(body)
    expect((await call('GET', `/${id}`, bearer(second.token))).status).toBe(200)
    expect((await call('GET', `/${id}`, bearer(other.token))).status).toBe(404)
    expect((await store.find(id))?.caller).toEqual({ id: 'acme', keyId: first.key.id })
    expect(other.key.caller).toBe(`key:${other.key.id}`)
  })

  it('is kept as a hash: neither database nor log nor record has its secret', async () => {
    const { key, token } = await make()
    const secret = token.slice(-43)
    expect(token).toBe(`odk_${key.id}_${secret}`)
    expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
    const { body } = await call('POST', '', bearer(token))
    const kept = [await store.keys.find(key.id), await store.find(idOf(body))]
    expect(JSON.stringify(kept) + log).not.toContain(secret)
  })

  it('is good for its routes alone, in what is sent and in what is seen', async () => {
    const wide = await make({ caller: 'two routes' })
    const narrow = await make({ caller: 'two routes', routes: ['partner'] })
    const { body } = await call('POST', '', bearer(wide.token), 'photos')
    await call('POST', '', bearer(wide.token))
    const id = idOf(body)
    expect(await call('POST', '', bearer(narrow.token), 'photos')).toMatchObject({
      status: 403,
      body: { code: 'forbidden' },
    })
    expect(await call('POST', '', bearer(narrow.token))).toMatchObject({ status: 201 })
    for (const [method, path] of [
      ['GET', ''],
      ['GET', '/content'],
      ['GET', '/trace'],
      ['POST', '/confirm'],
      ['DELETE', ''],
    ] as const) {
      const answer = await call(method, `/${id}${path}`, bearer(narrow.token))
      expect([method, path, answer.body.code]).toEqual([method, path, 'upload-not-found'])
    }
    const routesOf = async (query: string, token: string) =>
      (await call('GET', query, bearer(token))).body.items.map(({ route }) => route)
    expect(await routesOf('', narrow.token)).toEqual(['partner', 'partner'])
    expect(await routesOf('?route=photos', narrow.token)).toEqual([])
    expect(await routesOf('?route=photos', wide.token)).toEqual(['photos'])
  })

  it('is refused in one way, whatever is wrong with it, and the log says in which', async () => {
    const good = await make()
    const ended = await make({ expiresAt: now })
    const revoked = await make()
    await store.keys.revoke(revoked.key.id, now)
    const otherSecret = (await make()).token.slice(-43)
    const cases: [string, string][] = [
      [`odk_${'0'.repeat(16)}_${otherSecret}`, 'is unknown or its secret is wrong'],
      [`odk_${good.key.id}_${otherSecret}`, 'is unknown or its secret is wrong'],
      [ended.token, 'has ended'],
      [revoked.token, 'was revoked'],
      [good.token.slice(0, -1), 'neither written as an API key nor as a JWT'],
      [`${good.token}A`, 'neither written as'],
      [good.token.toUpperCase(), 'neither written as'],
      [`odk_${good.key.id}_`, 'neither written as'],
      ['odk_', 'neither written as'],
      ['partner-key', 'neither written as'],
      ["odk_' OR 1=1 --_x", 'neither written as'],
      ['', 'neither written as'],
    ]
    const answers = []
    for (const [token, reason] of cases) {
      log = ''
      const { status, body } = await call('POST', '', bearer(token))
      answers.push(JSON.stringify([status, { ...body, requestId: '' }]))
      expect(log).toContain(reason)
      if (token.length > 20) expect(log).not.toContain(token.slice(-20))
    }
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toMatch(/^\[401,.*not-signed-in.*for a new one/)
  })

  it('that is wrong never falls through to a cookie that is good', async () => {
    const session = { cookie: 'session=ann', origin: stage.origin }
    expect((await call('POST', '', session)).status).toBe(201)
    for (const authorization of [`Bearer odk_${'0'.repeat(16)}_${'x'.repeat(43)}`, 'Bearer anything', 'Bearer a.b.c']) {
      expect((await call('POST', '', { ...session, authorization })).status).toBe(401)
    }
  })

  it('is compared in constant time, also one that nobody has', async () => {
    const { key, token } = await make()
    const secret = token.slice(-43)
    for (const wrong of [token, `odk_${key.id}_${'x'.repeat(43)}`, `odk_${'f'.repeat(16)}_${secret}`]) {
      compared.length = 0
      await call('GET', '', bearer(wrong))
      // SHA-256 of either: no part of the secret can be learned from where two texts begin to differ.
      expect(compared).toEqual([[32, 32]])
    }
  })

  it('is refused from the moment it is revoked', async () => {
    const { key, token } = await make()
    expect((await call('GET', '', bearer(token))).status).toBe(200)
    await store.keys.revoke(key.id, now)
    expect((await call('GET', '', bearer(token))).status).toBe(401)
  })

  it('has its last use written once a minute, and not by whoever has only its id', async () => {
    const { key, token } = await make()
    const lastUsed = async () => (await store.keys.find(key.id))?.lastUsedAt?.getTime()
    await call('GET', '', bearer(`odk_${key.id}_${'x'.repeat(43)}`))
    expect(await lastUsed()).toBeUndefined()
    const touch = vi.spyOn(store.keys, 'touch')
    for (const seconds of [0, 30, 59, 60]) {
      now = new Date(Date.UTC(2026, 0, 1, 0, 0, seconds))
      await call('GET', '', bearer(token))
    }
    expect(touch).toHaveBeenCalledTimes(2)
    expect(await lastUsed()).toBe(Date.UTC(2026, 0, 1, 0, 1))
    touch.mockRestore()
  })

  it.each([
    ['a name of two lines', { name: 'a\nb' }],
    ['a name that moves the cursor of a terminal', { name: 'a\u001b[2K' }],
    ['no name', { name: '' }],
    ['an endless caller', { caller: 'x'.repeat(256) }],
    ['no routes', { routes: [] }],
    ['a route of two lines', { routes: ['a\nb'] }],
  ])('with %s is not made', async (_case, wish) => {
    const before = (await store.keys.list()).length
    await expect(make(wish)).rejects.toThrow(TypeError)
    expect(await store.keys.list()).toHaveLength(before)
  })
})

import type { Refusal } from '@oss-direct/shared'
import express from 'express'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { postForm, type Stage, startStage } from '../test/stage.ts'
import { networkOf } from './caller-address.ts'
import type { Limits, LimitsOption } from './limits.ts'
import { type Caller, uploadRoute } from './upload-route.ts'

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

interface Setting {
  limits?: LimitsOption<Caller>
  /** What Express is told of proxies in front of it. */
  trustProxy?: number | string[]
  now?: () => Date
  policyLifetimeMs?: number
}

async function start({ limits = {}, trustProxy, ...uploads }: Setting) {
  const framework = (() => {
    const app = express()
    if (trustProxy !== undefined) app.set('trust proxy', trustProxy)
    return app
  }) as typeof express
  stage = await startStage({
    framework,
    routes: {
      demo: uploadRoute({ accept: ['text/plain'], transports: ['post', 'multipart'], onUploaded: () => null }),
    },
    uploads: {
      limits,
      identify: ({ headers }) => {
        const [id, account] = [headers['x-caller'], headers['x-account']].map((value) => value?.toString())
        return id === undefined ? null : { id, ...(account === undefined ? {} : { account }) }
      },
      ...uploads,
    },
  })
  const { origin } = stage
  return {
    stage,
    ann: stage.as('ann'),
    bob: stage.as('bob'),
    list: async (headers: Record<string, string>) => {
      const answer = await fetch(`${origin}/uploads`, { headers })
      return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> }
    },
  }
}

const files = (...sizes: number[]) => sizes.map((size) => ({ name: 'a.txt', size, type: 'text/plain' }))
const ask = (sizes: number[], transport?: 'multipart') => ({
  route: 'demo',
  files: files(...sizes),
  ...(transport === undefined ? {} : { transport }),
})

describe('requests of a minute', () => {
  it('are refused beyond the limit, with what it was and when to come again', async () => {
    const { ann, bob } = await start({ limits: { requestsPerMinute: 5 } })
    const answers = await Promise.all(Array.from({ length: 12 }, () => ann.send('GET', '')))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(5)
    const refused = answers.filter(({ status }) => status === 429)
    expect(refused).toHaveLength(7)
    for (const { headers, body } of refused) {
      expect(body).toMatchObject({
        code: 'rate-limited',
        detail: 'You made more than 5 requests within a minute',
        hint: expect.stringMatching(/^Wait \d+ seconds?, then go on more slowly\.$/),
      })
      expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
      expect(Number(headers.get('retry-after'))).toBeLessThanOrEqual(60)
    }
    expect((await bob.send('GET', '')).status).toBe(200)
  })

  it('count whatever is asked for, also what is then refused', async () => {
    const { ann } = await start({ limits: { requestsPerMinute: 4 } })
    for (const [method, path] of [
      ['GET', '/0'],
      ['POST', '/0/confirm'],
      ['DELETE', '/0'],
      ['GET', '/0/content'],
    ] as const) {
      expect((await ann.send(method, path)).status).toBe(404)
    }
    expect((await ann.send('POST', '', ask([1]))).status).toBe(429)
  })

  it('of OSS itself, and for the rules, are not counted', async () => {
    const { ann, stage } = await start({ limits: { requestsPerMinute: 1, unknownPerMinute: 1 } })
    const grant = await ann.grant()
    expect((await postForm(grant, 'hello')).status).toBe(200)
    for (let index = 0; index < 3; index += 1) {
      expect((await fetch(`${stage.origin}/uploads/routes`)).status).toBe(200)
    }
  })

  it('are those of an account, where callers share one', async () => {
    const { list } = await start({ limits: { requestsPerMinute: 2 } })
    const statuses = []
    for (const id of ['a', 'b', 'c']) statuses.push((await list({ 'x-caller': id, 'x-account': 'acme' })).status)
    statuses.push((await list({ 'x-caller': 'a' })).status)
    expect(statuses).toEqual([200, 200, 429, 200])
  })

  it("may be each caller's own", async () => {
    const { ann, bob } = await start({ limits: ({ id }) => ({ requestsPerMinute: id === 'ann' ? 2 : 'none' }) })
    for (const status of [200, 200, 429]) expect((await ann.send('GET', '')).status).toBe(status)
    for (let index = 0; index < 20; index += 1) expect((await bob.send('GET', '')).status).toBe(200)
  })
})

describe('requests of somebody whom nobody knows', () => {
  it('are counted by address, and whoever is known still gets in from there', async () => {
    const { list } = await start({ limits: { unknownPerMinute: 3 } })
    for (let index = 0; index < 3; index += 1) expect((await list({})).status).toBe(401)
    const { status, headers, body } = await list({})
    expect(status).toBe(429)
    expect(body).toMatchObject({ code: 'rate-limited', detail: expect.stringContaining('at your address') })
    expect(Number(headers.get('retry-after'))).toBeGreaterThan(0)
    expect((await list({ 'x-caller': 'ann' })).status).toBe(200)
  })

  const guesses = (list: Awaited<ReturnType<typeof start>>['list'], forwarded: (index: number) => string) =>
    Promise.all(Array.from({ length: 6 }, (_, index) => list({ 'x-forwarded-for': forwarded(index) })))
  const limited = (answers: { status: number }[]) => answers.filter(({ status }) => status === 429).length

  it('are not hidden by a forged X-Forwarded-For, nor put on somebody else', async () => {
    const { list } = await start({ limits: { unknownPerMinute: 3 } })
    expect(limited(await guesses(list, (index) => `203.0.113.${index}`))).toBe(3)
  })

  it('are not hidden so behind a trusted proxy either: what it added itself counts', async () => {
    const { list } = await start({ limits: { unknownPerMinute: 3 }, trustProxy: 1 })
    // The last one is the proxy's, the others came with the request.
    expect(limited(await guesses(list, (index) => `203.0.113.${index}, 198.51.100.7`))).toBe(3)
    expect((await list({ 'x-forwarded-for': '198.51.100.8' })).status).toBe(401)
  })

  it('are told apart behind a proxy that is trusted by its address', async () => {
    const { list } = await start({ limits: { unknownPerMinute: 3 }, trustProxy: ['loopback'] })
    expect(limited(await guesses(list, (index) => `203.0.113.${index}`))).toBe(0)
  })

  it('are not told apart by the port that a proxy writes, nor by what is no address', async () => {
    const { list } = await start({ limits: { unknownPerMinute: 3 }, trustProxy: 1 })
    expect(limited(await guesses(list, (index) => `203.0.113.9:${40_000 + index}`))).toBe(3)
    expect(limited(await guesses(list, (index) => 'x'.repeat(5000 + index)))).toBe(3)
  })

  it('are one for a whole IPv6 network', async () => {
    const { list } = await start({ limits: { unknownPerMinute: 3 }, trustProxy: 1 })
    expect(limited(await guesses(list, (index) => `2001:db8:1:2::${index}`))).toBe(3)
  })

  it.each([
    ['192.0.2.1', '192.0.2.1'],
    ['::ffff:192.0.2.1', '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0DB8:0001:0002::1', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['1::', '1:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['1:2:3:4:5:6:192.0.2.1', '1:2:3:4::/64'],
    ['192.0.2.1:54321', '192.0.2.1'],
    ['[2001:db8:1:2::1]:54321', '2001:db8:1:2::/64'],
    ['[::ffff:192.0.2.1]', '192.0.2.1'],
    ['', 'unknown'],
    ['_hidden', 'unknown'],
    ['192.0.2.1.evil.example', 'unknown'],
    [undefined, 'unknown'],
  ])('%s is of the network %s', (ip, network) => expect(networkOf(ip)).toBe(network))
})

describe('open grants', () => {
  it('are as many as the limit; the files that have no room are refused one by one', async () => {
    const { ann } = await start({ limits: { openGrants: 3 } })
    const { status, body } = await ann.send('POST', '', ask([1, 1, 1, 1, 1]))
    expect(status).toBe(201)
    const { grants } = body as { grants: { ok: boolean; error?: object }[] }
    expect(grants.map(({ ok }) => ok)).toEqual([true, true, true, false, false])
    expect(grants[4]?.error).toMatchObject({
      code: 'rate-limited',
      detail: 'You have 3 uploads under way; at most 3 are allowed',
      hint: expect.any(String),
    })
  })

  it('that are all taken refuse a request as a whole, with Retry-After; settled ones are free again', async () => {
    const { ann, bob } = await start({ limits: { openGrants: 1 } })
    const grant = await ann.grant()
    const { status, headers, body } = await ann.send('POST', '', ask([1, 1]))
    expect([status, headers.get('retry-after'), (body as { code: string }).code]).toEqual([429, '10', 'rate-limited'])
    await bob.grant()
    expect((await postForm(grant, 'hello')).status).toBe(200)
    await ann.grant()
  })

  it('leave what a file is refused for otherwise to that file', async () => {
    const { ann } = await start({ limits: { openGrants: 1 } })
    await ann.grant()
    const picture = { name: 'a.png', size: 1, type: 'image/png' }
    const { status, body } = await ann.send('POST', '', { route: 'demo', files: [picture, ...files(1)] })
    const { grants } = body as { grants: { error: { code: string } }[] }
    expect([status, grants.map(({ error }) => error.code)]).toEqual([201, ['file-type-refused', 'rate-limited']])
  })

  it('are free again when they have ended, though nobody swept them', async () => {
    let now = new Date()
    const { ann } = await start({ limits: { openGrants: 1 }, now: () => now })
    await ann.grant()
    expect((await ann.send('POST', '', ask([1]))).status).toBe(429)
    now = new Date(now.getTime() + 15 * 60_000)
    await ann.grant()
  })

  it('are not free again for being removed: the form is still good', async () => {
    const { ann } = await start({ limits: { openGrants: 1 } })
    const { id } = await ann.grant()
    expect((await ann.send('DELETE', `/${id}`)).status).toBe(204)
    expect((await ann.send('POST', '', ask([1]))).status).toBe(429)
  })

  it('leave no trace and no record of a file that had no room', async () => {
    const { ann } = await start({ limits: { openGrants: 2 } })
    await ann.send('POST', '', ask([1, 1, 1, 1]))
    expect((await ann.list()).items).toHaveLength(2)
  })
})

describe('bytes of a day', () => {
  it('are reserved when they are granted, and a file that never fits is told so at once', async () => {
    const { ann } = await start({ limits: { bytesPerDay: 100 } })
    const { body } = await ann.send('POST', '', ask([60, 60, 40, 101]))
    const { grants } = body as { grants: { ok: boolean; error?: Refusal }[] }
    expect(grants.map(({ ok, error }) => (ok ? 'ok' : error?.code))).toEqual([
      'ok',
      'rate-limited',
      'ok',
      'file-too-large',
    ])
    expect(grants[1]?.error?.retryAfterMs).toBeGreaterThan(86_000_000)
    expect(grants[1]?.error?.detail).toBe('You were granted 60 B within a day; at most 100 B are allowed')
    const full = await ann.send('POST', '', ask([1]))
    expect(full.status).toBe(429)
    expect(Number(full.headers.get('retry-after'))).toBeGreaterThan(86_000)
    expect(full.body).toMatchObject({ hint: expect.stringMatching(/^The first of them counts until 20\d\d-/) })
  })

  it('are given back when what arrived was not what was granted, and kept when it was', async () => {
    const { ann, stage } = await start({ limits: { bytesPerDay: 10 } })
    const good = await ann.grant()
    expect((await postForm(good, 'hello')).status).toBe(200)
    const bad = await ann.grantParts({ size: 5 }, 'demo')
    expect((await ann.send('POST', '', ask([1]))).status).toBe(429)
    const { body } = await ann.send('POST', `/${bad.id}/parts`, { partNumbers: [1] })
    const [part] = (body as { urls: { url: string }[] }).urls
    expect((await fetch(part?.url ?? '', { method: 'PUT', body: Buffer.from('too much') })).status).toBe(200)
    expect((await ann.send('POST', `/${bad.id}/complete`)).status).toBe(422)
    const { body: again } = await ann.send('POST', '', ask([6, 5]))
    expect((again as { grants: { ok: boolean }[] }).grants.map(({ ok }) => ok)).toEqual([false, true])
    expect((await stage.uploads.sweep()).settled).toBe(0)
  })

  it('are given back when the grant has ended and nothing came', async () => {
    const { ann, stage } = await start({ limits: { bytesPerDay: 10 }, policyLifetimeMs: 300 })
    await ann.send('POST', '', ask([10]))
    expect((await ann.send('POST', '', ask([10]))).status).toBe(429)
    await vi.waitFor(async () => expect((await stage.uploads.sweep()).expired).toBe(1), 5000)
    expect((await ann.send('POST', '', ask([10]))).status).toBe(201)
  })
})

describe('limits', () => {
  it('are finite where nothing is said', async () => {
    const { ann } = await start({})
    const { body } = await ann.send('POST', '', ask([2 * 1024 ** 4], 'multipart'))
    expect(JSON.stringify(body)).toContain('file-too-large')
    for (let index = 0; index < 20; index += 1) {
      expect((await ann.send('POST', '', ask(Array(50).fill(0)))).status).toBe(201)
    }
    expect((await ann.send('POST', '', ask([0]))).status).toBe(429)
  })

  it.each([
    { requestsPerMinute: 0 },
    { openGrants: -1 },
    { bytesPerDay: 1.5 },
    { unknownPerMinute: Number.NaN },
    { openGrants: Number.POSITIVE_INFINITY },
    { openGrants: '5' as never },
  ] satisfies Limits[])('refuse to be %o', async (limits) => {
    await expect(start({ limits })).rejects.toThrow('must be a whole number, 1 or more, or "none"')
  })
})

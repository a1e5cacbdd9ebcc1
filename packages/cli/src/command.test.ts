import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { identifyByApiKey, openSqliteStore, type Store } from '@oss-direct/server'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { runCommand } from './command.ts'

const folder = mkdtempSync(join(tmpdir(), 'cli-'))
const file = join(folder, 'uploads.db')
let server: Store
// As beside a server that runs: SQLite is held by it.
beforeAll(async () => {
  server = await openSqliteStore({ file })
})
afterAll(async () => {
  await server.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

async function run(args: string, environment: Record<string, string> = { DATABASE_URL: `sqlite:${file}` }) {
  let written = ''
  let complaints = ''
  const code = await runCommand(args.match(/"[^"]*"|\S+/g)?.map((part) => part.replaceAll('"', '')) ?? [], {
    environment,
    write: (text) => {
      written += text
    },
    complain: (text) => {
      complaints += text
    },
  })
  return { code, written, complaints }
}
const json = async (args: string) => JSON.parse((await run(`${args} --json`)).written)
const identify = (token: string) =>
  identifyByApiKey({ keys: server.keys })({
    method: 'GET',
    requestId: '',
    headers: { authorization: `Bearer ${token}` },
  })

describe('oss-direct keys', () => {
  it('makes a key that the running server takes, and revokes it', async () => {
    const made = await json('keys create --name Acme --caller acme --route partner --route photos')
    expect(await identify(made.token)).toEqual({ id: 'acme', keyId: made.id, routes: ['partner', 'photos'] })
    expect((await run(`keys revoke ${made.id}`)).code).toBe(0)
    await expect(identify(made.token)).rejects.toMatchObject({ code: 'not-signed-in' })
  })

  it('shows the secret once, and keeps it nowhere', async () => {
    const { code, written } = await run('keys create --name "Acme 合作"')
    expect(code).toBe(0)
    const [token = ''] = /^odk_[0-9a-f]{16}_[\w-]{43}$/m.exec(written) ?? []
    expect(await identify(token)).toMatchObject({ id: `key:${token.slice(4, 20)}` })
    const secret = token.slice(-43)
    const listed = `${(await run('keys list')).written}${(await run('keys list --json')).written}`
    expect(listed).toContain(token.slice(4, 20))
    expect(listed).not.toContain(secret)
    expect(listed).not.toMatch(/[0-9a-f]{64}/)
    for (const name of ['uploads.db', 'uploads.db-wal']) {
      expect(readFileSync(join(folder, name), 'latin1')).not.toContain(secret)
    }
  })

  it('lists in columns that stand beneath each other, whatever they are written in', async () => {
    await run('keys create --name "某某公司" --expires never --route a --route b')
    const [head = '', first = ''] = (await run('keys list')).written.split('\n')
    expect(head).toMatch(/^ID +NAME +STATE +CALLER +ROUTES +CREATED +EXPIRES +LAST USED$/)
    expect(first).toMatch(/^[0-9a-f]{16} {2}某某公司 +good +key:[0-9a-f]{16} +a, b +20\S+ \d\d:\d\dZ {2}never +never$/)
    // Four characters of two places each.
    expect(first.indexOf('good') + 4).toBe(head.indexOf('STATE'))
  })

  it('gives a key a year, or as long as it is told', async () => {
    const days = async (flags: string) => {
      const { createdAt, expiresAt } = await json(`keys create --name x ${flags}`)
      return expiresAt && Math.round((Date.parse(expiresAt) - Date.parse(createdAt)) / 86_400_000)
    }
    expect(await days('')).toBe(365)
    expect(await days('--expires 90d')).toBe(90)
    expect(await days('--expires 48h')).toBe(2)
    expect(await days('--expires never')).toBeUndefined()
    expect((await json('keys create --name x --expires 2999-01-31')).expiresAt).toBe('2999-01-31T00:00:00.000Z')
  })

  it('takes the whole key where its id is wanted, and says when it had been revoked before', async () => {
    const { token, id } = await json('keys create --name x')
    const { revokedAt } = await json(`keys revoke ${token}`)
    expect(await json(`keys revoke ${id}`)).toMatchObject({ state: 'revoked', revokedAt })
  })

  it.each([
    ['keys create', /required option '--name <text>'/],
    ['keys create --name x --expires 90', /It must be 90d, 12h, a date to come/],
    ['keys create --name x --expires 2020-01-01', /a date to come/],
    ['keys create --name x --expires 0d', /a date to come/],
    ['keys create --name x --owner y', /unknown option '--owner'/],
    ['keys revoke', /missing required argument 'id'/],
    ['keys renew', /unknown command 'renew'/],
    ['lock', /unknown command 'lock'/],
  ])('does not understand "%s": exit code 2', async (args, sentence) => {
    const { code, written, complaints } = await run(args)
    expect([code, written]).toEqual([2, ''])
    expect(complaints).toMatch(sentence)
  })

  it('wants to know which database: exit code 2', async () => {
    expect(await run('keys list', {})).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('--database <url>'),
    })
  })

  it.each([
    ['keys revoke 0000000000000000', /There is no key "0000000000000000"\. oss-direct keys list shows/],
    [`keys list --database ${join(folder, 'typo.db')}`, /There is no database at .*typo\.db/],
    ['keys list --database mysql://root@db/uploads', /must be sqlite: and a path, or postgres:/],
    [`keys create --name "a\u001b[2K"`, /name must be 1 to 255 characters without control characters/],
  ])('cannot do "%s": exit code 1', async (args, sentence) => {
    const { code, written, complaints } = await run(args)
    expect([code, written]).toEqual([1, ''])
    expect(complaints).toMatch(sentence)
    expect(complaints).not.toMatch(/\n +at /)
  })

  it('helps: exit code 0', async () => {
    const { code, written } = await run('keys create --help')
    expect(code).toBe(0)
    expect(written).toContain('--expires <when>')
    expect((await run('--version')).written).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('a database that no server has open', () => {
  it('is brought to its version, and is free again afterwards', async () => {
    const own = join(folder, 'own.db')
    await (await openSqliteStore({ file: own })).close()
    const { code, written } = await run(`keys create --name x --database ${own} --json`)
    expect(code).toBe(0)
    const store = await openSqliteStore({ file: own })
    expect((await store.keys.list()).map(({ id }) => id)).toEqual([JSON.parse(written).id])
    await store.close()
    expect((await run('keys list', { DATABASE_URL: own })).written).toContain(JSON.parse(written).id)
  })
})

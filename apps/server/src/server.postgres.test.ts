import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { type Emulator, startEmulator } from '@oss-direct/emulator'
import { pino } from 'pino'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createDatabase, type TestDatabase } from '../../../packages/server/test/postgres-database.ts'
import { freePort } from '../../../scripts/free-port.ts'
import { readConfig } from './config.ts'
import { routes } from './routes.ts'
import { type RunningServer, startServer } from './server.ts'

// Two servers as they stand behind one address: the same secret, the same database.

const folder = mkdtempSync(join(tmpdir(), 'two-servers-'))
const servers: RunningServer[] = []
let database: TestDatabase
let emulator: Emulator
let log = ''
let metricsPort = ''

beforeAll(async () => {
  database = await createDatabase()
  metricsPort = String(await freePort())
  emulator = await startEmulator({ buckets: [{ name: 'uploads' }] })
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  const start = async (more = {}) => {
    const config = readConfig({
      PORT: String(await freePort()),
      OSS_EMULATOR_PORT: new URL(emulator.origin).port,
      DATA_DIR: folder,
      WEB_ROOT: folder,
      DATABASE_URL: database.url,
      SWEEP_INTERVAL_SECONDS: '1',
      ...more,
    })
    return startServer({ config, routes, logger: pino({ level: 'trace' }, sink) })
  }
  servers.push(...(await Promise.all([start({ METRICS_PORT: metricsPort }), start()])))
})
afterAll(async () => {
  for (const server of servers) await server.close()
  await emulator.close()
  await database.drop()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

interface FormGrant {
  id: string
  url: string
  fields: Record<string, string>
}

async function arrive(): Promise<string> {
  const answer = await fetch(servers[0]?.origin ?? '')
  return answer.headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

async function upload(cookie: string): Promise<{ id: string; status: number }> {
  const answer = await fetch(`${servers[0]?.origin}/uploads`, {
    method: 'POST',
    headers: { cookie, origin: servers[0]?.origin ?? '', 'content-type': 'application/json' },
    body: JSON.stringify({ route: 'demo', files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] }),
  })
  const { grants } = (await answer.json()) as { grants: { grant: FormGrant }[] }
  const grant = grants[0]?.grant
  if (grant === undefined) throw new Error('no grant')
  const form = new FormData()
  for (const [name, value] of Object.entries(grant.fields)) form.append(name, value)
  form.append('file', new Blob(['hello']))
  const { status } = await fetch(grant.url, { method: 'POST', body: form })
  return { id: grant.id, status }
}

async function listedByTheOther(cookie: string): Promise<unknown> {
  const answer = await fetch(`${servers[1]?.origin}/uploads`, { headers: { cookie } })
  return ((await answer.json()) as { items: unknown }).items
}

it('what one server granted, and OSS told it, the other one lists; no log shows the password', async () => {
  const cookie = await arrive()
  const { id, status } = await upload(cookie)
  expect(status).toBe(200)
  expect(await listedByTheOther(cookie)).toMatchObject([{ id, status: 'settled', evidence: 'callback' }])
  expect(log).toContain('callback accepted')
  expect(log).not.toContain(new URL(database.url).password)
})

it('one that is asked tells how many connections to the database it has, and is ready', async () => {
  expect((await fetch(`${servers[0]?.origin}/readyz`)).status).toBe(200)
  const text = await (await fetch(`http://127.0.0.1:${metricsPort}/metrics`)).text()
  expect(text).toMatch(/^oss_direct_database_connections\{state="idle"\} [1-9]\d*$/m)
  expect(text).toMatch(/^oss_direct_database_connections\{state="waiting"\} 0$/m)
})

it('an upload whose callback was lost is settled by the sweep of one of them, with one line in the log', async () => {
  const cookie = await arrive()
  emulator.faults.set({ name: 'callback-lost', count: 1 })
  const { id, status } = await upload(cookie)
  expect(status).toBe(203)
  // As if it had been granted some minutes ago.
  await database.query(`UPDATE uploads SET due_at = 0 WHERE id = '${id}'`)
  await vi.waitFor(async () => {
    expect(await listedByTheOther(cookie)).toMatchObject([{ id, status: 'settled', evidence: 'head' }])
  }, 10_000)
  await vi.waitFor(() => {
    expect(log.split('\n').filter((line) => line.includes('uploads swept'))).toEqual([
      expect.stringContaining('"settled":1,"failed":0'),
    ])
  })
})

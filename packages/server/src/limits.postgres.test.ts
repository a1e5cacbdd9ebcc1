import { afterAll, beforeAll, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../test/postgres-database.ts'
import { SECRET, type Stage, startStage } from '../test/stage.ts'
import type { Limits } from './limits.ts'
import { openPostgresStore } from './postgres-store.ts'
import { uploadRoute } from './upload-route.ts'
import { createUploads, type Uploads } from './uploads.ts'

// Three servers on one database: a limit is one limit, whichever of them is asked.

let database: TestDatabase
let stage: Stage
const open: Uploads[] = []
beforeAll(async () => {
  database = await createDatabase()
  stage = await startStage()
})
afterAll(async () => {
  await Promise.all(open.map((uploads) => uploads.close()))
  await stage.close()
  await database.drop()
})

async function servers(limits: Limits): Promise<Uploads[]> {
  const server = async () =>
    createUploads({
      identify: ({ headers }) => (headers.cookie === undefined ? null : { id: headers.cookie }),
      limits,
      routes: { demo: uploadRoute({ onUploaded: () => null }) },
      oss: stage.oss,
      callbackUrl: 'none',
      sweep: { intervalMs: 'never' },
      secret: SECRET,
      store: await openPostgresStore({ connectionString: database.url }),
    })
  const started = await Promise.all([server(), server(), server()])
  open.push(...started)
  return started
}

const context = (cookie?: string) => ({
  method: 'POST',
  requestId: '',
  ip: '192.0.2.1',
  headers: cookie === undefined ? {} : { cookie },
})
const file = { name: 'a.txt', size: 10, type: 'text/plain' }

/** What came of fifty calls at once, by code. */
async function fiftyAtOnce(started: Uploads[], call: (uploads: Uploads) => Promise<unknown>) {
  const counts: Record<string, number> = {}
  const calls = Array.from({ length: 50 }, (_, index) => call(started[index % 3] as Uploads))
  for (const outcome of await Promise.allSettled(calls)) {
    const code = outcome.status === 'fulfilled' ? 'ok' : outcome.reason.code
    counts[code] = (counts[code] ?? 0) + 1
  }
  return counts
}

it.each([
  ['open grants', { openGrants: 20 }, 20],
  ['bytes per day', { bytesPerDay: 209 }, 20],
  ['requests per minute', { requestsPerMinute: 20 }, 20],
])('fifty grants at once never exceed the %s by one', async (name, limits, most) => {
  const started = await servers(limits)
  const grant = (uploads: Uploads) => uploads.grant({ route: 'demo', files: [file] }, context(name))
  expect(await fiftyAtOnce(started, grant)).toEqual({ ok: most, 'rate-limited': 50 - most })
  const [{ count } = {}] = await database.query(`SELECT count(*)::int AS count FROM uploads WHERE owner = '${name}'`)
  expect(count).toBe(most)
})

it('fifty guesses at once from one address get as many answers as the minute has', async () => {
  const started = await servers({ unknownPerMinute: 20 })
  const guess = (uploads: Uploads) => uploads.list({}, context())
  expect(await fiftyAtOnce(started, guess)).toEqual({ 'not-signed-in': 20, 'rate-limited': 30 })
})

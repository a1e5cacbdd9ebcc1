import { randomUUID } from 'node:crypto'
import { createServer } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { bucketAddress, staticCredentials } from '@oss-direct/oss'
import { createUploads, openPostgresStore, uploadRoute, uploadRouter } from '@oss-direct/server'
import pg from 'pg'
import { accessKey, SETTINGS_VARIABLE, type ServerSettings } from './settings.ts'

// One of several servers on one database, as a team would run them. Its application writes down each run of its hook, and
// is slow or broken now and then.

const { port, databaseUrl, ossOrigin, callbackUrl } = JSON.parse(
  process.env[SETTINGS_VARIABLE] ?? '{}',
) as ServerSettings
const ledger = new pg.Pool({ connectionString: databaseUrl, max: 4 })

const demo = uploadRoute({
  onUploaded: async ({ id, key, size }) => {
    const run = randomUUID()
    await ledger.query('INSERT INTO runs (run, upload) VALUES ($1, $2)', [run, id])
    const chance = Math.random()
    if (chance < 0.03) await sleep(4500)
    else if (chance < 0.2) await sleep(50 + chance * 1000)
    if (chance > 0.95) throw new Error('the application is broken for a moment')
    await ledger.query('UPDATE runs SET ended = clock_timestamp() WHERE run = $1', [run])
    return { run, key, size }
  },
})

const address = bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: ossOrigin })
const uploads = createUploads({
  identify: ({ headers }) => ({ id: String(headers['x-user']) }),
  // One stands for all users there are.
  limits: { requestsPerMinute: 'none', openGrants: 'none', bytesPerDay: 'none' },
  routes: { demo },
  oss: {
    publicAddress: address,
    credentials: staticCredentials(accessKey),
    callbackKeyUrls: [`${ossOrigin}/_callback/callback_pub_key_v1.pem`],
  },
  callbackUrl,
  secret: 'a secret that all servers share',
  store: await openPostgresStore({ connectionString: databaseUrl }),
  leaseMs: 3000,
  sweep: { intervalMs: 1000, firstLookMs: 5000, retryAfterMs: 500 },
})
const router = uploadRouter(uploads)
const server = createServer((request, response) => {
  request.url = (request.url ?? '').replace(/^\/uploads/, '') || '/'
  router(request, response, () => response.writeHead(404).end())
})
server.listen(port, '127.0.0.1', () => process.send?.({ ready: `http://127.0.0.1:${port}` }))
process.once('disconnect', () => process.exit(0))

import { randomBytes } from 'node:crypto'
import { parseArgs } from 'node:util'
import { openPostgresStore } from '@oss-direct/server'
import OSS from 'ali-oss'
import pg from 'pg'
import { startPostgres } from '../../packages/server/test/postgres-program.ts'
import { freePort } from '../../scripts/free-port.ts'
import { createRandom } from '../../scripts/random.ts'
import { startBalancer } from '../stage/balancer.ts'
import { type Program, startProgram } from '../stage/program.ts'
import { judge } from './judge.ts'
import { accessKey, SETTINGS_VARIABLE, type ServerSettings } from './settings.ts'
import { type Upload, upload } from './uploader.ts'

// `npm run soak`: many uploads with random faults, against three servers on one Postgres behind a balancer, one of them
// killed and started again every few seconds. Zero lost, zero doubled, zero wrong, or exit status 1.

const { values: flags } = parseArgs({
  options: {
    uploads: { type: 'string', default: '5000' },
    parallel: { type: 'string', default: '24' },
    minutes: { type: 'string', default: '15' },
    seed: { type: 'string', default: '1' },
  },
})
const [count, parallel, minutes, seed] = [flags.uploads, flags.parallel, flags.minutes, flags.seed].map(Number) as [
  number,
  number,
  number,
  number,
]
if (![count, parallel, minutes, seed].every((value) => value > 0)) throw new Error('Every flag is a positive number')

const random = createRandom(seed)
const startedAt = Date.now()
const deadline = startedAt + minutes * 60_000
const postgres = await startPostgres()
const oss = await startProgram('packages/emulator/src/main.ts', ['--port', '0', '--memory', '--bucket', 'uploads'], {})
const ledger = new pg.Pool({ connectionString: postgres.url, max: 4 })
await ledger.query('CREATE TABLE runs (run text PRIMARY KEY, upload text NOT NULL, ended timestamptz)')
const ports = [await freePort(), await freePort(), await freePort()]
const balancer = await startBalancer(ports)

const start = (port: number): Promise<Program> => {
  const callbackUrl = `${balancer.origin}/uploads/callback`
  const settings: ServerSettings = { port, databaseUrl: postgres.url, ossOrigin: oss.address, callbackUrl }
  return startProgram('e2e/soak/server.ts', [], { [SETTINGS_VARIABLE]: JSON.stringify(settings) })
}
const servers = await Promise.all(ports.map(start))
const store = await openPostgresStore({ connectionString: postgres.url })

let kills = 0
let isOver = false
const killing = (async () => {
  while (!isOver) {
    await new Promise((resolve) => setTimeout(resolve, 2000 + 2000 * random()))
    const index = Math.floor(random() * servers.length)
    await servers[index]?.kill()
    kills += 1
    servers[index] = await start(ports[index] ?? 0)
  }
})()

const FAULTS = [
  { name: 'callback-lost' },
  { name: 'callback-slow', delayMs: 1500 },
  { name: 'drop', afterBytes: 2000 },
  { name: 'lose-answer' },
  { name: 'error', status: 503, code: 'ServiceUnavailable' },
]
let faults = 0
const trouble = async (keyPrefix: string) => {
  if (random() > 0.4) return
  const fault = FAULTS[Math.floor(random() * FAULTS.length)]
  const body = JSON.stringify({ ...fault, keyPrefix, operation: 'PostObject', count: 1 })
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(`${oss.address}/_console/api/faults`, { method: 'POST', headers, body })
  if (!answer.ok) throw new Error(await answer.text())
  faults += 1
}

const uploads: Upload[] = []
const failures: string[] = []
let begun = 0
const work = async () => {
  while (begun < count && Date.now() < deadline) {
    begun += 1
    const content = randomBytes(3000 + Math.floor(random() * 60_000))
    const plan = { wentAway: random() < 0.05, trouble, deadline: Math.min(deadline, Date.now() + 120_000) }
    await upload(balancer.origin, content, plan).then(
      (done) => uploads.push(done),
      (error: unknown) => failures.push(error instanceof Error ? error.message : String(error)),
    )
    const ended = uploads.length + failures.length
    if (ended % 500 === 0) console.log(`${ended} of ${count}, ${faults} faults, ${kills} servers killed`)
  }
}
await Promise.all(Array.from({ length: parallel }, work))
isOver = true
await killing

// Those who went away are left to the sweepers.
const isSettled = async ({ id }: Upload) => (await store.find(id))?.status === 'settled'
const away = uploads.filter(({ wentAway }) => wentAway)
for (const end = Date.now() + 90_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 1000))) {
  const settled = await Promise.all(away.map(isSettled))
  if (settled.every(Boolean)) break
}

const address = {
  region: 'oss-cn-hangzhou',
  bucket: 'uploads',
  endpoint: oss.address.replace('127.0.0.1', 'localhost'),
}
const sdk: OSS = new OSS({ ...accessKey, ...address, sldEnable: true } as OSS.Options)
const readObject = async (key: string) => Buffer.from((await sdk.get(key)).content as Buffer)
const findings = await judge(uploads, { store, ledger, readObject })

for (const server of servers) await server.stop()
await balancer.close()
await Promise.all([ledger.end(), store.close()])
await oss.stop()
await postgres.stop()

const { lost, doubled, wrong, repeatedRuns, repeatedEndings } = findings
console.table({
  uploads: uploads.length,
  'not finished in time': failures.length + (count - begun),
  'went away': away.length,
  'sent again': uploads.reduce((sum, { sent }) => sum + sent - 1, 0),
  faults,
  'servers killed': kills,
  'runs of the hook repeated': repeatedRuns,
  '… of them after one that had ended well': repeatedEndings,
  lost: lost.length,
  doubled: doubled.length,
  wrong: wrong.length,
  minutes: ((Date.now() - startedAt) / 60_000).toFixed(1),
})
for (const finding of [...failures, ...lost, ...doubled, ...wrong].slice(0, 20)) console.error(finding)
if (failures.length + lost.length + doubled.length + wrong.length > 0 || begun < count) process.exitCode = 1

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GrantAnswer } from '@oss-direct/shared'
import { Agent } from 'undici'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow, median } from '../bench-row.ts'
import type { Chart } from '../chart.ts'
import { runInTurns } from '../in-turns.ts'
import { startProgram } from '../program.ts'
import { startUploadsServer } from '../uploads-server.ts'

const CLIENTS = [1, 4, 16, 64] as const
const ROUNDS = 5
const UPLOADS_OF = { 1: 30, 4: 80, 16: 160, 64: 256 } as const
const CONTENT = 'x'.repeat(5000)

export const group: BenchGroup = {
  about:
    'The whole way, on one machine: a grant, PostObject of 5 KB to the local OSS, its signed callback with HEAD, the answer of the application to the client.',
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'upload-bench-'))
    const oss = await startProgram(new URL('../servers/local-oss.ts', import.meta.url), { args: [join(folder, 'oss')] })
    const server = await startUploadsServer({
      folder: join(folder, 'server'),
      ossPort: Number(new URL(oss.origin).port),
    })
    const agent = new Agent({ connections: Math.max(...CLIENTS) })
    try {
      const cookies = await server.visitors(Math.max(...CLIENTS))
      const upload = (cookie: string) => uploadOne(agent, server.origin, cookie)
      const speeds = await runInTurns(
        ROUNDS,
        CLIENTS.map((clients) => ({
          name: String(clients),
          run: () => speedOf(UPLOADS_OF[clients], cookies.slice(0, clients), upload),
        })),
      )
      const figures = (clients: number) => speeds.get(String(clients)) ?? []
      const rows = CLIENTS.slice(1).map((clients) =>
        benchRow('upload', {
          name: `${clients} clients at once`,
          rival: 'one client alone',
          unit: 'files/s',
          ours: figures(clients),
          theirs: figures(1),
        }),
      )
      const points = [...CLIENTS].map((clients) => [clients, median(figures(clients))] as const)
      const chart: Chart = {
        name: 'uploads',
        title: 'Uploads, the whole way',
        x: 'clients at once',
        y: 'uploads a second',
        lines: [{ name: 'reference server and local OSS, one process each', points }],
      }
      return { rows, charts: [chart] }
    } finally {
      await agent.close()
      await server.stop()
      await oss.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** Uploads a second, by one client for each cookie. */
async function speedOf(count: number, cookies: readonly string[], upload: (cookie: string) => Promise<void>) {
  let left = count
  const startedAt = performance.now()
  await Promise.all(
    cookies.map(async (cookie) => {
      while (left-- > 0) await upload(cookie)
    }),
  )
  return (count / (performance.now() - startedAt)) * 1000
}

async function uploadOne(agent: Agent, origin: string, cookie: string): Promise<void> {
  const asked = await agent.request({
    origin,
    path: '/uploads',
    method: 'POST',
    headers: { 'content-type': 'application/json', 'sec-fetch-site': 'same-origin', cookie },
    body: JSON.stringify({
      route: 'photo',
      input: { album: 'Holidays', tags: [] },
      files: [{ name: 'holiday.jpg', size: CONTENT.length, type: 'image/jpeg' }],
    }),
  })
  const [outcome] = ((await asked.body.json()) as GrantAnswer).grants
  if (!outcome?.ok || outcome.grant.transport !== 'post') throw new Error(JSON.stringify(outcome))
  const { url, fields } = outcome.grant
  const head = (disposition: string) => `--${BOUNDARY}\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n`
  const parts = Object.entries(fields).map(([name, value]) => `${head(`name="${name}"`)}${value}\r\n`)
  const sent = await agent.request({
    origin: new URL(url).origin,
    path: new URL(url).pathname,
    method: 'POST',
    headers: { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
    body: `${parts.join('')}${head('name="file"; filename="holiday.jpg"')}${CONTENT}\r\n--${BOUNDARY}--\r\n`,
  })
  const answer = await sent.body.text()
  if (sent.statusCode !== 200 || !answer.includes('"settled"'))
    throw new Error(`OSS answered ${sent.statusCode}: ${answer}`)
}

const BOUNDARY = '----FormBoundaryOfAnUpload'

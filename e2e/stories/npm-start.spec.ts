import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '@playwright/test'
import { freePort } from '../../scripts/free-port.ts'
import { openPage, uploadRow } from '../stage/page.ts'

const root = join(fileURLToPath(import.meta.url), '../../..')

interface Run {
  child: ChildProcess
  output(): string
  ended: Promise<number | null>
}

test('npm start: a page that uploads; Ctrl-C stops everything; the next start keeps all data', async ({ page }) => {
  const dataDir = await mkdtemp(join(tmpdir(), 'oss-direct-start-'))
  const [port, ossPort] = [await freePort(), await freePort()]
  const origin = `http://localhost:${port}`
  const env = { PORT: String(port), OSS_EMULATOR_PORT: String(ossPort), DATA_DIR: dataDir }

  const first = start(env)
  await expect.poll(first.output, { timeout: 30_000 }).toContain(origin)
  for (const fact of ['cn-hangzhou', 'uploads', 'local-access-key-id', 'local-access-key-secret', `:${ossPort}`]) {
    expect(first.output()).toContain(fact)
  }
  const { browse } = await openPage(page, { origin })
  await browse([{ name: 'kept.txt', mimeType: 'text/plain', buffer: Buffer.from('kept') }])
  await expect(uploadRow(page, 'kept.txt')).toHaveAttribute('data-phase', 'done')

  await stop(first)
  await expect.poll(() => answers(origin)).toBe(false)
  await expect.poll(() => answers(`http://127.0.0.1:${ossPort}`)).toBe(false)

  const startedAt = Date.now()
  const second = start(env)
  await expect.poll(second.output, { timeout: 30_000 }).toContain(origin)
  test.info().annotations.push({ type: 'second start', description: `${Date.now() - startedAt} ms` })
  await page.goto(origin)
  const history = page.getByRole('region', { name: 'History' })
  await expect(history).toContainText('kept.txt')
  const { items } = await (await page.request.get(`${origin}/uploads`)).json()
  expect(await (await page.request.get(`${origin}${items[0].result.url}`)).text()).toBe('kept')

  await stop(second)
  await rm(dataDir, { recursive: true, force: true })
})

for (const variable of ['PORT', 'OSS_EMULATOR_PORT'] as const) {
  test(`a taken ${variable} is one clear sentence, and nothing is left running`, async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'oss-direct-start-'))
    const blocker = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => blocker.once('listening', resolve))
    const address = blocker.address()
    const taken = typeof address === 'object' && address ? address.port : 0
    const env = {
      PORT: String(await freePort()),
      OSS_EMULATOR_PORT: String(await freePort()),
      DATA_DIR: dataDir,
      [variable]: String(taken),
    }

    const run = start(env)
    expect(await run.ended).toBe(1)
    expect(run.output()).toContain(String(taken))
    expect(run.output()).toMatch(/in use|taken/i)
    expect(run.output()).toContain(variable)
    expect(run.output()).not.toContain('    at ') // no stack: it is the user's port, not our bug
    blocker.close()
    await rm(dataDir, { recursive: true, force: true })
  })
}

function start(env: Record<string, string>): Run {
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: root,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk
    })
  }
  return { child, output: () => output, ended: new Promise((resolve) => child.once('exit', resolve)) }
}

async function stop(run: Run): Promise<void> {
  run.child.kill('SIGINT')
  expect(await run.ended).toBe(0)
}

function answers(url: string): Promise<boolean> {
  return fetch(url).then(
    () => true,
    () => false,
  )
}

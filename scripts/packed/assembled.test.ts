import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { freePort } from '../free-port.ts'
import { root } from '../workspace.mjs'
import { startProgram } from './program.ts'

// What the image of the Dockerfile is made of.

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'oss-assembled-'))
  await promisify(execFile)(process.execPath, [join(root, 'scripts/assemble.mjs'), join(folder, 'server')])
}, 300_000)
afterAll(() => rm(folder, { recursive: true, force: true }))

it('the assembled server runs without this checkout, with its page', async () => {
  const [port, ossPort] = [String(await freePort()), String(await freePort())]
  const env = { PORT: port, OSS_EMULATOR_PORT: ossPort, DATA_DIR: join(folder, 'data'), WEB_ROOT: 'web' }
  await startProgram(join(folder, 'server'), ['dist/main.js'], /oss-direct server at/, env)
  const origin = `http://localhost:${port}`
  expect(await (await fetch(`${origin}/healthz`)).json()).toEqual({ status: 'ok' })
  expect(await (await fetch(`${origin}/uploads/routes`)).json()).toHaveProperty('routes.demo')
  expect(await (await fetch(origin)).text()).toContain('<script type="module"')
})

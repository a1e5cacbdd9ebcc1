import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Emulator, startEmulator } from '@oss-direct/emulator'
import type { GrantAnswer } from '@oss-direct/shared'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { type FormGrant, postForm } from '../test/stage.ts'

let emulator: Emulator
let folder: string
let child: ChildProcess | undefined

beforeEach(async () => {
  emulator = await startEmulator({ buckets: [{ name: 'uploads' }] })
  folder = mkdtempSync(join(tmpdir(), 'process-death-'))
})
afterEach(async () => {
  await kill()
  await emulator.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

it('a server killed between storing and answering settles the upload after its restart, when asked', async () => {
  let origin = await startVictim('hang')
  const grant = await askForGrant(origin)
  const hook = message('hook')
  const upload = postForm(grant, 'hello')
  await hook
  await kill()
  // The object is stored; OSS says so, and that nobody answered.
  expect((await upload).status).toBe(203)

  origin = await startVictim('answer')
  const answer = await fetch(`${origin}/${grant.id}/confirm`, { method: 'POST' })
  expect(await answer.json()).toEqual({ id: grant.id, status: 'settled', result: 'settled after the restart' })
  const posts = emulator.requests.list().filter(({ operation }) => operation === 'PostObject')
  expect(posts).toHaveLength(1)
}, 30_000)

/** Gives the address of its uploads API. */
async function startVictim(hook: 'hang' | 'answer'): Promise<string> {
  child = spawn(process.execPath, ['--import', 'tsx', fileURLToPath(new URL('../test/victim.ts', import.meta.url))], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE: join(folder, 'uploads.db'),
      OSS_ORIGIN: emulator.origin,
      KEY_URL: emulator.callbackKeyUrl,
      HOOK: hook,
    },
  })
  return message('ready')
}

async function kill(): Promise<void> {
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGKILL')
  await once(child, 'exit')
}

/** What the server says of that name. */
function message(name: 'ready' | 'hook'): Promise<string> {
  return new Promise((resolve, reject) => {
    child?.on('message', (told: Record<string, string>) => {
      const text = told[name]
      if (text !== undefined) resolve(text)
    })
    child?.once('exit', (code) => reject(new Error(`the server ended with ${code}`)))
  })
}

async function askForGrant(origin: string): Promise<FormGrant> {
  const answer = await fetch(origin, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ route: 'demo', files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] }),
  })
  const [outcome] = ((await answer.json()) as GrantAnswer).grants
  if (!outcome?.ok || outcome.grant.transport !== 'post') throw new Error('no grant')
  return outcome.grant
}

import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { installPacked } from './packing.mjs'

// What `npx @oss-direct/emulator` gets: the packed files alone, away from this checkout.
it('the packed local OSS runs elsewhere', { timeout: 180_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oss-packed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await installPacked(folder, ['oss', 'emulator'])

  const command = join(folder, 'node_modules/@oss-direct/emulator/dist/main.js')
  const emulator = spawn(process.execPath, [command, '--memory', '--port', '0', '--bucket', 'photos'])
  onTestFinished(() => void emulator.kill())
  const [line] = await emulator.stdout.take(1).toArray()
  const origin = /http:\S+/.exec(String(line))?.[0]
  expect((await fetch(`${origin}/photos/a.txt`)).status).toBe(403)
  const page = await fetch(`${origin}/_console/`)
  expect(page.headers.get('content-type')).toContain('text/html')
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { installPacked } from '../packing.mjs'
import { startProgram } from './program.ts'

// What `npx @oss-direct/emulator` gets: the packed files alone, away from this checkout.
it('the packed local OSS runs elsewhere', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'oss-packed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await installPacked(folder, inject('tarballs'), { dependencies: { '@oss-direct/emulator': '*' } })

  const command = 'node_modules/@oss-direct/emulator/dist/main.js'
  const flags = ['--memory', '--port', '0', '--bucket', 'photos']
  const origin = /http:\S+/.exec(await startProgram(folder, [command, ...flags], /ready at .*\n/))?.[0]
  expect((await fetch(`${origin}/photos/a.txt`)).status).toBe(403)
  const page = await fetch(`${origin}/_console/`)
  expect(page.headers.get('content-type')).toContain('text/html')
})

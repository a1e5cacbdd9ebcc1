import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, inject, it, onTestFinished } from 'vitest'
import { installPacked } from '../packing.mjs'
import { outputOf } from './program.ts'

// What `npx @oss-direct/cli` gets, and who uses keys without tokens: jose is not there, and nobody misses it.
it('the packed command makes keys elsewhere, and the server works without what only tokens need', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cli-packed-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await installPacked(folder, inject('tarballs'), {
    dependencies: { '@oss-direct/cli': '*', '@oss-direct/server': '*' },
  })
  const program = `
    import { openSqliteStore } from '@oss-direct/server'
    const store = await openSqliteStore({ file: 'uploads.db' })
    process.stdout.write(JSON.stringify(await store.keys.list()))
    await store.close()
    await import('@oss-direct/server/jwt').catch(({ message }) => process.stdout.write(message))`
  await writeFile(join(folder, 'list.mjs'), program)
  expect(await outputOf(folder, 'list.mjs')).toMatch(/^\[\]Cannot find package 'jose'/)

  const command = 'node_modules/@oss-direct/cli/dist/main.js'
  const flags = ['--name', 'Acme', '--database', 'uploads.db', '--json']
  const { id } = JSON.parse(await outputOf(folder, command, 'keys', 'create', ...flags))
  expect(await outputOf(folder, 'list.mjs')).toContain(`"id":"${id}"`)
})

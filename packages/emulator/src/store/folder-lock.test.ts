import { spawnSync } from 'node:child_process'
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../stage/process.fixture.ts'
import { lockFolder } from './folder-lock.ts'

const MINUTE_MS = 60_000

it('lets one in at a time, and the next after it', async () => {
  const folder = await temporaryFolder()
  const first = await lockFolder(folder)
  await expect(lockFolder(folder)).rejects.toThrow(
    `The folder ${folder} is in use by another local OSS (process ${process.pid} on ${hostname()}).`,
  )
  await first.release()
  expect(await readdir(folder)).toEqual([])
  await (await lockFolder(folder)).release()
})

it('lets one of many in', async () => {
  const folder = await temporaryFolder()
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)))
  const locks = outcomes.flatMap((outcome) => (outcome.status === 'fulfilled' ? [outcome.value] : []))
  expect(locks).toHaveLength(1)
  await locks[0]?.release()
})

it.each([
  ['a process that is gone', { pid: goneProcess(), host: hostname() }, 0],
  ['a process of our number, in a container before us', { pid: process.pid, host: hostname() }, 0],
  ['a number that is another program by now', { pid: process.ppid, host: hostname() }, MINUTE_MS],
  ['another machine, a minute ago', { pid: 1, host: 'elsewhere' }, MINUTE_MS],
  ['somebody who died while he wrote it', '', MINUTE_MS],
])('takes over the lock of %s', async (_whose, holder, ageMs) => {
  const folder = await lockedFolder(holder, ageMs)
  const lock = await lockFolder(folder)
  expect(await readdir(folder)).toEqual(['lock.json'])
  expect(JSON.parse(await readFile(join(folder, 'lock.json'), 'utf8'))).toMatchObject({ pid: process.pid })
  await lock.release()
})

it.each([
  ['a living process', { pid: process.ppid, host: hostname() }, `process ${process.ppid}`],
  ['another machine', { pid: 1, host: 'elsewhere' }, 'process 1 on elsewhere'],
  ['somebody who is writing it', '', 'another local OSS.'],
])('respects the fresh lock of %s', async (_whose, holder, sentence) => {
  await expect(lockFolder(await lockedFolder(holder, 0))).rejects.toThrow(sentence)
})

it('does not remove a lock that somebody else has taken over', async () => {
  const folder = await temporaryFolder()
  const lock = await lockFolder(folder)
  await writeFile(join(folder, 'lock.json'), JSON.stringify({ id: 'theirs', pid: 1, host: 'elsewhere' }))
  await lock.release()
  expect(await readdir(folder)).toEqual(['lock.json'])
})

async function lockedFolder(holder: object | string, ageMs: number): Promise<string> {
  const folder = await temporaryFolder()
  const file = join(folder, 'lock.json')
  await writeFile(file, holder === '' ? '' : JSON.stringify({ id: 'another', ...(holder as object) }))
  const touchedAt = new Date(Date.now() - ageMs)
  await utimes(file, touchedAt, touchedAt)
  return folder
}

function goneProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid
}

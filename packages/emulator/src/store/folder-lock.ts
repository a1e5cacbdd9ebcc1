import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm, stat, utimes } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'

export interface FolderLock {
  release(): Promise<void>
}

interface Holder {
  id: string
  pid: number
  host: string
}

const LOCK_FILE = 'lock.json'
const BEAT_MS = 2000
const STALE_MS = 10_000

// In a container a process that was started again has the number of the one that died.
const heldHere = new Set<string>()

/**
 * Keeps every other local OSS out of a folder, until it is released or this process dies.
 *
 * A lock is a file with the number of its process, touched every two seconds. It is nobody's any more where there is no
 * such process, or where it was not touched for ten seconds: then the number belongs to another program by now, or was
 * one in another container. Rejects where somebody has it.
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const file = join(folder, LOCK_FILE)
  const holder: Holder = { id: randomUUID(), pid: process.pid, host: hostname() }
  while (!(await create(file, holder))) await clearAway(file, folder)
  heldHere.add(holder.id)
  const beat = setInterval(() => {
    // Touched again two seconds later, unless somebody has removed the folder.
    utimes(file, new Date(), new Date()).catch(() => undefined)
  }, BEAT_MS)
  beat.unref()
  return {
    async release() {
      clearInterval(beat)
      heldHere.delete(holder.id)
      if ((await read(file))?.holder?.id === holder.id) await rm(file, { force: true })
    },
  }
}

async function create(file: string, holder: Holder): Promise<boolean> {
  try {
    const handle = await open(file, 'wx', 0o600)
    await handle.writeFile(JSON.stringify(holder))
    await handle.close()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

async function clearAway(file: string, folder: string): Promise<void> {
  const found = await read(file)
  if (found === undefined) return
  const { holder, touchedAt } = found
  if (isHeld(holder, touchedAt)) {
    const who = holder === undefined ? '' : ` (process ${holder.pid} on ${holder.host})`
    throw new Error(`The folder ${folder} is in use by another local OSS${who}.`)
  }
  // Renamed and not removed: of two that find it, one has it then, and the other looks again.
  const grave = `${file}.${randomUUID()}`
  await unlessMissing(rename(file, grave))
  await rm(grave, { force: true })
}

function isHeld(holder: Holder | undefined, touchedAt: number): boolean {
  if (holder?.host === hostname() && !isAlive(holder)) return false
  return Date.now() - touchedAt < STALE_MS
}

function isAlive({ pid, id }: Holder): boolean {
  if (pid === process.pid) return heldHere.has(id)
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A lock that is just being written has no holder yet. */
async function read(file: string): Promise<{ holder: Holder | undefined; touchedAt: number } | undefined> {
  const [text, stats] = await Promise.all([unlessMissing(readFile(file, 'utf8')), unlessMissing(stat(file))])
  return text === undefined || stats === undefined ? undefined : { holder: parse(text), touchedAt: stats.mtimeMs }
}

function parse(text: string): Holder | undefined {
  try {
    return JSON.parse(text) as Holder
  } catch {
    return undefined
  }
}

async function unlessMissing<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

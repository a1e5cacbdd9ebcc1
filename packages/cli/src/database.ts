import { type ApiKeyStore, openApiKeys } from '@oss-direct/server'
import { Option } from 'commander'

/** Which database, as the server is told. A password is better kept in the environment: everybody on a machine sees arguments. */
export function databaseOption(environment: Readonly<Record<string, string | undefined>>): Option {
  const option = new Option('--database <url>', 'sqlite:<path> or postgres://… (default: DATABASE_URL)')
  const given = environment.DATABASE_URL
  return given ? option.default(given, 'DATABASE_URL') : option.makeOptionMandatory()
}

/** Opens the keys for as long as `work` takes. Throws Error. */
export async function withKeys<T>(database: string | undefined, work: (keys: ApiKeyStore) => Promise<T>): Promise<T> {
  const keys = await openApiKeys(placeOf(database ?? ''))
  try {
    return await work(keys)
  } finally {
    await keys.close()
  }
}

function placeOf(database: string): { file: string } | { connectionString: string } {
  if (/^postgres(ql)?:\/\//.test(database)) return { connectionString: database }
  // Anything else with a scheme was meant for another kind of database, and would become the name of a file.
  if (/^(?!sqlite:)[a-z][a-z\d+.-]+:/i.test(database) || database === '') {
    throw new Error('The database must be sqlite: and a path, or postgres://user:password@host:5432/database.')
  }
  return { file: database.replace(/^sqlite:/, '') }
}

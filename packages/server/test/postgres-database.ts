import { randomUUID } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'
import type {} from './postgres-server.ts'

export interface TestDatabase {
  url: string
  query(text: string): Promise<Record<string, unknown>[]>
  /** Cuts whoever is still connected. */
  drop(): Promise<void>
}

/** A database of its own on the server of this run. */
export async function createDatabase(): Promise<TestDatabase> {
  const server = inject('postgresUrl')
  const name = `uploads_${randomUUID().replaceAll('-', '')}`
  await query(server, `CREATE DATABASE ${name}`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    query: (text) => query(url.href, text),
    drop: async () => void (await query(server, `DROP DATABASE ${name} WITH (FORCE)`)),
  }
}

async function query(connectionString: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString })
  await client.connect()
  try {
    return (await client.query<Record<string, unknown>>(text)).rows
  } finally {
    await client.end()
  }
}

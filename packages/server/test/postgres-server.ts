import type { TestProject } from 'vitest/node'
import { startPostgres } from './postgres-program.ts'

declare module 'vitest' {
  export interface ProvidedContext {
    /** A database server; each suite makes a database of its own in it. */
    postgresUrl: string
  }
}

/** One PostgreSQL for all tests of a run: the one that `DATABASE_URL` names, else one that is started here. */
export default async function providePostgres(project: TestProject): Promise<() => Promise<void>> {
  const given = process.env.DATABASE_URL
  if (given?.startsWith('postgres')) {
    project.provide('postgresUrl', given)
    return () => Promise.resolve()
  }
  const { url, stop } = await startPostgres()
  project.provide('postgresUrl', url)
  return stop
}

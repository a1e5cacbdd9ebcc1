import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import type Database from 'libsql'

/**
 * SQLite for a server under load: whatever is written in one turn of the event loop becomes durable by one flush of the disk,
 * which takes longer than all else that a request costs, and each text of SQL is prepared once.
 *
 * Nothing is answered before it is durable: a write resolves when its commit has. So does a read that may have seen what is not
 * durable yet. Where a commit fails, everything in it does.
 *
 * Kysely's own dialect commits each write by itself and prepares each statement anew.
 */
export function sqliteDialect(connection: Database.Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => createDriver(connection),
    createIntrospector: (database) => new SqliteIntrospector(database),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  }
}

/** What one flush makes durable. */
interface Commit {
  durable: Promise<void>
  resolve(): void
  reject(error: unknown): void
}

function createDriver(database: Database.Database): Driver {
  const statements = statementCache(database)
  const runText = (text: string) => void statements(text).run([])
  let commit: Commit | undefined
  let isDue = false
  /** A transaction that is not over, and who waits until it is. It waits for nothing but this driver, so that is soon. */
  let open: { by: DatabaseConnection; commit: Commit; over: Promise<void>; end(): void } | undefined

  /** The commit that is next. Takes the right to write at once, so that nobody's read is behind another process's write. */
  const nextCommit = (): Commit => {
    if (commit !== undefined) return commit
    runText('BEGIN IMMEDIATE')
    commit = newCommit()
    // After all requests that have arrived by now.
    setImmediate(flush)
    return commit
  }

  const flush = (): void => {
    isDue = open !== undefined
    if (isDue || commit === undefined) return
    const ending = commit
    commit = undefined
    try {
      runText('COMMIT')
      ending.resolve()
    } catch (error) {
      if (database.inTransaction) runText('ROLLBACK')
      ending.reject(error)
    }
  }

  const endTurn = (): void => {
    open?.end()
    open = undefined
    if (isDue) flush()
  }

  /** Some errors, of a full disk for one, take the whole transaction back, whoever else has a part in it. */
  const checkCommit = (error: unknown): void => {
    if (commit === undefined || database.inTransaction) return
    commit.reject(error)
    commit = undefined
  }

  const execute = async <R>(connection: DatabaseConnection, query: CompiledQuery): Promise<QueryResult<R>> => {
    while (open !== undefined && open.by !== connection) await open.over
    const isInside = open?.by === connection
    if (isInside && open?.commit !== commit) throw new Error('The transaction was taken back')
    const awaited = isInside || SelectQueryNode.is(query.query) ? commit : nextCommit()
    try {
      const result = runStatement<R>(statements(query.sql), query.parameters)
      if (!isInside) await awaited?.durable
      return result
    } catch (error) {
      checkCommit(error)
      throw error
    }
  }

  return {
    init: () => Promise.resolve(),
    async acquireConnection() {
      const connection: DatabaseConnection = {
        executeQuery: (query) => execute(connection, query),
        // biome-ignore lint/correctness/useYield: it has nothing to give.
        async *streamQuery() {
          throw new Error('Nothing is read from SQLite as a stream')
        },
      }
      return connection
    },
    async beginTransaction(connection) {
      // Asked again each time, in the very step that then takes the turn: many wait for one end.
      while (open !== undefined) await open.over
      const joined = nextCommit()
      // Its own part of the commit, which it can take back by itself.
      runText('SAVEPOINT part')
      let end = () => {}
      const over = new Promise<void>((resolve) => {
        end = resolve
      })
      open = { by: connection, commit: joined, over, end }
    },
    async commitTransaction() {
      const joined = open?.commit
      if (joined === commit) runText('RELEASE part')
      endTurn()
      await joined?.durable
    },
    async rollbackTransaction(connection) {
      // It is asked for again where a commit has failed: by then another one may be open.
      if (open?.by !== connection) return
      if (open.commit === commit) {
        runText('ROLLBACK TO part')
        runText('RELEASE part')
      }
      endTurn()
    },
    releaseConnection: () => Promise.resolve(),
    async destroy() {
      flush()
      database.close()
    },
  }
}

function newCommit(): Commit {
  let settle: Pick<Commit, 'resolve' | 'reject'> | undefined
  const durable = new Promise<void>((resolve, reject) => {
    settle = { resolve, reject }
  })
  // Whoever has a part in it hears of it; there may be nobody.
  durable.catch(() => {})
  return { durable, resolve: () => settle?.resolve(), reject: (error) => settle?.reject(error) }
}

function runStatement<R>(statement: Database.Statement, parameters: readonly unknown[]): QueryResult<R> {
  if (statement.reader) return { rows: statement.all(parameters) as R[] }
  const { changes } = statement.run(parameters)
  return { rows: [], numAffectedRows: BigInt(changes) }
}

/** Lists of values are as many texts as there are lengths of them. */
const STATEMENTS_KEPT = 200

function statementCache(database: Database.Database): (text: string) => Database.Statement {
  const statements = new Map<string, Database.Statement>()
  return (text) => {
    const known = statements.get(text)
    if (known !== undefined) return known
    if (statements.size >= STATEMENTS_KEPT) statements.delete(statements.keys().next().value ?? '')
    const statement = database.prepare(text)
    statements.set(text, statement)
    return statement
  }
}

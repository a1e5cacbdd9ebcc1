import Database from 'libsql'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Ran, type SqlLog, watchSql } from '../test/sql-log.ts'
import { type Client, callbackBodyOf, type FormGrant, postForm, type Stage, startStage } from '../test/stage.ts'

// What a request may cost, in what takes time on any machine: statements, flushes of the disk, requests of our own.

let sql: SqlLog
let stage: Stage
let ann: Client
let asked: string[] = []

const start = async (verify: 'head' | 'signature') => {
  sql = watchSql()
  asked = []
  const countingFetch: typeof fetch = (input, init) => {
    asked.push(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname.split('/')[1]}`)
    return fetch(input, init)
  }
  stage = await startStage({ uploads: { verify, fetch: countingFetch } })
  ann = stage.as('ann')
}
const stop = async () => {
  await stage.close()
  sql.restore()
}
const counted = () => {
  const { statements, commits } = sql.take()
  return { statements: statements.length, commits }
}
const files = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ name: `${index}.txt`, size: 5, type: 'text/plain' }))

describe('A request for grants', () => {
  beforeAll(() => start('head'))
  afterAll(stop)
  beforeEach(() => void sql.take())

  it.each([1, 50])('of %i costs two statements and one commit', async (count) => {
    expect(await ann.send('POST', '', { route: 'demo', files: files(count) })).toMatchObject({ status: 201 })
    expect(counted()).toEqual({ statements: 2, commits: 1 })
  })

  it('shares its commit with those that come at the same time', async () => {
    const request = { route: 'demo', files: files(1) }
    const context = { method: 'POST', headers: { 'x-caller': 'ann' }, requestId: 'r' }
    await Promise.all(Array.from({ length: 20 }, () => stage.uploads.grant(request, context)))
    expect(counted()).toEqual({ statements: 40, commits: 1 })
  })
})

describe.each([
  ['with the bucket asked', 'head', ['HEAD uploads']],
  ['by its signature alone', 'signature', []],
] as const)('A callback %s', (_how, verify, requests) => {
  beforeAll(() => start(verify))
  afterAll(stop)

  it('costs three statements and two commits, and the key is fetched once', async () => {
    const [first, second] = [await ann.grant(), await ann.grant()]
    await settle(first)
    expect(asked.filter((request) => request === 'GET _callback')).toHaveLength(1)
    sql.take()
    asked = []
    await settle(second)
    expect(counted()).toEqual({ statements: 3, commits: 2 })
    expect(asked).toEqual(requests)
  })

  it('that OSS repeats costs one statement, and asks nobody', async () => {
    const grant = await ann.grant()
    await settle(grant)
    sql.take()
    asked = []
    expect(await stage.haveOssSay(callbackBodyOf(grant))).toBe(200)
    expect(counted()).toEqual({ statements: 1, commits: 0 })
    expect(asked).toEqual([])
  })
})

describe('Among a million records', () => {
  beforeAll(() => start('head'))
  afterAll(stop)

  it('a page, a quota and what is due are found by an index, without sorting', async () => {
    sql.take()
    await ann.grant()
    await ann.list('?limit=1')
    await ann.list('?limit=1&route=demo')
    await ann.grant()
    const { nextCursor = '' } = await ann.list('?limit=1')
    await ann.list(`?limit=1&cursor=${nextCursor}`)
    await stage.uploads.sweep()
    const reads = sql.take().statements.filter(({ text }) => !/^insert/i.test(text))
    expect(reads.length).toBeGreaterThanOrEqual(7)
    for (const ran of reads) {
      for (const step of await planOf(ran)) expect(step, ran.text).not.toMatch(/SCAN uploads|TEMP B-TREE/)
    }
  })
})

async function settle(grant: FormGrant): Promise<void> {
  expect((await postForm(grant, 'hello')).status).toBe(200)
}

async function planOf({ text, parameters }: Ran): Promise<string[]> {
  const database = new Database(stage.databaseFile)
  try {
    const steps = database.prepare(`EXPLAIN QUERY PLAN ${text}`).all(parameters) as { detail: string }[]
    return steps.map(({ detail }) => detail)
  } finally {
    database.close()
  }
}

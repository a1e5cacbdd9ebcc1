import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow, median } from '../bench-row.ts'
import type { Chart } from '../chart.ts'
import { COUNTS, filledDatabase, SYSTEMS, type System } from '../filled-databases.ts'
import { startFloor } from '../floor-process.ts'
import { asCallers, grantRequests } from '../grant-requests.ts'
import { runInTurns } from '../in-turns.ts'
import { freshLoadTurn, type LoadTurn } from '../load.ts'
import { type Program, startProgram } from '../program.ts'
import { callbacksOf, newCallbackKey, SIZE, TYPE } from '../signed-callbacks.ts'

const CONNECTIONS = 32
const ROUNDS = 7
const CALLERS = 100
const GRANTS = 600
const CALLBACKS = 300
const [FEW, MORE, MANY] = COUNTS
type Count = (typeof COUNTS)[number]

export const group: BenchGroup = {
  about: `The same grants of one file and the same callbacks (the bucket not asked) as above, ${CONNECTIONS} connections, by servers whose database already holds so many records. Both databases flush what they commit; PostgreSQL is otherwise as it comes, on the same two cores, and counts each caller's requests of the minute, which SQLite's one server does in memory.`,
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'growth-bench-'))
    const { privateKey, pem } = newCallbackKey()
    const bucket = await startFloor('bucket', [pem, String(SIZE), TYPE])
    const programs: Program[] = [bucket]
    const start = async (system: System, count: Count): Promise<LoadTurn[]> => {
      const startOne = async (): Promise<Program> => {
        const place = join(folder, String(programs.length))
        await mkdir(place)
        const args = [place, bucket.origin, 'signature', await filledDatabase(system, count)]
        const program = await startProgram(new URL('../servers/router.ts', import.meta.url), { args })
        programs.push(program)
        return program
      }
      const [granting, settling] = [await startOne(), await startOne()]
      const grants = grantRequests(GRANTS * ROUNDS, 1, asCallers(CALLERS))
      const keyUrl = `${bucket.origin}/_callback/callback_pub_key_v1.pem`
      const callbacks = await callbacksOf(settling.origin, { count: CALLBACKS * ROUNDS, privateKey, keyUrl })
      const load = { connections: CONNECTIONS }
      return [
        freshLoadTurn(nameOf('grants', system, count), granting, { ...load, requests: grants, count: GRANTS }),
        freshLoadTurn(nameOf('callbacks', system, count), settling, {
          ...load,
          requests: callbacks,
          count: CALLBACKS,
        }),
      ]
    }
    try {
      // The one is filled while the other is.
      await Promise.all(SYSTEMS.map((system) => filledDatabase(system, MANY)))
      const contenders: LoadTurn[] = []
      for (const count of COUNTS) {
        for (const system of SYSTEMS) contenders.push(...(await start(system, count)))
      }
      const speeds = await runInTurns(
        ROUNDS,
        contenders.map(({ turn }) => turn),
      )
      const cpu = new Map(contenders.map(({ turn, cpuMs }) => [turn.name, cpuMs]))
      return {
        rows: [...rowsOf('grants', speeds, cpu), ...rowsOf('callbacks', speeds, cpu)],
        charts: [chartOf('grants', speeds), chartOf('callbacks', speeds)],
      }
    } finally {
      for (const each of programs.reverse()) await each.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

type Verb = 'grants' | 'callbacks'
type Figures = ReadonlyMap<string, readonly number[]>

function nameOf(verb: Verb, system: System, count: Count): string {
  return `${verb} ${system} ${count}`
}

function rowsOf(verb: Verb, speeds: Figures, cpu: Figures) {
  const row = (
    name: string,
    [ours, theirs]: readonly [readonly [System, Count], readonly [System, Count]],
    rival: string,
    [figures, unit]: readonly [Figures, 'requests/s' | 'ms'] = [speeds, 'requests/s'],
  ) =>
    benchRow('growth', {
      name: `${verb}, ${name}`,
      rival,
      unit,
      ours: figures.get(nameOf(verb, ...ours)) ?? [],
      theirs: figures.get(nameOf(verb, ...theirs)) ?? [],
    })
  const lite = (count: Count) => ['SQLite', count] as const
  const postgres = (count: Count) => ['PostgreSQL', count] as const
  return [
    row('100,000 records', [lite(MORE), lite(FEW)], 'with 1,000'),
    row('1,000,000 records', [lite(MANY), lite(FEW)], 'with 1,000'),
    row('PostgreSQL, 1,000,000 records', [postgres(MANY), postgres(FEW)], 'PostgreSQL with 1,000'),
    row('PostgreSQL, 1,000,000 records', [postgres(MANY), lite(MANY)], 'SQLite with as many'),
    row('PostgreSQL: the server’s processor time', [postgres(MANY), lite(MANY)], 'SQLite with as many', [cpu, 'ms']),
  ]
}

function chartOf(verb: Verb, speeds: Figures): Chart {
  const lines = SYSTEMS.map((system) => ({
    name: system,
    points: COUNTS.map((count) => [count, median(speeds.get(nameOf(verb, system, count)) ?? [])] as const),
  }))
  const title = verb === 'grants' ? 'Grants of one file' : 'Callbacks'
  return { name: verb, title, x: 'records', y: 'a second', lines }
}

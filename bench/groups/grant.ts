import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GrantAnswer } from '@oss-direct/shared'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow } from '../bench-row.ts'
import { startFloor } from '../floor-process.ts'
import { asCallers, asVisitor, type Caller, grantRequests } from '../grant-requests.ts'
import { runInTurns } from '../in-turns.ts'
import { type Load, loadTurn, openLoad } from '../load.ts'
import { type Program, startProgram } from '../program.ts'
import { startUploadsServer } from '../uploads-server.ts'

const CONNECTIONS = 32
const VISITORS = 400
const ROUNDS = 7
const MANY = { connections: CONNECTIONS, count: 1200, files: 1 }
const ALONE = { connections: 1, count: 150, files: 1 }
const FIFTY = { connections: CONNECTIONS, count: 40, files: 50 }
type Asked = typeof MANY
const FLOOR = 'floor: Express 5, JSON in and out, a commit each'
const SHARING = 'the same floor, commits shared as ours are'
const CEILING = 'what the load program can send: Node’s HTTP, answered at once'

export const group: BenchGroup = {
  about: [
    `POST /uploads to an application with the router (zod, limits, log), durable SQLite, ${CONNECTIONS} connections;`,
    'and to the reference server, which also serves a page: thirteen headers of its safety, CORS, a cookie of each visitor.',
  ].join(' '),
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'grant-bench-'))
    const ours = await startProgram(new URL('../servers/router.ts', import.meta.url), {
      args: [folder, 'http://127.0.0.1:9', 'signature'],
    })
    const reference = await startUploadsServer({ folder: join(folder, 'reference'), ossPort: 9 })
    const callers = asCallers(VISITORS)
    const visitors = (await reference.visitors(VISITORS)).map(asVisitor)
    const answer = await answerOf(ours.origin, callers[0])
    const floor = await startFloor('grant', [folder, 'each', answer])
    const sharing = await startFloor('grant', [folder, 'shared', answer])
    const ceiling = await startFloor('answer', [answer])
    const loads: Load[] = []
    const contend = (name: string, program: Program, { connections, count, files }: Asked) => {
      const load = openLoad(program, connections)
      loads.push(load)
      const requests = grantRequests(count, files, program === reference ? visitors : callers)
      return loadTurn(name, () => load.send(requests))
    }
    try {
      const contenders = [
        contend('ours', ours, MANY),
        contend(FLOOR, floor, MANY),
        contend(SHARING, sharing, MANY),
        contend('reference', reference, MANY),
        contend(CEILING, ceiling, MANY),
        contend('ours, alone', ours, ALONE),
        contend('floor, alone', floor, ALONE),
        contend('ours, 50', ours, FIFTY),
        contend('floor, 50', floor, FIFTY),
      ]
      const speeds = await runInTurns(
        ROUNDS,
        contenders.map(({ turn }) => turn),
      )
      const cpu = new Map(contenders.map(({ turn, cpuMs }) => [turn.name, cpuMs]))
      const rowOf =
        (figures: ReadonlyMap<string, readonly number[]>, unit: 'requests/s' | 'ms') =>
        (name: string, [ours, theirs]: [string, string], target?: number) =>
          benchRow('grant', {
            name,
            rival: theirs === SHARING || theirs === CEILING ? theirs : FLOOR,
            unit,
            ours: figures.get(ours) ?? [],
            theirs: figures.get(theirs) ?? [],
            ...(target === undefined ? {} : { target }),
          })
      const [paced, timed] = [rowOf(speeds, 'requests/s'), rowOf(cpu, 'ms')]
      return {
        rows: [
          paced('one file a request', ['ours', FLOOR], 0.75),
          paced('one file a request', ['ours', SHARING]),
          paced('one file a request', ['ours', CEILING]),
          paced('the same, to the reference server', ['reference', FLOOR]),
          paced('one client alone', ['ours, alone', 'floor, alone']),
          paced('50 files a request', ['ours, 50', 'floor, 50']),
          timed('one file: processor time', ['ours', FLOOR]),
          timed('the reference server: processor time', ['reference', FLOOR]),
          timed('50 files: processor time', ['ours, 50', 'floor, 50']),
        ],
      }
    } finally {
      for (const load of loads) await load.close()
      for (const each of [ours, reference, floor, sharing, ceiling]) await each.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** The text of one grant, so that the floor answers as much. */
async function answerOf(origin: string, caller: Caller = {}): Promise<string> {
  const [request] = grantRequests(1, 1, [caller])
  if (request === undefined) throw new Error('unreachable')
  const { method, headers = {}, body = '' } = request
  const answer = await fetch(`${origin}/uploads`, { method, headers, body: String(body) })
  const { grants } = (await answer.json()) as GrantAnswer
  return JSON.stringify(grants[0])
}

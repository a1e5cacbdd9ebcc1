import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BenchGroup } from '../bench-group.ts'
import { benchRow } from '../bench-row.ts'
import { startFloor } from '../floor-process.ts'
import { runInTurns } from '../in-turns.ts'
import { freshLoadTurn, type LoadRequest } from '../load.ts'
import { type Program, startProgram } from '../program.ts'
import { callbacksOf, newCallbackKey, SIZE, TYPE } from '../signed-callbacks.ts'

const CONNECTIONS = 32
const ROUNDS = 7
const CALLBACKS = 1000
const FLOOR = 'floor: Express 5, raw body, one RSA verification, two commits'
const SHARING = 'the same floor, commits shared as ours are'

export const group: BenchGroup = {
  about: `Signed callbacks to an application with the router (durable SQLite, log), ${CONNECTIONS} connections; each settles an upload.`,
  async measure() {
    const folder = await mkdtemp(join(tmpdir(), 'callback-bench-'))
    const { privateKey, pem } = newCallbackKey()
    const bucket = await startFloor('bucket', [pem, String(SIZE), TYPE])
    const floor = await startFloor('callback', [folder, 'each', pem])
    const sharing = await startFloor('callback', [folder, 'shared', pem])
    const plain = await startApplication([folder, bucket.origin, 'signature'])
    const asking = await startApplication([folder, bucket.origin, 'head'])
    const keyUrl = `${bucket.origin}/_callback/callback_pub_key_v1.pem`
    try {
      const wanted = { count: CALLBACKS * ROUNDS, privateKey, keyUrl }
      const callbacks = await callbacksOf(plain.origin, wanted)
      const settle = (name: string, program: Program, requests: readonly LoadRequest[]) =>
        freshLoadTurn(name, program, { connections: CONNECTIONS, requests, count: CALLBACKS })
      const contenders = [
        settle('ours', plain, callbacks),
        settle(FLOOR, floor, callbacks),
        settle(SHARING, sharing, callbacks),
        settle('with HEAD', asking, await callbacksOf(asking.origin, wanted)),
      ]
      const speeds = await runInTurns(
        ROUNDS,
        contenders.map(({ turn }) => turn),
      )
      const cpu = new Map(contenders.map(({ turn, cpuMs }) => [turn.name, cpuMs]))
      const rowOf =
        (figures: ReadonlyMap<string, readonly number[]>, unit: 'requests/s' | 'ms') =>
        (name: string, ours: string, rival: string, target?: number) =>
          benchRow('callback', {
            name,
            rival,
            unit,
            ours: figures.get(ours) ?? [],
            theirs: figures.get(rival) ?? [],
            ...(target === undefined ? {} : { target }),
          })
      const [paced, timed] = [rowOf(speeds, 'requests/s'), rowOf(cpu, 'ms')]
      return {
        rows: [
          paced('verify and settle, the bucket not asked', 'ours', FLOOR, 0.75),
          paced('verify and settle, the bucket not asked', 'ours', SHARING),
          paced('the same, and the bucket asked by HEAD', 'with HEAD', FLOOR),
          timed('the bucket not asked: processor time', 'ours', FLOOR),
          timed('with HEAD: processor time', 'with HEAD', FLOOR),
        ],
      }
    } finally {
      for (const each of [plain, asking, floor, sharing, bucket]) await each.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function startApplication(args: readonly string[]): Promise<Program> {
  return startProgram(new URL('../servers/router.ts', import.meta.url), { args })
}

import { Pool } from 'undici'
import type { Turn } from './in-turns.ts'
import type { Program } from './program.ts'

export interface LoadRequest {
  method: 'GET' | 'POST'
  path: string
  headers?: Readonly<Record<string, string>>
  body?: string | Uint8Array
}

/** Connections to one server that are kept alive, as a proxy in front of it has them. */
export interface Load {
  /** Sends all of them, each connection one at a time. Throws where one was refused. */
  send(requests: readonly LoadRequest[]): Promise<Pace>
  close(): Promise<void>
}

export interface Pace {
  perSecond: number
  /** Processor time of the server, in milliseconds. */
  cpuMsEach: number
}

export function openLoad(program: Program, connections: number): Load {
  const pool = new Pool(program.origin, { connections, pipelining: 1 })
  const sendOne = async (request: LoadRequest): Promise<void> => {
    const { statusCode, body } = await pool.request(request)
    if (statusCode >= 300 || statusCode === 203) {
      throw new Error(`${request.method} ${request.path} answered ${statusCode}: ${await body.text()}`)
    }
    await body.dump()
  }
  return {
    async send(requests) {
      let next = 0
      const work = async (): Promise<void> => {
        for (let request = requests[next++]; request !== undefined; request = requests[next++]) await sendOne(request)
      }
      const cpuBefore = await program.cpuMs()
      const startedAt = performance.now()
      await Promise.all(Array.from({ length: connections }, work))
      const seconds = (performance.now() - startedAt) / 1000
      const cpuMs = (await program.cpuMs()) - cpuBefore
      return { perSecond: requests.length / seconds, cpuMsEach: cpuMs / requests.length }
    },
    close: () => pool.close(),
  }
}

/** A contender whose pace is measured in turns with others, and what a request cost its server, round by round. */
export interface LoadTurn {
  turn: Turn
  cpuMs: readonly number[]
}

export function loadTurn(name: string, send: () => Promise<Pace>): LoadTurn {
  const cpuMs: number[] = []
  return {
    cpuMs,
    turn: {
      name,
      async run() {
        const { perSecond, cpuMsEach } = await send()
        cpuMs.push(cpuMsEach)
        return perSecond
      },
    },
  }
}

/** One that sends `count` others of these requests in each round: what has been asked before may be answered from a record. */
export function freshLoadTurn(
  name: string,
  program: Program,
  { connections, requests, count }: { connections: number; requests: readonly LoadRequest[]; count: number },
): LoadTurn {
  let sent = 0
  return loadTurn(name, async () => {
    const load = openLoad(program, connections)
    sent += count
    try {
      return await load.send(requests.slice(sent - count, sent))
    } finally {
      await load.close()
    }
  })
}

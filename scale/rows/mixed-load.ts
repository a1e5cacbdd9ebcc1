import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { FormGrant, GrantAnswer } from '@oss-direct/shared'
import { Agent } from 'undici'
import { startUploadsServer } from '../../bench/uploads-server.ts'
import { residentMB } from '../local-oss.ts'
import type { Figure, Row } from '../row.ts'

const SECONDS = 30
/** What each visitor does in turn, over and over; OSS's callback of an upload is the fifth request of five. */
const STEPS = ['grant', 'upload', 'list', 'confirm'] as const
const REQUESTS_OF_STEPS = 5
const REQUESTS_PER_SECOND = 500
const VISITORS = 100

/** Grants, callbacks, lists and confirmations at a steady pace, whether or not the server keeps up. */
export const row: Row = {
  name: `${REQUESTS_PER_SECOND} requests a second for ${SECONDS} s`,
  flags: ['--bucket', 'uploads'],
  async run(oss) {
    const folder = await mkdtemp(join(tmpdir(), 'mixed-load-'))
    const ossPort = Number(new URL(oss.origin).port)
    const server = await startUploadsServer({ folder: join(folder, 'server'), ossPort })
    try {
      const cookies = await server.visitors(VISITORS)
      // Once, so that all code is compiled and all memory is there that stays.
      await keepPace(server.origin, cookies, 15)
      const before = residentMB(server.pid)
      const { statuses, times } = await keepPace(server.origin, cookies, SECONDS)
      const sorted = times.sort((a, b) => a - b)
      const wrong = statuses.filter((status) => status !== 429 && (status === NO_ANSWER || status >= 400))
      console.log(countOf(statuses))
      const at = (share: number) => sorted[Math.floor(sorted.length * share)] ?? Number.NaN
      return [
        { of: 'steps answered', value: statuses.length, unit: 'requests' },
        { of: 'refused with 429', value: statuses.filter((status) => status === 429).length, unit: 'requests' },
        {
          of: 'stored, and called back too late',
          value: statuses.filter((status) => status === 203).length,
          unit: 'requests',
          most: 0,
        },
        { of: 'other errors', value: wrong.length, unit: 'requests', most: 0 },
        { of: 'half were answered within', value: at(0.5), unit: 'ms' },
        { of: '99 of 100 were answered within', value: at(0.99), unit: 'ms' },
        { of: 'memory before', value: before, unit: 'MB' },
        { of: 'growth of memory', value: residentMB(server.pid) - before, unit: 'MB', most: 60 },
      ] satisfies Figure[]
    } finally {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

/** A connection that broke. */
const NO_ANSWER = 0

function countOf(statuses: readonly number[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const status of statuses) counts[status] = (counts[status] ?? 0) + 1
  return counts
}

interface Answered {
  statuses: number[]
  /** Milliseconds. */
  times: number[]
}

async function keepPace(origin: string, cookies: readonly string[], seconds: number): Promise<Answered> {
  const answered: Answered = { statuses: [], times: [] }
  const visits = cookies.map((cookie) => new Visit(origin, cookie))
  const steps = (seconds * REQUESTS_PER_SECOND * STEPS.length) / REQUESTS_OF_STEPS
  const running: Promise<void>[] = []
  const startedAt = performance.now()
  for (let step = 0; step < steps; step += 1) {
    const dueAt = startedAt + (step / steps) * seconds * 1000
    const wait = dueAt - performance.now()
    if (wait > 1) await new Promise((resolve) => setTimeout(resolve, wait))
    const visit = visits[step % visits.length]
    const sentAt = performance.now()
    const noted = visit
      ?.next()
      .catch(() => NO_ANSWER)
      .then((status) => {
        answered.statuses.push(status)
        answered.times.push(performance.now() - sentAt)
      })
    if (noted) running.push(noted)
  }
  await Promise.all(running)
  return answered
}

/** One visitor, who goes on with what he has by then: a step that was not answered in time is not waited for. */
class Visit {
  #steps = 0
  #granted: FormGrant | undefined
  #uploaded: string | undefined
  readonly #origin: string
  readonly #headers: Record<string, string>

  constructor(origin: string, cookie: string) {
    this.#origin = origin
    this.#headers = { cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' }
  }

  /** Gives the status. */
  next(): Promise<number> {
    const step = STEPS[this.#steps++ % STEPS.length] ?? 'list'
    if (step === 'grant') return this.#grant()
    if (step === 'upload' && this.#granted) return this.#upload(this.#granted)
    if (step === 'confirm' && this.#uploaded) return this.#send('POST', `/${this.#uploaded}/confirm`, {})
    return this.#send('GET', '?limit=20')
  }

  async #grant(): Promise<number> {
    const files = [{ name: 'note.txt', size: CONTENT.length, type: 'text/plain' }]
    const body = { route: 'photo', input: { album: 'Notes', tags: [] }, files }
    const { status, json } = await this.#call('POST', '', body)
    const [outcome] = (json as Partial<GrantAnswer>).grants ?? []
    if (outcome?.ok && outcome.grant.transport === 'post') this.#granted = outcome.grant
    return status
  }

  async #upload({ id, url, fields }: FormGrant): Promise<number> {
    this.#granted = undefined
    const parts = Object.entries({ ...fields, file: CONTENT }).map(([name, value]) => {
      const file = name === 'file' ? '; filename="note.txt"' : ''
      return `--${BOUNDARY}\r\nContent-Disposition: form-data; name="${name}"${file}\r\n\r\n${value}\r\n`
    })
    const headers = { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` }
    const answer = await agent.request({
      ...placeOf(url),
      method: 'POST',
      headers,
      body: `${parts.join('')}--${BOUNDARY}--\r\n`,
    })
    await answer.body.dump()
    this.#uploaded = id
    return answer.statusCode
  }

  async #send(method: 'GET' | 'POST', path: string, body?: object): Promise<number> {
    return (await this.#call(method, path, body)).status
  }

  async #call(method: 'GET' | 'POST', path: string, body?: object): Promise<{ status: number; json: unknown }> {
    const answer = await agent.request({
      origin: this.#origin,
      path: `/uploads${path}`,
      method,
      headers: this.#headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.statusCode, json: await answer.body.json() }
  }
}

// As many as a proxy would keep: a server that is held up has them wait there.
const agent = new Agent({ connections: 64 })
const CONTENT = 'a note of forty bytes, as short as it is'
const BOUNDARY = '----FormBoundaryOfANote'

function placeOf(url: string): { origin: string; path: string } {
  const { origin, pathname } = new URL(url)
  return { origin, path: pathname }
}

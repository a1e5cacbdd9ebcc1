import { isUploadErrorCode } from '@oss-direct/shared'
import { createRandom } from '../../../scripts/random.ts'
import { type Dice, diceOf } from './mutation.ts'
import { headOf, type RawAnswer, type RawRequest } from './raw-request.ts'

export interface FuzzReport {
  /** One line for each request that went wrong, with the seed that makes it again. */
  failures: string[]
  /** What this process said by itself meanwhile: warnings, rejections that nobody took. */
  complaints: string[]
}

/**
 * Tries so many requests, some at a time, each made from its own seed: `FUZZ_SEED=17` tries that one alone. `attempt` throws where
 * the answer is wrong.
 */
export async function fuzz(count: number, attempt: (dice: Dice, seed: number) => Promise<void>): Promise<FuzzReport> {
  const only = process.env.FUZZ_SEED
  const seeds = only === undefined ? Array.from({ length: count }, (_, index) => index + 1) : [Number(only)]
  const failures: string[] = []
  const complaints: string[] = []
  const complain = (error: unknown) =>
    complaints.push(error instanceof Error ? (error.stack ?? error.message) : `${error}`)
  const events = ['warning', 'unhandledRejection', 'uncaughtException'] as const
  for (const event of events) process.on(event, complain)
  const work = async () => {
    for (let seed = seeds.shift(); seed !== undefined && failures.length < MANY; seed = seeds.shift()) {
      try {
        await attempt(diceOf(createRandom(Math.imul(seed, 0x9e3779b1))), seed)
      } catch (error) {
        failures.push(`FUZZ_SEED=${seed}: ${error instanceof Error ? error.message : error}`)
      }
    }
  }
  await Promise.all(Array.from({ length: LANES }, work))
  for (const event of events) process.off(event, complain)
  return { failures, complaints }
}

const LANES = 12
const MANY = 10

/**
 * What is wrong with an answer, whatever was asked: each is one of the wire's own, or a refusal of what is no HTTP, which Node gives
 * before anybody else hears of the request. 503 is for one thing only: another request settles the same record right now.
 */
export function faultOf(answer: RawAnswer | undefined, request: RawRequest): string | undefined {
  if (answer === undefined) return request.framing === 'broken' ? undefined : 'no answer'
  const { status, headers, body } = answer
  if (!headers.has('x-request-id')) return status < 500 && body === '' ? undefined : `${status} of nobody: ${body}`
  if (status === 302 || status === 204) return body === '' ? undefined : `${status} with a body`
  const isHead = /^HEAD$/.test(request.method)
  if (!/^application\/(problem\+)?json$/.test(headers.get('content-type') ?? '')) return `${status} without JSON`
  if (Number(headers.get('content-length')) !== Buffer.byteLength(body) && !isHead) return `${status} of another length`
  if (status === 503) return isHead || isPassing(answer) ? undefined : `503 ${body}`
  if (status >= 500) return `${status} ${body}`
  if (isHead) return undefined
  const json = JSON.parse(body) as { code?: unknown; status?: unknown }
  if (status < 400) return undefined
  return isUploadErrorCode(json.code) && json.status === status ? undefined : `${status} without a code: ${body}`
}

function isPassing({ headers, body }: RawAnswer): boolean {
  const { code } = JSON.parse(body) as { code?: unknown }
  return code === 'settling-elsewhere' && headers.has('retry-after')
}

/** For the message of a failure. */
export function show(request: RawRequest): string {
  return JSON.stringify(`${headOf(request)}${request.body.toString('latin1')}`).slice(0, 1500)
}

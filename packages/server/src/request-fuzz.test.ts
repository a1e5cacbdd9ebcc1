import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GrantAnswer } from '@oss-direct/shared'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { type FuzzReport, faultOf, fuzz, show } from '../test/fuzz.ts'
import { type Dice, mutateBytes, mutateHeaders, mutateJson, mutateTarget } from '../test/mutation.ts'
import { begin, PART, sendAll } from '../test/parts.ts'
import { headOf, type RawAnswer, type RawRequest, sendRaw } from '../test/raw-request.ts'
import { type Client, type Stage, sendUnseen, startStage } from '../test/stage.ts'
import { openSqliteStore } from './sqlite-store.ts'
import { uploadRoute } from './upload-route.ts'

// Requests of callers that were valid before they were spoilt: ten thousand grants, and then all other calls.

// Where there is a disk of memory: ten thousand commits that wait for a real one take minutes.
const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'request-fuzz-'))
let stage: Stage
let ann: Client
const hookRuns: string[] = []

beforeAll(async () => {
  const onUploaded = ({ id }: { id: string }) => hookRuns.push(id)
  stage = await startStage({
    routes: {
      demo: uploadRoute({ transports: ['post', 'put', 'multipart', 'sts'], input: z.any(), onUploaded }),
      big: uploadRoute({ transports: ['multipart'], partBytes: PART, onUploaded }),
    },
    uploads: {
      store: await openSqliteStore({ file: join(folder, 'uploads.db') }),
      keepTrace: true,
      identify: ({ headers }) => (headers['x-caller'] === 'ann' ? { id: 'ann' } : null),
      limits: { openGrants: 'none', requestsPerMinute: 'none', bytesPerDay: 'none', unknownPerMinute: 'none' },
    },
  })
  ann = stage.as('ann')
})
afterAll(async () => {
  await stage.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

function requestOf(method: string, target: string, body?: unknown): RawRequest {
  const json: [string, string][] = body === undefined ? [] : [['content-type', 'application/json']]
  return {
    method,
    target,
    headers: [['host', new URL(stage.origin).host], ['x-caller', 'ann'], ['accept', '*/*'], ...json],
    body: Buffer.from(body === undefined ? '' : JSON.stringify(body)),
    framing: 'whole',
  }
}

function spoil(request: RawRequest, dice: Dice): RawRequest {
  const kind = dice.below(10)
  if (kind < 3) return mutateHeaders(request, dice)
  if (kind === 3) return mutateTarget(request, '/uploads', dice)
  if (request.body.length === 0)
    return { ...request, body: Buffer.from(dice.pick(['{}', 'null', '[]', '"', '{"crc64":7}'])) }
  if (kind === 4) return { ...request, body: mutateBytes(request.body, dice) }
  const json = parsed(request.body.toString())
  return {
    ...request,
    body: json === undefined ? mutateBytes(request.body, dice) : Buffer.from(mutateJson(json, dice)),
  }
}

function parsed(text: string): unknown {
  // Spoilt already, and deeper than we ourselves can write.
  if (/\[{40}|(\{"a":){40}/.test(text)) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** Some of them, one after the other. */
async function attack(count: number, valid: (dice: Dice) => RawRequest, judge: Judge): Promise<FuzzReport> {
  return fuzz(count, async (dice) => {
    let request = valid(dice)
    const isUntouched = dice.oneIn(40)
    for (let times = isUntouched ? 0 : 1 + dice.below(2); times > 0; times--) request = spoil(request, dice)
    const answer = await sendRaw(stage.origin, request)
    const fault = faultOf(answer, request) ?? judge(answer, request, isUntouched)
    if (fault !== undefined) throw new Error(`${fault}\n${show(request)}`)
  })
}
type Judge = (answer: RawAnswer | undefined, request: RawRequest, isUntouched: boolean) => string | undefined

const isAnns = (request: RawRequest) => /x-caller:[ \t]*ann[ \t]*\r?\n/i.test(headOf(request))

describe('ten thousand requests for grants that were spoilt', () => {
  const granted = new Set<string>()

  it('are each answered in our own words, and grant a key of our own or nothing', async () => {
    const valid = (dice: Dice) =>
      requestOf('POST', '/uploads', {
        route: 'demo',
        transport: dice.pick(['post', 'post', 'put', 'multipart']),
        input: { album: 'Ärger', tags: ['a', 7, null, { deep: [true] }] },
        files: Array.from({ length: dice.pick([1, 1, 2]) }, () => ({
          name: 'Urlaub 猫 (1).JPG',
          size: 12_345,
          type: 'image/jpeg',
          lastModified: 1_700_000_000_000,
          crc64: '11051210869376104954',
        })),
      })
    const report = await attack(10_000, valid, (answer, request, isUntouched) => {
      if (answer?.status !== 201) return isUntouched ? `${answer?.status} for a valid one` : undefined
      const { grants } = JSON.parse(answer.body) as GrantAnswer
      for (const outcome of grants) {
        if (!outcome.ok) continue
        const { id, key } = outcome.grant
        if (!new RegExp(`^demo/${id}(\\.[a-z0-9]{1,8})?$`).test(key)) return `the key ${key} for ${id}`
        if (granted.has(id)) return `${id} twice`
        granted.add(id)
      }
      return isAnns(request) ? undefined : 'a grant for nobody'
    })
    expect(report).toEqual({ failures: [], complaints: [] })
  }, 300_000)

  it('have left exactly the records that were answered, and settled none', async () => {
    const found = await stage.store.list({ owner: 'ann', limit: 100_000 })
    expect(found.map(({ id }) => id).sort()).toEqual([...granted].sort())
    expect(found.filter(({ status }) => status !== 'granted')).toEqual([])
    expect(hookRuns).toEqual([])
  })
})

describe('all other calls, spoilt', () => {
  it('are each answered in our own words, show nothing to others, and settle what is there alone', async () => {
    const there = await Promise.all(Array.from({ length: 12 }, () => sendUnseen(stage, ann)))
    const absent = await Promise.all(Array.from({ length: 12 }, () => ann.grant()))
    const whole = await Promise.all(Array.from({ length: 8 }, () => begin(ann)))
    for (const grant of whole) await sendAll(ann, grant)
    const begun = await Promise.all(Array.from({ length: 8 }, () => begin(ann)))
    const { nextCursor = '' } = await ann.list('?limit=3')
    const all = [...there, ...absent, ...whole, ...begun].map(({ id }) => id)
    const settleable = new Set([...there, ...whole].map(({ id }) => id))

    const valid = (dice: Dice): RawRequest =>
      dice.pick([
        () => requestOf('POST', `/uploads/${dice.pick(all)}/confirm`, {}),
        () =>
          requestOf('POST', `/uploads/${dice.pick([...whole, ...begun, ...absent]).id}/complete`, {
            crc64: '7377006880837593540',
          }),
        () => requestOf('POST', `/uploads/${dice.pick([...begun, ...whole]).id}/parts`, { partNumbers: [1, 2, 3] }),
        () => requestOf('GET', `/uploads/${dice.pick(all)}`),
        () => requestOf('GET', `/uploads/${dice.pick(all)}/trace`),
        () => requestOf('GET', `/uploads/${dice.pick(all)}/content`),
        () => requestOf('GET', `/uploads?limit=3&route=demo&cursor=${nextCursor}`),
        () => requestOf('GET', '/uploads/routes'),
      ])()
    const report = await attack(2000, valid, (answer, request) => {
      if (answer === undefined || answer.status >= 400 || isAnns(request)) return undefined
      return all.some((id) => answer.body.includes(id)) ? `shown to somebody else: ${answer.body}` : undefined
    })
    expect(report).toEqual({ failures: [], complaints: [] })
    const settled: string[] = []
    for (const id of all) if ((await stage.store.find(id))?.status === 'settled') settled.push(id)
    expect(settled.filter((id) => !settleable.has(id))).toEqual([])
    expect([...hookRuns].sort()).toEqual(settled.sort())
    if (process.env.FUZZ_SEED === undefined) expect(settled.length).toBeGreaterThan(0)
  }, 300_000)
})

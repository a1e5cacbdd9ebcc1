import { createHash, generateKeyPairSync } from 'node:crypto'
import { signCallback } from '@oss-direct/oss'
import type { StoredObject } from '@oss-direct/shared'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { faultOf, fuzz, show } from '../test/fuzz.ts'
import { type Dice, mutateBytes, mutateForm, mutateHeaders, mutateJson, mutateTarget } from '../test/mutation.ts'
import { type RawAnswer, type RawRequest, sendRaw } from '../test/raw-request.ts'
import { callbackBodyOf, type FormGrant, postForm, type Stage, startStage } from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

// Ten thousand callbacks that were true before they were spoilt, many of them signed again afterwards: OSS signs any body for
// whoever owns a bucket of his own, so nothing but ticket, key and the bucket itself stands between such a body and a record.

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 512 })
const stranger = generateKeyPairSync('rsa', { modulusLength: 512 }).privateKey

interface Target {
  grant: FormGrant
  type: string
  body: string
  ticket: string
  /** Nothing where there is no object. */
  object?: Pick<StoredObject, 'size' | 'etag'>
}

let stage: Stage
let targets: Target[]
const lines: string[] = []
const hookRuns: string[] = []
/** Every body that OSS has signed for somebody, with its signature. */
const signed = new Map<string, string>()
const accepted = new Set<string>()

beforeAll(async () => {
  const onUploaded = ({ id }: { id: string }) => hookRuns.push(id)
  stage = await startStage({
    routes: {
      demo: uploadRoute({ onUploaded }),
      json: uploadRoute({
        callback: { bodyType: 'application/json', variables: { album: 'a "b" é' } },
        onUploaded,
      }),
    },
    uploads: {
      keepTrace: true,
      limits: { openGrants: 'none', requestsPerMinute: 'none' },
      logger: pino({ level: 'trace' }, { write: (line) => void lines.push(line) }),
      // OSS signs with a key that is ours, so that we may sign as it does, ten thousand times.
      fetch: async (input, init) => {
        if (String(input) !== stage.emulator.callbackKeyUrl) return fetch(input, init)
        return new Response(publicKey.export({ type: 'spki', format: 'pem' }))
      },
    },
  })
  const ann = stage.as('ann')
  targets = await Promise.all(
    Array.from({ length: 240 }, async (_, index): Promise<Target> => {
      const route = index % 3 === 0 ? 'json' : 'demo'
      const grant = await ann.grant({ name: `file ${index}.txt` }, route)
      const [type, body] = [typeOf(route), callbackBodyOf(grant, { 'x:album': 'a "b" é' })]
      const target = { grant, type, body, ticket: /t1\.\d+\.[\w-]{43}/.exec(body)?.[0] ?? '' }
      if (index % 4 === 1) return target
      const content = String(index).padStart(5, '0')
      // OSS calls, and is not believed: it signed with another key.
      if ((await postForm(grant, content)).status !== 203) throw new Error('OSS was believed')
      const etag = createHash('md5').update(content).digest('hex').toUpperCase()
      return { ...target, object: { size: 5, etag } }
    }),
  )
  lines.length = 0
}, 60_000)
afterAll(() => stage.close())

const typeOf = (route: string) => (route === 'json' ? 'application/json' : 'application/x-www-form-urlencoded')

function sign(body: Buffer): string {
  const bytes = body.toString('latin1')
  const signature = signed.get(bytes) ?? signCallback({ requestUri: '/uploads/callback', body, privateKey })
  signed.set(bytes, signature)
  return signature
}

function genuine({ type, body }: Target): RawRequest {
  const bytes = Buffer.from(body)
  return {
    method: 'POST',
    target: '/uploads/callback',
    headers: [
      ['host', new URL(stage.origin).host],
      ['user-agent', 'aliyun-oss-callback'],
      ['date', new Date().toUTCString()],
      ['content-type', type],
      ['authorization', sign(bytes)],
      ['x-oss-pub-key-url', Buffer.from(stage.emulator.callbackKeyUrl).toString('base64')],
      ['x-oss-bucket', 'uploads'],
      ['x-oss-request-id', '5F7D8A2C3B1E4D0031ABCDEF'],
    ],
    body: bytes,
    framing: 'whole',
  }
}

function spoil(request: RawRequest, dice: Dice, other: Target): RawRequest {
  const kind = dice.below(12)
  const withBody = (body: Buffer): RawRequest => {
    // Three of four are signed by OSS all the same, by way of somebody else's bucket.
    const authorization = dice.oneIn(4) ? undefined : sign(body)
    return { ...(authorization ? withHeader(request, 'authorization', authorization) : request), body }
  }
  const text = request.body.toString()
  if (kind < 2) return withBody(mutateBytes(request.body, dice))
  if (kind < 5) {
    const json = DEEP.test(text) ? undefined : parsed(text)
    return withBody(Buffer.from(json === undefined ? mutateForm(text, dice) : mutateJson(json, dice)))
  }
  if (kind === 5) return withBody(Buffer.from(exchange(text, other, dice)))
  if (kind === 6) return mutateTarget(request, '/uploads', dice)
  if (kind === 7) return withHeader(request, 'authorization', forge(request, other, dice))
  if (kind === 8) return withHeader(request, 'x-oss-pub-key-url', dice.pick(keyUrls())())
  return mutateHeaders(request, dice)

  function keyUrls() {
    const url = stage.emulator.callbackKeyUrl
    const base64 = (address: string) => Buffer.from(address).toString('base64')
    return [
      () => base64('http://gosspublic.alicdn.com/callback_pub_key_v1.pem'),
      () => base64(`${url}?`),
      () => base64(url.replace('http://', 'http://a@')),
      () => base64(mutateBytes(Buffer.from(url), dice).toString()),
      () => mutateBytes(Buffer.from(base64(url)), dice).toString('latin1'),
      () => url,
    ]
  }
}

/** Spoilt already, and deeper than we ourselves can write. */
const DEEP = /\[{40}|(\{"a":){40}/

/** Id, ticket or key of another record that is as good. */
function exchange(text: string, other: Target, dice: Dice): string {
  const [what, theirs] = dice.pick([
    [/[0-9a-f]{32}(?=["&])/, other.grant.id],
    [/t1\.\d+\.[\w-]{43}/, other.ticket],
    [/(?<=(demo|json)(%2F|\/))[0-9a-f]{32}/, other.grant.id],
    [/uploads/, 'elsewhere'],
    [/t1\.\d+/, 't1.99999999999'],
    [/t1\./, 't2.'],
  ] as const)
  return text.replace(what, theirs)
}

function forge(request: RawRequest, other: Target, dice: Dice): string {
  const own = headerOf(request, 'authorization') ?? ''
  return dice.pick([
    () => signCallback({ requestUri: '/uploads/callback', body: request.body, privateKey: stranger }),
    () => signCallback({ requestUri: '/uploads/callback?x', body: request.body, privateKey }),
    () => sign(Buffer.from(other.body)),
    () => mutateBytes(Buffer.from(own), dice).toString('latin1'),
    () => `OSS ${own}`,
    () => '',
  ])()
}

function withHeader(request: RawRequest, wanted: string, value: string): RawRequest {
  const headers = request.headers.map(([name, old]): [string, string] => [name, name === wanted ? value : old])
  return { ...request, headers }
}

function headerOf({ headers }: RawRequest, wanted: string): string | undefined {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1]
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The record of which this is, all in all, a true callback; judged by what was sent and by nothing of the server's. */
function meant(request: RawRequest): Target | undefined {
  const signature = signed.get(request.body.toString('latin1'))
  const given = headerOf(request, 'authorization')?.trim()
  const isSigned = signature !== undefined && Buffer.from(given ?? '', 'base64').toString('base64') === signature
  const keyUrl = headerOf(request, 'x-oss-pub-key-url')?.trim()
  const isOurKey = keyUrl === Buffer.from(stage.emulator.callbackKeyUrl).toString('base64')
  if (!isSigned || !isOurKey || request.method !== 'POST') return undefined
  const text = request.body.toString()
  const readings: Record<string, unknown>[] = [Object.fromEntries(new URLSearchParams(text))]
  const json = parsed(text)
  if (typeof json === 'object' && json !== null) readings.push(json as Record<string, unknown>)
  return targets.find(({ grant, ticket, object }) =>
    readings.some(
      (said) =>
        object !== undefined &&
        said.id === grant.id &&
        said.ticket === ticket &&
        said.object === grant.key &&
        said.bucket === 'uploads',
    ),
  )
}

function judge(request: RawRequest, answer: RawAnswer | undefined, isUntouched: boolean): void {
  const fault = faultOf(answer, request)
  if (fault !== undefined) throw new Error(`${fault}\n${show(request)}`)
  if (answer?.status === 200 && request.target.startsWith('/uploads/callback') && request.method === 'POST') {
    const { id } = JSON.parse(answer.body) as { id: string }
    if (meant(request)?.grant.id !== id) throw new Error(`${id} was settled by\n${show(request)}`)
    accepted.add(id)
  } else if (isUntouched && answer?.status !== 503) {
    throw new Error(`refused a true one: ${answer?.status} ${answer?.body}\n${show(request)}`)
  }
}

describe('ten thousand callbacks that were spoilt on their way', () => {
  it('are each answered in our own words, and settle nothing but what a true one is about', async () => {
    const report = await fuzz(10_000, async (dice) => {
      const target = dice.pick(targets)
      const isUntouched = target.object !== undefined && dice.oneIn(40)
      let request = genuine(target)
      for (let times = isUntouched ? 0 : 1 + dice.below(2); times > 0; times--) {
        request = spoil(request, dice, dice.pick(targets))
      }
      judge(request, await sendRaw(stage.origin, request), isUntouched)
    })
    expect(report).toEqual({ failures: [], complaints: [] })
  }, 300_000)

  it('have settled exactly those, with what the bucket says, and run each hook once', async () => {
    if (process.env.FUZZ_SEED === undefined) expect(accepted.size).toBeGreaterThan(100)
    expect([...hookRuns].sort()).toEqual([...accepted].sort())
    for (const { grant, object } of targets) {
      const record = await stage.store.find(grant.id)
      const wanted = accepted.has(grant.id)
        ? { status: 'settled', key: grant.key, object, evidence: 'callback' }
        : { status: 'granted', key: grant.key }
      expect(record, `${grant.id} ${grant.key}`).toMatchObject(wanted)
    }
  })

  it('have put no signature, no ticket and no flood into the log', () => {
    const log = lines.join('')
    expect(log).not.toMatch(/t1\.\d+\.[\w-]{43}/)
    const signatures = new Set(signed.values())
    expect(log.match(/[\w+/]{60,}={0,2}/g)?.filter((text) => signatures.has(text)) ?? []).toEqual([])
    const isLine = (line: string) =>
      typeof (JSON.parse(line) as { msg: unknown }).msg === 'string' && line.length < 2000
    expect(lines.filter((line) => !isLine(line))).toEqual([])
  })
})

import { createUploader, fetchApi, type Transport, type Upload, type Uploader } from '@oss-direct/uploader'
import { test as base, expect } from '@playwright/test'
import pg from 'pg'
import { type Cluster, startCluster } from '../stage/cluster.ts'

// Three servers on one PostgreSQL behind a balancer: nothing that one of them granted is lost on another, nor with it.

const PART = 100 * 1024
const OPEN_GRANTS = 60
const REQUESTS = 600

// One cluster for both: it takes longer to start than they take.
const test = base.extend<object, { cluster: Cluster }>({
  cluster: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures it takes
    async ({}, use) => {
      const cluster = await startCluster(3, {
        PART_BYTES: String(PART),
        LIMIT_OPEN_GRANTS: String(OPEN_GRANTS),
        LIMIT_REQUESTS_PER_MINUTE: String(REQUESTS),
        ANSWER_NAMES_RUN: 'yes',
        // Longer than a balancer takes to see that a server is not ready any more.
        STOP_DELAY_SECONDS: '1',
      })
      await use(cluster)
      await cluster.close()
    },
    { scope: 'worker', timeout: 60_000 },
  ],
})
test.describe.configure({ mode: 'default' })

test('what one server granted the next one settles, the third lists; limits are those of all', async ({ cluster }) => {
  const [a, b, c] = cluster.nodes
  if (!a || !b || !c) throw new Error('there are not three')
  const ann = await visit(cluster.origin)
  const callbacks = () => cluster.nodes.map(({ signals }) => signals.list('answering callback').length)

  await test.step('a form: granted by A, OSS calls B, C lists', async () => {
    const { served, grant } = await ann.grant({ name: 'a.txt', size: 5 })
    const next = cluster.nodes.findIndex(({ port }) => port === served)
    const before = callbacks()
    const answer = await post(grant, 'hello')
    expect(answer.status).toBe(200)
    expect(callbacks()).toEqual(before.map((count, index) => count + (index === (next + 1) % 3 ? 1 : 0)))
    const listed = await ann.call('GET', '')
    expect(listed.served).toBe(cluster.nodes[(next + 2) % 3]?.port)
    expect(listed.body).toMatchObject({ items: [{ id: grant.id, status: 'settled', evidence: 'callback' }] })
    expect(runsOf(cluster, grant.id)).toHaveLength(1)
  })

  await test.step('parts: begun on A, continued on B, completed on C', async () => {
    const pieces = ['a'.repeat(PART), 'b'.repeat(PART), 'c'.repeat(7)]
    const { grant } = await ann.at(a.origin).grant({ name: 'b.bin', size: 2 * PART + 7 }, 'multipart')
    await putParts(ann.at(a.origin), grant.id, [1], pieces)
    const { have } = await putParts(ann.at(b.origin), grant.id, [2, 3], pieces)
    expect(have).toEqual([{ partNumber: 1, size: PART }])
    const completed = await Promise.all(
      [c, c, a, b].map(({ origin }) => ann.at(origin).call('POST', `/${grant.id}/complete`)),
    )
    expect(completed.filter(({ status }) => status === 200).length).toBeGreaterThan(0)
    expect(completed.filter(({ status }) => status !== 200 && status !== 202)).toEqual([])
    expect(await ann.at(a.origin).call('GET', `/${grant.id}`)).toMatchObject({
      body: { status: 'settled', evidence: 'complete', object: { size: 2 * PART + 7 } },
    })
    expect(runsOf(cluster, grant.id)).toHaveLength(1)
  })

  await test.step('one visitor has as many grants, and requests, as one server would let him have', async () => {
    const bob = await visit(cluster.origin)
    const files = Array.from({ length: 5 }, () => ({ name: 'c.txt', size: 5, type: 'text/plain' }))
    const asked = await Promise.all(Array.from({ length: 20 }, () => bob.call('POST', '', { route: 'demo', files })))
    expect(new Set(asked.map(({ served }) => served)).size).toBe(3)
    const granted = asked.flatMap(({ body }) => (body as { grants?: { ok: boolean }[] }).grants ?? [])
    expect(granted.filter(({ ok }) => ok)).toHaveLength(OPEN_GRANTS)
    const more = await Promise.all(Array.from({ length: REQUESTS }, () => bob.call('GET', '?limit=1')))
    const answered = (wanted: number) => more.filter(({ status }) => status === wanted).length
    expect([answered(200), answered(429)]).toEqual([REQUESTS - 20, 20])
  })
})

test('started anew one after the other under way, they lose nothing, and nobody sees an error', async ({ cluster }) => {
  const seen = new Set<string>()
  // Slow enough that no person comes near his limit of requests, whatever the machine.
  const work = { does: 'wait', ms: 400 } as const
  for (const node of cluster.nodes) await node.setHook(work)
  const people = await Promise.all(Array.from({ length: 3 }, () => startPerson(cluster, seen)))
  // While they are started anew, each always has something under way.
  let isRolling = true
  const working = people.map(async ({ uploader }) => {
    while (isRolling) await finished(uploader, uploader.add('demo', [fileOf(5000), fileOf(2 * PART + 9)]))
  })

  for (const [index, node] of cluster.nodes.entries()) {
    await test.step(`server ${index + 1} of 3 ends with a callback in hand`, async () => {
      await node.setHook({ does: 'hold' })
      const begun = node.signals.list('hook begun').length
      await node.signals.until('hook begun', begun + 1)
      const ending = node.stop()
      // It takes no connection any more; what is in its hands it finishes.
      await expect
        .poll(() =>
          fetch(`${node.origin}/healthz`).then(
            () => 'taken',
            () => 'refused',
          ),
        )
        .toBe('refused')
      const held = node.signals.list('hook begun').slice(begun)
      await node.setHook(work)
      expect(await ending).toBe(0)
      expect(node.signals.list('hook ended')).toEqual(expect.arrayContaining(held))
      await node.start()
      await node.setHook(work)
      await expect.poll(() => node.isReady()).toBe(true)
    })
  }
  isRolling = false
  await Promise.all(working)

  const uploads = people.flatMap(({ uploader }) => uploader.getSnapshot())
  expect(uploads.length).toBeGreaterThan(12)
  expect(uploads.filter(({ phase }) => phase !== 'done')).toEqual([])
  expect([...seen].filter((phase) => ['failed', 'rejected', 'unconfirmed', 'cancelled'].includes(phase))).toEqual([])
  for (const upload of uploads) {
    if (upload.phase !== 'done') continue
    const [run, ...others] = runsOf(cluster, upload.recordId)
    expect([upload.recordId, others]).toEqual([upload.recordId, []])
    expect(upload.result).toMatchObject({ run, size: upload.file.size })
  }
  // Every call of OSS was answered: with 503 where it waited for too long, but never cut, nor passed to somebody who was gone.
  const told = await callbackStatuses(cluster)
  expect(told.length).toBeGreaterThan(6)
  expect(told.filter((status) => status !== 200 && status !== 503)).toEqual([])
  const records = await recordsOf(
    cluster,
    people.map(({ id }) => id),
  )
  expect(records.filter(({ status }) => status !== 'settled')).toEqual([])
  expect(records.map(({ id }) => id).sort()).toEqual(
    uploads.flatMap((upload) => ('recordId' in upload ? [upload.recordId] : [])).sort(),
  )
  for (const { uploader } of people) uploader.dispose()
})

interface Heard {
  status: number
  body: unknown
  /** The port of whoever answered, where the balancer was asked. */
  served: number
}

interface FormGrant {
  id: string
  url: string
  fields: Record<string, string>
}

interface Visitor {
  call(method: string, path: string, body?: unknown): Promise<Heard>
  grant(file: { name: string; size: number }, transport?: string): Promise<{ grant: FormGrant; served: number }>
  /** The same person, past the balancer. */
  at(origin: string): Visitor
}

async function visit(origin: string): Promise<Visitor> {
  const cookie = await cookieOf(origin)
  return visitorAt(origin, cookie)
}

async function cookieOf(origin: string): Promise<string> {
  return (await fetch(origin)).headers.getSetCookie()[0]?.split(';')[0] ?? ''
}

function visitorAt(origin: string, cookie: string): Visitor {
  const call: Visitor['call'] = async (method, path, body) => {
    const answer = await fetch(`${origin}/uploads${path}`, {
      method,
      headers: { cookie, origin, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: await answer.json(), served: Number(answer.headers.get('x-served-by')) }
  }
  return {
    call,
    at: (other) => visitorAt(other, cookie),
    async grant(file, transport = 'post') {
      const files = [{ ...file, type: 'text/plain' }]
      const { body, served } = await call('POST', '', { route: 'demo', transport, files })
      const [outcome] = (body as { grants: { grant: FormGrant }[] }).grants
      if (outcome === undefined) throw new Error(JSON.stringify(body))
      return { grant: outcome.grant, served }
    },
  }
}

function post({ url, fields }: FormGrant, content: string): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([content], { type: 'text/plain' }))
  return fetch(url, { method: 'POST', body: form })
}

/** Gives what OSS had before. */
async function putParts(visitor: Visitor, id: string, partNumbers: number[], pieces: string[]) {
  const { body } = await visitor.call('POST', `/${id}/parts`, { partNumbers })
  const { urls, have } = body as { urls: { partNumber: number; url: string }[]; have: unknown[] }
  for (const { partNumber, url } of urls) {
    const answer = await fetch(url, { method: 'PUT', body: new Blob([pieces[partNumber - 1] ?? '']) })
    expect(answer.status).toBe(200)
  }
  return { have }
}

/** Of the hook, on whichever server. */
function runsOf({ nodes }: Cluster, id: string): string[] {
  const begun = nodes.flatMap(({ signals }) => signals.list('hook begun'))
  return begun.flatMap((detail) => (detail.startsWith(`${id} `) ? [detail.slice(id.length + 1)] : []))
}

/** What OSS's calls were answered with; undefined where they were not. */
async function callbackStatuses({ ossOrigin }: Cluster): Promise<(number | undefined)[]> {
  const answer = await fetch(`${ossOrigin}/_console/api/requests`)
  const { requests } = (await answer.json()) as { requests: { callbacks?: { status?: number }[] }[] }
  return requests.flatMap(({ callbacks = [] }) => callbacks.map(({ status }) => status))
}

async function recordsOf({ databaseUrl }: Cluster, owners: string[]): Promise<{ id: string; status: string }[]> {
  const client = new pg.Client({ connectionString: databaseUrl })
  await client.connect()
  const { rows } = await client.query<{ id: string; status: string }>(
    'SELECT id, status FROM uploads WHERE owner = ANY($1)',
    [owners],
  )
  await client.end()
  return rows
}

const fileOf = (bytes: number) => new File(['x'.repeat(bytes)], 'a.txt', { type: 'text/plain' })

/** The uploader that pages use, by `fetch` in the place of a browser's XMLHttpRequest. */
async function startPerson({ origin }: Cluster, seen: Set<string>): Promise<{ id: string; uploader: Uploader }> {
  const cookie = await cookieOf(origin)
  const api = fetchApi((url, init) => fetch(url, { ...init, headers: { ...init?.headers, cookie, origin } }))
  const endpoint = `${origin}/uploads`
  const uploader = createUploader({ endpoint, api, transport: byFetch, multipartAbove: PART, journal: false })
  uploader.subscribe(() => {
    for (const { phase } of uploader.getSnapshot()) seen.add(phase)
  })
  return { id: /visitor=(\w+)/.exec(cookie)?.[1] ?? '', uploader }
}

const byFetch: Transport = async ({ method, url, body, onProgress, signal }) => {
  const answer = await fetch(url, { method, body, signal })
  onProgress(1, 1)
  return { status: answer.status, body: await answer.text(), header: (name) => answer.headers.get(name) ?? undefined }
}

/** Resolves when nothing more happens to these. */
function finished(uploader: Uploader, ids: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      const mine = uploader.getSnapshot().filter(({ id }) => ids.includes(id))
      if (mine.some((upload) => !ENDS.has(upload.phase))) return
      stop()
      resolve()
    }
    const stop = uploader.subscribe(look)
    look()
  })
}

const ENDS: ReadonlySet<Upload['phase']> = new Set(['done', 'failed', 'rejected', 'unconfirmed', 'cancelled'])

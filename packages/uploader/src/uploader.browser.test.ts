import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { control, endpoint, file, keyOf, picture, reachPhase, report, tell, watchPhases } from '../test/stage-client.ts'
import { type ApiTransport, fetchApi } from './api.ts'
import { axiosTransport } from './axios.ts'
import type { Transport } from './transport.ts'
import type { UploadPhase } from './upload.ts'
import { createUploader, type Uploader, type UploaderOptions } from './uploader.ts'
import { xhrTransport } from './xhr-transport.ts'

// The engine in a real browser, against the real server and the local OSS with its faults.

let uploader: Uploader
let phases: Map<string, UploadPhase[]>
/** What the uploader sent. Chromium itself repeats a request whose reused connection broke; OSS refuses that one with 409. */
let sends: number

beforeEach(() => tell('clear'))
afterEach(() => uploader.dispose())

describe.each([
  ['XMLHttpRequest', xhrTransport],
  ['axios', axiosTransport],
])('with %s', (transportName, transport) => {
  const start = (options: UploaderOptions = {}) => {
    const send = transport()
    const counted: Transport = (upload) => {
      sends += 1
      return send(upload)
    }
    watch(createUploader({ endpoint, journal: false, transport: counted, ...options }))
  }

  it('sends a file straight to the bucket and has the answer of the application', async () => {
    start()
    const [id] = uploader.add('demo', [file('a.txt', 'hello')])
    const done = await reach(id, 'done')
    expect(done).toMatchObject({ result: { name: 'a.txt', size: 5, key: expect.stringMatching(/^demo\/.+\.txt$/) } })
    expect(phases.get(id ?? '')?.slice(-1)).toEqual(['done'])
    expect(phases.get(id ?? '')).not.toContain('unconfirmed')
    const { forms } = await report(keyOf(done))
    expect(forms).toMatchObject([{ status: 200 }])
  })

  it('tells progress that only grows, and all of it before it is done', async () => {
    await tell('fault', { name: 'slow', bytesPerSecond: 12_000_000, operation: 'PostObject', count: 1 })
    start()
    const SIZE = 32 * 1024 * 1024 // the system's own buffers swallow the first ten megabytes at once
    const sent: number[] = []
    uploader.subscribe(() => {
      const [upload] = uploader.getSnapshot()
      if (upload?.phase === 'sending') sent.push(upload.sentBytes)
    })
    const [id] = uploader.add('demo', [file('big.bin', new Uint8Array(SIZE))])
    await reach(id, 'done')
    expect(sent.length).toBeGreaterThan(2)
    expect(sent).toEqual([...sent].sort((a, b) => a - b))
    expect(Math.max(...sent)).toBeLessThanOrEqual(SIZE)
  })

  it('sends an empty file, and a file without a type', async () => {
    start()
    const ids = uploader.add('demo', [file('empty', ''), new File(['x'], '')])
    expect(await reach(ids[0], 'done')).toMatchObject({ result: { size: 0 } })
    expect(await reach(ids[1], 'done')).toMatchObject({ result: { size: 1 } })
  })

  it('confirms by itself when the answer is lost after the last byte, and sends nothing again', async () => {
    await tell('fault', { name: 'lose-answer', count: 1 })
    start()
    const [id] = uploader.add('demo', [file('lost.txt', 'hello')])
    const done = await reach(id, 'done')
    expect(sends).toBe(1)
    expect((await report(keyOf(done))).forms.filter(({ status }) => status !== 409)).toHaveLength(1)
  })

  it('confirms by itself when the callback failed', async () => {
    await tell('fault', { name: 'callback-lost', count: 1 })
    start()
    const [id] = uploader.add('demo', [file('203.txt', 'hello')])
    const done = await reach(id, 'done')
    expect((await report(keyOf(done))).forms).toMatchObject([{ status: 203 }])
  })

  it('stays confirming while the application works, and ends done', async () => {
    start()
    const name = `slow-${transportName}.txt`
    const [id] = uploader.add('demo', [file(name, 'hello')])
    await reach(id, 'done', 20_000)
    expect(phases.get(id ?? '')).not.toContain('unconfirmed')
    expect((await report()).hookRuns[name]).toBe(1)
  })

  it('is unconfirmed while the application is broken, and done once it is mended and asked', async () => {
    const name = `broken-${transportName}.txt`
    await tell('break', { name })
    start()
    const [id] = uploader.add('demo', [file(name, 'hello')])
    expect(await reach(id, 'unconfirmed', 20_000)).toMatchObject({
      error: { code: 'stored-but-unconfirmed', cause: { code: 'application-failed' } },
    })
    await tell('mend', { name })
    uploader.confirm(id ?? '')
    const done = await reach(id, 'done')
    expect((await report(keyOf(done))).forms).toHaveLength(1)
  })

  it('confirms all that are unconfirmed at once, and a few at a time', async () => {
    const files = Array.from({ length: 7 }, (_, index) => file(`broken-${transportName}-${index}.txt`, 'hello'))
    for (const { name } of files) await tell('break', { name })
    start({ concurrency: 3 })
    const ids = uploader.add('demo', files)
    for (const id of ids) await reach(id, 'unconfirmed', 30_000)
    for (const { name } of files) await tell('mend', { name })
    uploader.confirmAll('another')
    expect(uploader.getSnapshot().map(({ phase }) => phase)).not.toContain('confirming')
    uploader.confirmAll()
    expect(uploader.getSnapshot().filter(({ phase }) => phase === 'confirming')).toHaveLength(3)
    for (const id of ids) await reach(id, 'done')
    expect(sends).toBe(7)
  })

  it('tries again after 503 and after a cut connection', async () => {
    start()
    await tell('fault', { name: 'error', status: 503, code: 'ServiceUnavailable', count: 1 })
    const [first] = uploader.add('demo', [file('busy.txt', 'hello')])
    await reach(first, 'done')
    await tell('fault', { name: 'drop', afterBytes: 100_000, count: 1 })
    const [second] = uploader.add('demo', [file('cut.bin', new Uint8Array(5_000_000))])
    await reach(second, 'done')
    expect(sends).toBeGreaterThanOrEqual(3)
  })

  it('fails at once where OSS refuses, with its words', async () => {
    start()
    await tell('fault', { name: 'error', status: 403, code: 'AccessDenied', count: 1 })
    const [id] = uploader.add('demo', [file('no.txt', 'hello')])
    expect(await reach(id, 'failed')).toMatchObject({
      error: {
        code: 'oss-refused',
        cause: { code: 'AccessDenied', requestId: expect.stringMatching(/^[0-9A-F]{24}$/) },
      },
    })
    expect(phases.get(id ?? '')).not.toContain('done')
    // What OSS refused leaves no record behind that looks as if it were still to come.
    await vi.waitFor(async () => {
      const { items } = await (await fetch(`${endpoint}?limit=1`)).json()
      expect(items.map(({ file }: { file: { name: string } }) => file.name)).not.toContain('no.txt')
    })
    uploader.retry(id ?? '')
    await reach(id, 'done')
  })

  it('cancels: the connection ends, nothing is stored, the record is gone', async () => {
    start()
    await tell('fault', { name: 'slow', bytesPerSecond: 100_000 })
    const [id] = uploader.add('demo', [file('long.bin', new Uint8Array(5_000_000))])
    const sending = await reach(id, 'sending')
    uploader.cancel(id ?? '')
    expect(uploader.getSnapshot()[0]?.phase).toBe('cancelled')
    await vi.waitFor(async () => expect((await fetch(`${endpoint}/${sending.recordId}`)).status).toBe(404))
    await tell('clear')
    uploader.retry(id ?? '')
    await reach(id, 'done')
  })

  it('gives up a connection on which nothing moves, and tries again', async () => {
    start({ stallMs: 700 })
    await tell('fault', { name: 'slow', bytesPerSecond: 10, operation: 'PostObject', count: 1 })
    const [id] = uploader.add('demo', [file('stall.bin', new Uint8Array(32 * 1024 * 1024))])
    await reach(id, 'done', 20_000)
    expect(sends).toBe(2)
  })
})

describe('a queue', () => {
  it('asks for 60 grants in two calls, and sends at most five files at a time', async () => {
    let most = 0
    watch(createUploader({ endpoint, journal: false }))
    uploader.subscribe(() => {
      most = Math.max(most, uploader.getSnapshot().filter(({ phase }) => phase === 'sending').length)
    })
    uploader.add(
      'demo',
      Array.from({ length: 60 }, (_, index) => file(`many-${index}.txt`, `${index}`)),
    )
    await vi.waitFor(() => expect(uploader.getSnapshot().every(({ phase }) => phase === 'done')).toBe(true), 25_000)
    expect(most).toBeLessThanOrEqual(5)
    expect((await report()).calls.filter((call) => call === 'POST /uploads')).toHaveLength(2)
    const keys = uploader.getSnapshot().map((upload) => keyOf(upload))
    expect(new Set(keys).size).toBe(60)
  })

  it("rejects by the server's own rules, and one file's end stops no other", async () => {
    watch(createUploader({ endpoint, journal: false }))
    const ids = uploader.add('pictures', [picture('large.png', 1001), picture('ok.png'), picture('third.png')])
    const [text] = uploader.add('pictures', [file('a.txt', 'x')])
    expect(await reach(ids[0], 'rejected')).toMatchObject({
      error: { code: 'file-too-large', message: 'large.png is 1001 B; at most 1000 B are allowed' },
    })
    expect(await reach(ids[2], 'rejected')).toMatchObject({ error: { code: 'too-many-files' } })
    expect(await reach(text, 'rejected')).toMatchObject({ error: { code: 'file-type-refused' } })
    await reach(ids[1], 'done')
  })

  it('judges many files a few at a time, and keeps their order and that of the next drop', async () => {
    const asked: string[] = []
    const call = fetchApi()
    const api: ApiTransport = (made) => {
      if (made.method === 'POST') asked.push(...JSON.parse(made.body ?? '').files.map(({ name }: File) => name))
      return call(made)
    }
    watch(createUploader({ endpoint, journal: false, api }))
    await uploader.rules('demo')
    const names = Array.from({ length: 60 }, (_, number) => `${number}.txt`)
    const drop = names.map((name) => file(name, 'x'))
    const ids = uploader.add('demo', drop)
    const [last] = uploader.add('demo', [file('last.txt', 'x')])
    const tooMany = uploader.add('pictures', drop)
    uploader.cancel(ids[55] ?? '')
    await reach(last, 'done')
    expect(asked).toEqual([...names.filter((name) => name !== '55.txt'), 'last.txt'])
    for (const id of tooMany.slice(2))
      expect(await reach(id, 'rejected')).toMatchObject({ error: { code: 'too-many-files' } })
  })

  it('fails a file of an unknown route with the words of the server', async () => {
    watch(createUploader({ endpoint, journal: false }))
    const [id] = uploader.add('nowhere', [file('a.txt', 'x')])
    expect(await reach(id, 'failed')).toMatchObject({ error: { code: 'route-unknown', hint: expect.any(String) } })
  })

  it('keeps going when the rules cannot be had: the server judges', async () => {
    const withoutRules: ApiTransport = (call) =>
      call.url.endsWith('/routes')
        ? Promise.resolve({ status: 500, body: '', header: () => undefined })
        : fetchApi()(call)
    watch(createUploader({ endpoint, journal: false, api: withoutRules }))
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    await reach(id, 'done')
  })

  it('says in plain words when the endpoint is something else', async () => {
    watch(createUploader({ journal: false, endpoint: `${control}/nothing` }))
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    expect(await reach(id, 'failed')).toMatchObject({
      error: { code: 'answer-invalid', hint: expect.stringContaining('endpoint') },
    })
  })

  it('gives the same snapshot until something changes, and the same upload while it has not', async () => {
    watch(createUploader({ endpoint, journal: false }))
    const [first] = uploader.add('demo', [file('a.txt', 'x')])
    await reach(first, 'done')
    const before = uploader.getSnapshot()
    expect(uploader.getSnapshot()).toBe(before)
    uploader.add('demo', [file('b.txt', 'y')])
    expect(uploader.getSnapshot()).not.toBe(before)
    expect(uploader.getSnapshot()[0]).toBe(before[0])
  })

  it('holds its files while the connection is away, and goes on by itself', async () => {
    watch(createUploader({ endpoint, journal: false }))
    const onLine = vi.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(uploader.getSnapshot()[0]?.phase).toBe('queued')
    onLine.mockRestore()
    window.dispatchEvent(new Event('online'))
    await reach(id, 'done')
  })

  it('clears what has ended and removes what has not', async () => {
    watch(createUploader({ endpoint, journal: false }))
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    await reach(id, 'done')
    uploader.add('pictures', [file('a.txt', 'x')])
    await vi.waitFor(() => expect(uploader.getSnapshot().some(({ phase }) => phase === 'rejected')).toBe(true))
    uploader.clear('demo')
    expect(uploader.getSnapshot().map(({ route }) => route)).toEqual(['pictures'])
    uploader.clear()
    expect(uploader.getSnapshot()).toEqual([])
  })
  it('takes two drops of two on a route for two, though their grants share a call', async () => {
    watch(createUploader({ endpoint, journal: false }))
    await uploader.rules('pictures')
    const pair = () => [1, 2].map((n) => picture(`${n}.png`))
    const ids = [...uploader.add('pictures', pair()), ...uploader.add('pictures', pair())]
    for (const id of ids) await reach(id, 'done')
  })

  it('leaves no grant behind for a file that was cancelled in line', async () => {
    watch(createUploader({ endpoint, journal: false, concurrency: 1 }))
    await uploader.rules('demo')
    const ids = uploader.add(
      'demo',
      [1, 2, 3].map((n) => file(`line-${n}.txt`, 'x')),
    )
    uploader.cancel(ids[1] ?? '')
    await reach(ids[2], 'done')
    const { items } = await (await fetch(`${endpoint}?limit=5`)).json()
    const granted = items.filter((item: { file: { name: string }; status: string }) => item.status === 'granted')
    expect(granted.map((item: { file: { name: string } }) => item.file.name)).not.toContain('line-2.txt')
  })

  it('keeps what is in OSS when its row is removed', async () => {
    const name = 'kept.txt'
    await tell('break', { name })
    watch(createUploader({ endpoint, journal: false }))
    const [id] = uploader.add('demo', [file(name, 'x')])
    const { recordId } = await reach(id, 'unconfirmed', 20_000)
    uploader.remove(id ?? '')
    expect(uploader.getSnapshot()).toEqual([])
    await tell('mend', { name })
    const answer = await fetch(`${endpoint}/${recordId}/confirm`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    })
    expect(await answer.json()).toMatchObject({ status: 'settled' })
  })

  it('names the CORS rule when the bucket lets no page in', async () => {
    // The grant leads to a bucket without a rule, as a new bucket is.
    const elsewhere: ApiTransport = async (call) => {
      const answer = await fetchApi()(call)
      return { ...answer, body: answer.body.replaceAll('/uploads"', '/closed"') }
    }
    watch(createUploader({ endpoint, journal: false, api: elsewhere }))
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    const failed = await reach(id, 'failed', 25_000)
    expect(failed.error).toMatchObject({ code: 'network', hint: expect.stringContaining(location.origin) })
    expect(failed.error.hint).toContain('CORS')
  })
})

describe('what reaches the bucket', () => {
  it("has nothing of an application's own axios: no default header, no interceptor", async () => {
    const { default: axios } = await import('axios')
    axios.defaults.headers.common.Authorization = 'Bearer secret'
    const interceptor = axios.interceptors.request.use(() => {
      throw new Error('the application saw a request to OSS')
    })
    try {
      watch(createUploader({ endpoint, journal: false, transport: axiosTransport() }))
      const [id] = uploader.add('demo', [file('a.txt', 'x')])
      // A preflight with Authorization would be allowed by this bucket's rule, and OSS ignores the header on a form: what
      // tells is that axios itself never saw it.
      await reach(id, 'done')
    } finally {
      delete axios.defaults.headers.common.Authorization
      axios.interceptors.request.eject(interceptor)
    }
  })
})

describe("a server whose clock is not OSS's", () => {
  it('is refused once, learns the time from OSS, and the file arrives by the next grant', async () => {
    watch(createUploader({ endpoint, journal: false }))
    await tell('fault', { name: 'clock', offsetMs: 3_600_000 })
    const [id] = uploader.add('demo', [file('late.txt', 'hello')])
    const done = await reach(id, 'done')
    expect((await report()).calls.filter((call) => call === 'POST /uploads')).toHaveLength(2)
    expect((await report(keyOf(done))).forms).toMatchObject([{ status: 200 }])
  })

  it('fails with what OSS said when the second grant has ended, too', async () => {
    const frozen: ApiTransport = async (call) => {
      const answer = await fetchApi()(call)
      // A grant that ended before it was given, as of a server that never learns.
      await tell('fault', { name: 'clock', offsetMs: 3_600_000 })
      return answer
    }
    await tell('clear')
    watch(createUploader({ endpoint, journal: false, api: frozen }))
    const [id] = uploader.add('demo', [file('never.txt', 'hello')])
    expect(await reach(id, 'failed')).toMatchObject({
      error: { code: 'grant-expired', cause: { code: 'AccessDenied' } },
    })
    expect((await report()).calls.filter((call) => call === 'POST /uploads')).toHaveLength(2)
  })
})

describe('a server that gave this person enough for now', () => {
  const limited = (retryAfterMs: number): ApiTransport => {
    let refusals = 0
    return async (call) => {
      if (call.method !== 'POST' || !call.url.endsWith('/uploads') || refusals > 0) return fetchApi()(call)
      refusals += 1
      const error = { code: 'rate-limited', detail: 'That is enough for now', retryAfterMs }
      const body = JSON.stringify({ serverTime: new Date().toISOString(), grants: [{ ok: false, error }] })
      return { status: 201, body, header: () => undefined }
    }
  }

  it('is asked again after as long as it says, and not before', async () => {
    watch(createUploader({ endpoint, journal: false, api: limited(1500) }))
    const askedAt = Date.now()
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    await expect
      .poll(() => uploader.getSnapshot()[0])
      .toMatchObject({ phase: 'queued', error: { code: 'rate-limited' }, retryAt: expect.any(Number) })
    await reach(id, 'done')
    expect(Date.now() - askedAt).toBeGreaterThanOrEqual(1500)
  })

  it('until tomorrow, is not waited for', async () => {
    watch(createUploader({ endpoint, journal: false, api: limited(86_400_000) }))
    const [id] = uploader.add('demo', [file('a.txt', 'x')])
    expect(await reach(id, 'failed')).toMatchObject({ error: { code: 'rate-limited', retryAfterMs: 86_400_000 } })
    uploader.retry(id ?? '')
    await reach(id, 'done')
  })
})

function watch(started: Uploader): void {
  uploader = started
  sends = 0
  phases = watchPhases(started)
}

function reach<Phase extends UploadPhase>(id: string | undefined, phase: Phase, timeout?: number) {
  return reachPhase(uploader, id, phase, timeout)
}

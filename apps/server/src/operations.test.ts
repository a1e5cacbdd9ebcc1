import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Emulator, startEmulator } from '@oss-direct/emulator'
import { createApiKey, openApiKeys, openSqliteStore } from '@oss-direct/server'
import express from 'express'
import { pino } from 'pino'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../scripts/free-port.ts'
import { readConfig } from './config.ts'
import { readiness } from './readiness.ts'
import { routes } from './routes.ts'
import { type RunningServer, startServer } from './server.ts'

// How the server is watched, and how it ends.

const silent = pino({ level: 'silent' })
let folder: string
let emulator: Emulator
let environment: Record<string, string>
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'operations-'))
  emulator = await startEmulator({ buckets: [{ name: 'uploads' }] })
})
beforeEach(async () => {
  environment = {
    PORT: String(await freePort()),
    OSS_EMULATOR_PORT: new URL(emulator.origin).port,
    DATA_DIR: mkdtempSync(join(folder, 'data-')),
    WEB_ROOT: folder,
  }
})
afterEach(() => emulator.faults.clear())
afterAll(async () => {
  await emulator.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

interface FormGrant {
  id: string
  key: string
  url: string
  fields: Record<string, string>
}

/** A visitor of the page at `origin`. */
async function visit(origin: string) {
  const cookie = (await fetch(origin)).headers.getSetCookie()[0]?.split(';')[0] ?? ''
  const call = (method: string, path: string, body?: unknown) =>
    fetch(`${origin}/uploads${path}`, {
      method,
      redirect: 'manual',
      headers: { cookie, origin, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
  const grant = async <Grant = FormGrant>(file: object = {}, transport = 'post'): Promise<Grant> => {
    const files = [{ name: 'a.txt', size: 5, type: 'text/plain', ...file }]
    const answer = await call('POST', '', { route: 'demo', transport, files })
    const { grants } = (await answer.json()) as { grants: [{ grant: Grant }] }
    return grants[0].grant
  }
  return { cookie, call, grant }
}

function send({ url, fields }: FormGrant): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob(['hello']))
  return fetch(url, { method: 'POST', body: form })
}

describe('the metrics', () => {
  const metricsOf = async (port: string) => (await fetch(`http://127.0.0.1:${port}/metrics`)).text()

  it('are at a port of their own, and count what happened', async () => {
    const METRICS_PORT = String(await freePort())
    const config = readConfig({ ...environment, METRICS_PORT })
    const running = await startServer({ config, routes, logger: silent })
    const visitor = await visit(running.origin)
    await send(await visitor.grant())
    emulator.faults.set({ name: 'callback-lost', count: 1 })
    const unseen = await visitor.grant()
    await send(unseen)
    await visitor.call('POST', `/${unseen.id}/confirm`)
    await visitor.call('POST', '', { route: 'x'.repeat(99), files: [{ name: 'a', size: 1, type: '' }] })
    await fetch(`${running.origin}/uploads/callback`, { method: 'POST', body: 'a=b' })
    await running.uploads.sweep()

    const text = await metricsOf(METRICS_PORT)
    for (const line of [
      'oss_direct_grants_total{route="demo",transport="post"} 2',
      'oss_direct_grants_refused_total{route="",code="route-unknown"} 1',
      'oss_direct_grants_seconds_count 3',
      'oss_direct_callbacks_total{outcome="accepted",code=""} 1',
      'oss_direct_callbacks_total{outcome="refused",code="callback-key-url-refused"} 1',
      'oss_direct_callback_seconds_count{outcome="accepted"} 1',
      'oss_direct_settle_seconds_count{route="demo",transport="post",evidence="callback"} 1',
      'oss_direct_settle_seconds_count{route="demo",transport="post",evidence="head"} 1',
      'oss_direct_hook_seconds_count{route="demo",hook="onUploaded",outcome="answered"} 2',
      'oss_direct_swept_total{fate="settled"} 0',
      'oss_direct_sweep_seconds_count 1',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    expect(text).toMatch(/^process_cpu_seconds_total /m)
    expect((await fetch(`http://127.0.0.1:${METRICS_PORT}/`)).status).toBe(404)
    expect((await visitor.call('GET', '/../metrics')).status).toBe(404)
    await running.close()
    await expect(metricsOf(METRICS_PORT)).rejects.toThrow()
  })

  it('are all described in docs/observing.md, with the settings', async () => {
    const METRICS_PORT = String(await freePort())
    const running = await startServer({ config: readConfig({ ...environment, METRICS_PORT }), routes, logger: silent })
    const names = [...(await metricsOf(METRICS_PORT)).matchAll(/^# TYPE (oss_direct_\w+)/gm)].map(([, name]) => name)
    await running.close()
    const page = readFileSync(fileURLToPath(new URL('../../../docs/observing.md', import.meta.url)), 'utf8')
    expect(names.length).toBeGreaterThan(8)
    expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([])
  })

  it('have a port that is free, or the server says which setting moves it', async () => {
    const config = readConfig({ ...environment, METRICS_PORT: new URL(emulator.origin).port })
    await expect(startServer({ config, routes, logger: silent })).rejects.toThrow(/in use.*METRICS_PORT/)
    // It let go of its database.
    await (await openSqliteStore({ file: join(environment.DATA_DIR ?? '', 'uploads.db') })).close()
  })
})

describe('readiness', () => {
  it('says that the database answers, and when it does not', async () => {
    const running = await startServer({ config: readConfig(environment), routes, logger: silent })
    expect(await answerOf(`${running.origin}/readyz`)).toEqual([200, { status: 'ready' }])
    await running.close()

    const store = await openSqliteStore({ file: join(folder, 'closed.db') })
    await store.close()
    const server = express()
      .get('/readyz', readiness({ store, isStopping: () => false, logger: silent }))
      .listen(0)
    const { port } = server.address() as { port: number }
    const unavailable = { status: 'unavailable', reason: 'the database does not answer' }
    expect(await answerOf(`http://127.0.0.1:${port}/readyz`)).toEqual([503, unavailable])
    server.close()
  })
})

// Windows has no signals that a program could handle.
describe.skipIf(process.platform === 'win32')('a signal', () => {
  it('lets a callback that is under way have its answer, and takes no connection meanwhile', async () => {
    const program = await start(environment)
    const visitor = await visit(program.origin)
    const grant = await visitor.grant()
    emulator.faults.set({ name: 'stall', afterBytes: 0, operation: 'HeadObject' })
    const upload = send(grant)
    await vi.waitFor(() =>
      expect(
        emulator.requests.list().some(({ operation, key }) => operation === 'HeadObject' && key === grant.key),
      ).toBe(true),
    )
    program.child.kill('SIGTERM')
    // Refused, and not only cut off: a connection that was kept is closed sooner.
    const refused = { cause: { code: 'ECONNREFUSED' } }
    await vi.waitFor(() => expect(fetch(`${program.origin}/healthz`)).rejects.toMatchObject(refused), 5000)
    emulator.faults.clear()
    const answer = await upload
    expect([answer.status, await answer.json()]).toMatchObject([200, { id: grant.id, status: 'settled' }])
    expect(await program.ended).toBe(0)
  }, 30_000)

  it('makes it unready first, while it still takes uploads; a second one ends it at once', async () => {
    const program = await start({ ...environment, STOP_DELAY_SECONDS: '300' })
    const visitor = await visit(program.origin)
    program.child.kill('SIGTERM')
    const stopping = { status: 'unavailable', reason: 'this server is stopping' }
    await vi.waitFor(async () => expect(await answerOf(`${program.origin}/readyz`)).toEqual([503, stopping]), 5000)
    expect(await answerOf(`${program.origin}/healthz`)).toEqual([200, { status: 'ok' }])
    expect((await send(await visitor.grant())).status).toBe(200)
    expect((await visitor.call('GET', '')).headers.get('connection')).toBe('close')
    program.child.kill('SIGTERM')
    expect(await program.ended).toBe(1)
  }, 30_000)
})

describe('the log', () => {
  let log = ''
  let running: RunningServer
  const secrets = new Set<string>()
  beforeEach(async () => {
    const sink = new Writable({
      write(chunk, _encoding, done) {
        log += chunk
        done()
      },
    })
    const config = readConfig({ ...environment, KEEP_TRACE: 'true' })
    running = await startServer({ config, routes, logger: pino({ level: 'trace' }, sink) })
    // What OSS itself signed.
    running.server.prependListener('request', ({ headers }) => keep(headers.authorization))
  })
  afterEach(() => running.close())
  const keep = (...texts: (string | null | undefined)[]) => {
    for (const text of texts) if (text) secrets.add(text)
  }
  const lines = () =>
    log
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Record<string, unknown>)
  const lineOf = (message: string, uploadId: string) =>
    lines().find((line) => line.msg === message && line.uploadId === uploadId)

  it('has one line for a callback and for a confirmation, with the ids of the request, of OSS and of the record', async () => {
    const visitor = await visit(running.origin)
    const heard = await visitor.grant()
    const ossRequestId = (await send(heard)).headers.get('x-oss-request-id')
    expect(lineOf('callback accepted', heard.id)).toMatchObject({ requestId: expect.any(String), ossRequestId })

    emulator.faults.set({ name: 'callback-lost', count: 1 })
    const unseen = await visitor.grant()
    await send(unseen)
    emulator.faults.set({ name: 'error', status: 403, code: 'AccessDenied', operation: 'HeadObject', count: 1 })
    const refused = await visitor.call('POST', `/${unseen.id}/confirm`)
    const confirmed = await visitor.call('POST', `/${unseen.id}/confirm`)
    const asked = emulator.requests
      .list()
      .filter(({ operation, key }) => operation === 'HeadObject' && key === unseen.key)
    const [first, second] = asked.map(({ requestId }) => requestId).reverse()
    expect(lineOf('confirmation refused', unseen.id)).toMatchObject({
      requestId: refused.headers.get('x-request-id'),
      ossRequestId: second,
      code: 'oss-refused',
    })
    expect(lineOf('upload confirmed', unseen.id)).toMatchObject({
      requestId: confirmed.headers.get('x-request-id'),
      ossRequestId: first,
    })
  })

  it('has no secret, signature or signed address, whatever was done', async () => {
    const visitor = await visit(running.origin)
    keep('local-access-key-secret', visitor.cookie.split('.')[1])
    keep(readFileSync(join(environment.DATA_DIR ?? '', 'uploads-secret'), 'utf8').trim())
    // A callback, a confirmation, and the object.
    const heard = await visitor.grant()
    const { callback = '', policy } = heard.fields
    const { callbackBody } = JSON.parse(Buffer.from(callback, 'base64').toString()) as { callbackBody: string }
    keep(callback, policy, heard.fields['x-oss-signature'], /ticket=([^&]+)/.exec(callbackBody)?.[1])
    expect((await send(heard)).status).toBe(200)
    await visitor.call('POST', `/${heard.id}/confirm`)
    const { headers } = await visitor.call('GET', `/${heard.id}/content`)
    keep(new URL(headers.get('location') ?? '').searchParams.get('x-oss-signature'))
    // A file in parts.
    const parts = await visitor.grant<{ id: string }>({ size: 3 }, 'multipart')
    const { urls } = (await (await visitor.call('POST', `/${parts.id}/parts`, { partNumbers: [1] })).json()) as {
      urls: [{ url: string }]
    }
    keep(new URL(urls[0].url).searchParams.get('x-oss-signature'))
    await visitor.call('POST', `/${parts.id}/complete`)
    await fetch(urls[0].url, { method: 'PUT', body: new Blob(['abc']) })
    expect((await visitor.call('POST', `/${parts.id}/complete`)).status).toBe(200)
    // Refusals: a callback of which every signature is right and the object is not there; a forged one; a key that is none.
    const lost = await visitor.grant()
    keep(lost.fields['x-oss-signature'], lost.fields.policy, lost.fields.callback)
    emulator.faults.set({
      name: 'error',
      status: 403,
      code: 'SignatureDoesNotMatch',
      operation: 'HeadObject',
      count: 3,
    })
    expect((await send(lost)).status).toBe(203)
    await visitor.call('POST', `/${lost.id}/confirm`)
    const forged = { authorization: 'Zm9yZ2VkIHNpZ25hdHVyZQ==', 'x-oss-pub-key-url': btoa(emulator.callbackKeyUrl) }
    keep(forged.authorization)
    await fetch(`${running.origin}/uploads/callback`, { method: 'POST', headers: forged, body: callbackBody })
    const keys = await openApiKeys({ file: join(environment.DATA_DIR ?? '', 'uploads.db') })
    const { token } = await createApiKey(keys, { name: 'Acme' })
    await keys.close()
    for (const bearer of [token, `${token.slice(0, -4)}AAAA`]) {
      keep(bearer)
      await fetch(`${running.origin}/uploads`, { headers: { authorization: `Bearer ${bearer}` } })
    }
    await visitor.call('DELETE', `/${heard.id}?object=true`)

    for (const message of [
      'callback accepted',
      'upload confirmed',
      'parts signed',
      'upload completed',
      'callback refused',
    ]) {
      expect(lines().map(({ msg }) => msg)).toContain(message)
    }
    expect(secrets.size).toBeGreaterThan(14)
    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(10)
      expect(log.includes(secret) || log.includes(encodeURIComponent(secret)), secret).toBe(false)
    }
    expect(log).not.toMatch(/x-oss-signature|signature=|ticket=/i)
  })
})

async function answerOf(url: string): Promise<[number, unknown]> {
  const answer = await fetch(url)
  return [answer.status, await answer.json()]
}

async function start(
  env: Record<string, string>,
): Promise<{ child: ChildProcess; origin: string; ended: Promise<number> }> {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { ...process.env, ...env, LOG_LEVEL: 'silent' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  })
  const ended = once(child, 'exit').then(([code]) => code as number)
  const [message] = await once(child, 'message')
  return { child, origin: (message as { ready: string }).ready, ended }
}

import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { type Emulator, startEmulator } from '@oss-direct/emulator'
import { createApiKey, openApiKeys } from '@oss-direct/server'
import { pino } from 'pino'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { freePort } from '../../../scripts/free-port.ts'
import { readConfig } from './config.ts'
import { routes } from './routes.ts'
import { type RunningServer, startServer } from './server.ts'

const folder = mkdtempSync(join(tmpdir(), 'demo-server-'))
const webRoot = join(folder, 'web')
let emulator: Emulator
let running: RunningServer
let log = ''
let environment: Record<string, string>

beforeAll(async () => {
  mkdirSync(join(webRoot, 'assets'), { recursive: true })
  writeFileSync(join(webRoot, 'index.html'), '<!doctype html><title>the page</title>')
  writeFileSync(join(webRoot, 'frame.html'), '<!doctype html><title>the page in a frame</title>')
  writeFileSync(join(webRoot, 'assets', 'app-1a2b3c.js'), 'void 0')
  emulator = await startEmulator({ buckets: [{ name: 'uploads' }] })
  environment = {
    PORT: String(await freePort()),
    OSS_EMULATOR_PORT: new URL(emulator.origin).port,
    DATA_DIR: join(folder, 'data'),
    WEB_ROOT: webRoot,
    LOG_LEVEL: 'silent',
    CORS_ORIGINS: 'https://shop.example',
  }
  const sink = new Writable({
    write(chunk, _encoding, done) {
      log += chunk
      done()
    },
  })
  running = await startServer({ config: readConfig(environment), routes, logger: pino({ level: 'debug' }, sink) })
})
afterAll(async () => {
  await running.close()
  await emulator.close()
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
})

describe('the demo', () => {
  it('takes a file of a visitor, and shows the answer of its route', async () => {
    const cookie = await arrive()
    const file = { name: '季度.txt', size: 5, type: 'text/plain' }
    const answer = await call('POST', '/uploads', cookie, { route: 'demo', files: [file] })
    const { grants } = (await answer.json()) as {
      grants: { grant: { id: string; key: string; url: string; fields: Record<string, string> } }[]
    }
    const grant = grants[0]?.grant
    if (grant === undefined) throw new Error('no grant')
    const form = new FormData()
    for (const [name, value] of Object.entries(grant.fields)) form.append(name, value)
    form.append('file', new Blob(['hello']))
    const stored = await fetch(grant.url, { method: 'POST', body: form })
    const url = `/uploads/${grant.id}/content`
    const result = { key: grant.key, size: 5, mimeType: 'text/plain', name: '季度.txt', url }
    expect(await stored.json()).toEqual({ id: grant.id, status: 'settled', result })
    expect(await (await call('GET', url, cookie)).text()).toBe('hello')
    expect((await call('GET', url, await arrive())).status).toBe(404)
  })

  it('logs each request under one id, and neither cookies nor signed addresses', async () => {
    log = ''
    const cookie = await arrive()
    const answer = await call('GET', '/uploads', cookie)
    const id = answer.headers.get('x-request-id')
    await vi.waitFor(() =>
      expect(log).toContain(`"req":{"id":"${id}","method":"GET","url":"/uploads"},"res":{"statusCode":200}`),
    )
    expect(log).not.toContain(cookie.slice('visitor='.length))
  })

  it.each([
    ['quotes', 'a"b'],
    ['a flood', 'x'.repeat(9000)],
    ['a line of its own', '{"level":60}'],
  ])('logs a request whose id is %s under one of our own', async (_case, given) => {
    log = ''
    const answer = await fetch(`${running.origin}/uploads/routes`, { headers: { 'x-request-id': given } })
    const id = answer.headers.get('x-request-id')
    expect(id).toMatch(/^[0-9a-f-]{36}$/)
    await vi.waitFor(() => expect(log).toContain(`"req":{"id":"${id}"`))
    expect(log).not.toContain(JSON.stringify(given))
  })

  it('keeps its secret for itself, and for the next start', () => {
    const { mode } = statSync(join(folder, 'data', 'uploads-secret'))
    if (process.platform !== 'win32') expect(mode & 0o777).toBe(0o600)
  })
})

describe('a visitor', () => {
  it('is known by a cookie that scripts cannot read and other sites do not send', async () => {
    const [header] = (await fetch(running.origin)).headers.getSetCookie()
    expect(header).toMatch(/^visitor=[0-9a-f]{32}\.[\w-]{43}; Max-Age=31536000; Path=\/; HttpOnly; SameSite=Lax$/)
    expect(
      (await fetch(running.origin, { headers: { cookie: header?.split(';')[0] ?? '' } })).headers.getSetCookie(),
    ).toEqual([])
  })

  it('with an altered cookie is somebody new', async () => {
    const cookie = await arrive()
    for (const altered of [
      cookie.replace(/=./, (text) => (text === '=a' ? '=b' : '=a')),
      cookie.slice(0, -1),
      'visitor=',
      'visitor=%',
    ]) {
      expect((await call('GET', '/uploads', altered)).headers.getSetCookie()).toHaveLength(1)
    }
  })
})

describe('pages elsewhere', () => {
  const from = async (origin: string, method = 'POST') => {
    const headers = {
      cookie: await arrive(),
      origin,
      'sec-fetch-site': 'cross-site',
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ route: 'demo', files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] })
    const answer = await fetch(`${running.origin}/uploads`, { method, headers, ...(method === 'POST' ? { body } : {}) })
    return { status: answer.status, headers: answer.headers }
  }

  it('that are named may call the uploads API with the cookie, and read when to come again', async () => {
    const { status, headers } = await from('https://shop.example')
    expect(status).toBe(201)
    expect(headers.get('access-control-allow-origin')).toBe('https://shop.example')
    expect(headers.get('access-control-allow-credentials')).toBe('true')
    expect(headers.get('access-control-expose-headers')).toBe('Retry-After,X-Request-Id')
    expect(headers.get('vary')).toContain('Origin')
    const preflight = await from('https://shop.example', 'OPTIONS')
    expect(preflight.headers.get('access-control-allow-methods')).toBe('GET,POST,DELETE')
  })

  it.each(['https://evil.example', 'https://shop.example.evil.example', 'http://shop.example', 'null'])(
    'such as %s change nothing and read nothing',
    async (origin) => {
      for (const method of ['POST', 'GET', 'OPTIONS']) {
        const { status, headers } = await from(origin, method)
        if (method === 'POST') expect(status).toBe(403)
        expect(headers.get('access-control-allow-origin')).toBeNull()
      }
    },
  )

  it('read nothing but the uploads API', async () => {
    const answer = await fetch(`${running.origin}/healthz`, { headers: { origin: 'https://shop.example' } })
    expect(answer.headers.get('access-control-allow-origin')).toBeNull()
  })
})

describe('a partner', () => {
  it('uploads with a key that was made beside the running server', async () => {
    const keys = await openApiKeys({ file: join(folder, 'data', 'uploads.db') })
    const { key, token } = await createApiKey(keys, { name: 'Acme', routes: ['demo'] })
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
    const body = JSON.stringify({ route: 'demo', files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] })
    const send = () => fetch(`${running.origin}/uploads`, { method: 'POST', headers, body })
    expect((await send()).status).toBe(201)
    await keys.revoke(key.id, new Date())
    await keys.close()
    expect((await send()).status).toBe(401)
  })
})

describe('an answer', () => {
  it('of the uploads API is nothing that a browser runs, frames or guesses at', async () => {
    const { headers } = await fetch(`${running.origin}/uploads`, { headers: { origin: running.origin } })
    expect(headers.get('content-type')).toBe('application/json')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toContain("default-src 'self'")
    expect(headers.get('x-frame-options')).toBe('SAMEORIGIN')
    expect(headers.get('referrer-policy')).toBe('no-referrer')
    expect(headers.get('x-powered-by')).toBeNull()
  })

  it.each([
    ['a call', '', 600_000, 'request-too-large'],
    ['a call in chunks, whose length nobody knows', '', new Uint8Array(600_000).fill(32), 'request-too-large'],
    ['a callback', '/callback', 70_000, 'callback-body-too-large'],
  ])('to a body that is too large, of %s, says so', async (_case, path, size, code) => {
    const bytes = typeof size === 'number' ? ' '.repeat(size) : new Blob([size]).stream()
    const answer = await fetch(`${running.origin}/uploads${path}`, {
      method: 'POST',
      headers: { cookie: await arrive(), origin: running.origin, 'content-type': 'application/json' },
      body: bytes,
      duplex: 'half',
    } as RequestInit)
    expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([413, code])
  })
})

describe('the web app', () => {
  it('is served with what may be kept for ever and what may not', async () => {
    const page = await fetch(running.origin)
    expect(await page.text()).toContain('the page')
    expect(page.headers.get('cache-control')).toBe('no-cache')
    const asset = await fetch(`${running.origin}/assets/app-1a2b3c.js`)
    expect(asset.headers.get('cache-control')).toBe('public, max-age=31536000, immutable')
    expect((await fetch(`${running.origin}/assets/gone.js`)).status).toBe(404)
  })

  it('is shown in frames by its own pages alone, but for the page that is made for frames of those we named', async () => {
    const ancestors = async (path: string) => {
      const { headers } = await fetch(`${running.origin}${path}`)
      const policy = headers.get('content-security-policy') ?? ''
      return [/frame-ancestors ([^;]*)/.exec(policy)?.[1], headers.get('x-frame-options')]
    }
    expect(await ancestors('/')).toEqual(["'self'", 'SAMEORIGIN'])
    expect(await ancestors('/records/1')).toEqual(["'self'", 'SAMEORIGIN'])
    expect(await ancestors('/frame.html')).toEqual(["'self' https://shop.example", null])
    expect((await fetch(`${running.origin}/frame.html`)).headers.get('cache-control')).toBe('no-cache')
  })

  it('answers its own addresses with the page, and other requests with 404', async () => {
    expect((await fetch(`${running.origin}/records/1`, { headers: { accept: 'application/json' } })).status).toBe(404)
    expect((await fetch(`${running.origin}/uploads/nothing/here`, { headers: { accept: 'text/html' } })).status).toBe(
      404,
    )
  })

  it('may speak to itself and the bucket, and to nobody else', async () => {
    const policy = (await fetch(running.origin)).headers.get('content-security-policy') ?? ''
    expect(policy).toContain(`connect-src 'self' ${emulator.origin};`)
    expect(policy).toContain("script-src 'self';")
  })

  it('is healthy', async () => {
    expect(await (await fetch(`${running.origin}/healthz`)).json()).toEqual({ status: 'ok' })
  })
})

describe('a server behind a proxy', () => {
  it.each([
    ['that is not named: all of its visitors are one', {}, 1],
    ['that is named: each visitor is counted for himself', { TRUST_PROXY: '1' }, 3],
    ['that is named by its address', { TRUST_PROXY: '10.0.0.0/8, loopback' }, 3],
  ])('%s', async (_case, variables, granted) => {
    const own = {
      ...environment,
      ...variables,
      PORT: String(await freePort()),
      DATA_DIR: join(folder, `proxied-${granted}-${Object.values(variables)}`.replace(/\W/g, '-')),
      LIMIT_OPEN_GRANTS: '1',
    }
    const config = { ...readConfig(own), isLocal: false, secrets: ['a secret of sixteen bytes or more'] }
    const server = await startServer({ config, routes, logger: pino({ level: 'silent' }) })
    // Whoever is somebody new each time keeps his address, and what he writes into the header himself stands in front of it.
    const statuses = []
    for (const forwarded of ['198.51.100.1', '198.51.100.2', '198.51.100.3', '203.0.113.9, 198.51.100.1']) {
      const answer = await fetch(`${server.origin}/uploads`, {
        method: 'POST',
        headers: { 'x-forwarded-for': forwarded, origin: server.origin, 'content-type': 'application/json' },
        body: JSON.stringify({ route: 'demo', files: [{ name: 'a.txt', size: 5, type: 'text/plain' }] }),
      })
      statuses.push(answer.status)
    }
    expect(statuses.filter((status) => status === 201)).toHaveLength(granted)
    expect(statuses.filter((status) => status === 429)).toHaveLength(4 - granted)
    await server.close()
  })
})

describe('the program', () => {
  it('says where it is, and ends cleanly by signal and with its parent', async () => {
    const byParent = (child: ChildProcess) => child.disconnect()
    // Windows has no signals that a program could handle.
    const bySignal = process.platform === 'win32' ? [] : [(child: ChildProcess) => child.kill('SIGTERM')]
    for (const end of [byParent, ...bySignal]) {
      const port = String(await freePort())
      const program = run({ ...environment, PORT: port, DATA_DIR: join(folder, 'program') })
      const [message] = await once(program.child, 'message')
      expect(message).toEqual({ ready: `http://localhost:${port}` })
      end(program.child)
      expect((await once(program.child, 'exit'))[0]).toBe(0)
    }
  }, 30_000)

  it.each([
    [
      'a taken port',
      () => ({ ...environment, DATA_DIR: join(folder, 'taken') }),
      /^Port \d+ is in use by another program: stop it, or set PORT to another one\.\n$/,
    ],
    [
      'a taken database',
      () => ({ ...environment, PORT: '1' }),
      /uploads\.db is in use by another process\. Stop that one/,
    ],
    [
      'mistakes',
      () => ({ ...environment, OSS_BUCKET: 'x' }),
      /^The configuration has 6 mistakes:\n {2}- OSS_BUCKET must be/,
    ],
  ])('with %s says so and ends with 1', async (_case, env, sentence) => {
    const program = run(env())
    expect((await once(program.child, 'exit'))[0]).toBe(1)
    expect(program.errors()).toMatch(sentence)
  })
})

function run(env: Record<string, string>) {
  const main = fileURLToPath(new URL('./main.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', main], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
  let errors = ''
  child.stderr?.on('data', (chunk) => {
    errors += chunk
  })
  return { child, errors: () => errors }
}

async function arrive(): Promise<string> {
  const cookies = (await fetch(running.origin)).headers.getSetCookie()
  return cookies[0]?.split(';')[0] ?? ''
}

function call(method: string, path: string, cookie: string, body?: unknown): Promise<Response> {
  return fetch(`${running.origin}${path}`, {
    method,
    headers: { cookie, origin: running.origin, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

import compression from 'compression'
import express, { type RequestHandler } from 'express'
import express4 from 'express4'
import { afterEach, describe, expect, it } from 'vitest'
import { callbackRefusals, postForm, type Stage, type StageOptions, startStage } from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

let stage: Stage | undefined
const start = async (options: StageOptions): Promise<Stage> => {
  stage = await startStage(options)
  return stage
}
afterEach(async () => {
  await stage?.close()
  stage = undefined
})

const jsonBody = {
  demo: uploadRoute({ callback: { bodyType: 'application/json' }, onUploaded: () => 'x'.repeat(5000) }),
}

describe.each([
  ['Express 5', express],
  ['Express 4', express4],
])('mounted in %s', (_name, framework) => {
  it('grants, takes the callback, confirms and lists', async () => {
    const { as } = await start({ framework })
    const grant = await as('ann').grant()
    const answer = await postForm(grant, 'hello')
    expect(await answer.json()).toMatchObject({ id: grant.id, status: 'settled' })
    expect((await as('ann').confirm(grant.id)).status).toBe(200)
    expect((await as('ann').list()).items).toHaveLength(1)
  })

  it('answers an error as a problem, and never leaves a request hanging', async () => {
    const { as } = await start({
      framework,
      routes: { demo: uploadRoute({ onUploaded: () => null, key: () => 'fixed' }) },
    })
    const answer = await as('ann').send('POST', '', { route: 'demo', files: [{ name: 'a', size: 1, type: '' }] })
    expect(answer.status).toBe(500)
    expect(answer.headers.get('content-type')).toBe('application/problem+json')
    expect(answer.body).toMatchObject({ code: 'internal', requestId: answer.headers.get('x-request-id') })
  })

  it.each([
    ['express.json()', framework.json(), jsonBody],
    ['express.urlencoded()', framework.urlencoded({ extended: false }), undefined],
  ])('behind %s: says what to do, and the upload is confirmed all the same', async (_parser, parser, routes) => {
    const started = await start({ framework, before: [parser], ...(routes && { routes }) })
    const { as } = started
    const grant = await as('ann').grant()
    const answer = await postForm(grant, 'hello')
    expect(answer.status).toBe(203)
    expect(callbackRefusals(started)).toEqual(['callback-body-consumed'])
    expect((await as('ann').confirm(grant.id)).status).toBe(200)
  })

  it('behind parsers that keep the raw bytes: works', async () => {
    const verify = (request: object, _response: unknown, rawBody: Buffer) => void Object.assign(request, { rawBody })
    const { as } = await start({
      framework,
      before: [framework.json({ verify }), framework.urlencoded({ verify, extended: true })],
    })
    expect((await postForm(await as('ann').grant(), 'hello')).status).toBe(200)
  })

  it('behind compression: OSS still gets a Content-Length, and everything else is compressed', async () => {
    // A proxy in front of the application may ask for compression in the name of OSS.
    const proxy: RequestHandler = (request, _response, next) => {
      request.headers['accept-encoding'] = 'gzip'
      next()
    }
    const before = [proxy, compression({ threshold: 0 }) as RequestHandler]
    const { as, origin } = await start({ framework, before, routes: jsonBody })
    const answer = await postForm(await as('ann').grant(), 'hello')
    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ result: 'x'.repeat(5000) })
    const list = await fetch(`${origin}/uploads`, { headers: { 'x-caller': 'ann' } })
    expect(list.headers.get('content-encoding')).toBe('gzip')
  })

  it('behind a login redirect: the upload is confirmed, and the log says what stands in the way', async () => {
    const login: RequestHandler = (request, response, next) =>
      request.headers['x-caller'] === undefined ? response.redirect('/login') : next()
    const warnings: string[] = []
    const logger = { info() {}, error() {}, warn: (_facts: object, message: string) => void warnings.push(message) }
    const { as } = await start({ framework, before: [login], uploads: { logger } })
    const grant = await as('ann').grant()
    expect((await postForm(grant, 'hello')).status).toBe(203)
    expect((await as('ann').confirm(grant.id)).status).toBe(200)
    expect(warnings).toEqual([expect.stringContaining('login redirect')])
  })
})

describe('the hint for eaten bytes', () => {
  it('names both ways out', async () => {
    const { origin } = await start({ before: [express.urlencoded()] })
    const answer = await fetch(`${origin}/uploads/callback`, { method: 'POST', body: new URLSearchParams({ a: 'b' }) })
    expect(answer.status).toBe(500)
    const { hint } = (await answer.json()) as { hint: string }
    expect(hint).toContain('before express.json()')
    expect(hint).toContain('req.rawBody = raw')
  })
})

describe('a request that cheats', () => {
  const file = { name: 'a.txt', size: 5, type: 'text/plain' }
  it.each([
    ['malformed JSON', '{"route":', 400, 'request-invalid', 'The body is not JSON'],
    ['JSON that is no object', '[]', 400, 'request-invalid', 'the body must be an object'],
    ['no files', { route: 'demo', files: [] }, 400, 'request-invalid', 'files must be a list of 1 to 50, not 0'],
    [
      '51 files',
      { route: 'demo', files: Array(51).fill(file) },
      400,
      'request-invalid',
      'files must be a list of 1 to 50, not 51',
    ],
    [
      'a huge body',
      { route: 'demo', files: [file], input: 'x'.repeat(3_000_000) },
      413,
      'request-too-large',
      'larger than 524288 bytes',
    ],
    ['an unknown route', { route: 'toString', files: [file] }, 404, 'route-unknown', 'There is no route "toString"'],
    [
      'another transport',
      { route: 'demo', transport: 'sts', files: [file] },
      400,
      'transport-unsupported',
      '"demo" does not take the transport "sts"',
    ],
  ])('with %s gets a problem with a hint', async (_case, body, status, code, detail) => {
    const { as } = await start({})
    const answer = await as('ann').send('POST', '', body)
    expect(answer.status).toBe(status)
    expect(answer.body).toMatchObject({ code, detail: expect.stringContaining(detail), hint: expect.any(String) })
  })

  it('by a form of a foreign page is refused, because a form cannot send JSON', async () => {
    const { origin } = await start({})
    const body = JSON.stringify({ route: 'demo', files: [file] })
    const headers = { 'x-caller': 'ann', 'content-type': 'text/plain' }
    const answer = await fetch(`${origin}/uploads`, { method: 'POST', headers, body })
    expect(await answer.json()).toMatchObject({ code: 'request-invalid', detail: 'The body must be JSON' })
  })

  it('to an address that is none gets a problem, not a page of the application', async () => {
    const { as } = await start({})
    expect((await as('ann').send('PUT', '/x/y/z')).body).toMatchObject({ code: 'not-found' })
  })
})

it('takes over a sane request id and replaces any other', async () => {
  const { origin } = await start({})
  const idFor = async (id: string) =>
    (await fetch(`${origin}/uploads/routes`, { headers: { 'x-request-id': id } })).headers.get('x-request-id')
  expect(await idFor('abc-1.2')).toBe('abc-1.2')
  expect(await idFor('x'.repeat(65))).not.toContain('x')
})

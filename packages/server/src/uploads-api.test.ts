import type { RequestListener } from 'node:http'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, describe, expect, it } from 'vitest'
import { postForm, type Stage, startStage } from '../test/stage.ts'
import { uploadHandler } from './upload-handler.ts'
import { uploadRouter } from './upload-router.ts'
import type { Uploads } from './uploads.ts'

// The same API in every kind of server; of Express more is told in upload-router.test.ts.

let stage: Stage | undefined
afterEach(async () => {
  await stage?.close()
  stage = undefined
})
const start = async (serve: (uploads: Uploads) => RequestListener): Promise<Stage> => {
  stage = await startStage({ serve })
  return stage
}

const inHono = (uploads: Uploads): RequestListener => {
  const app = new Hono()
  const handle = uploadHandler(uploads)
  app.all('/uploads/*', ({ req }) => handle(req.raw))
  app.all('/uploads', ({ req }) => handle(req.raw))
  return getRequestListener(app.fetch)
}
const inKoa = (uploads: Uploads): RequestListener => {
  const router = uploadRouter(uploads)
  const app = new Koa()
  app.use((context, next) => {
    if (!/^\/uploads(\/|$)/.test(context.path)) return void next()
    // Koa answers by itself unless it is told that somebody else does.
    context.respond = false
    context.req.url = context.req.url?.slice('/uploads'.length)
    router(context.req, context.res, (error) => context.onerror(error as Error))
  })
  return app.callback()
}
const inNode = (uploads: Uploads): RequestListener => {
  const router = uploadRouter(uploads)
  return (request, response) => {
    request.url = request.url?.slice('/uploads'.length)
    router(request, response, () => response.writeHead(500).end())
  }
}

describe.each([
  ['Hono, and whatever speaks in web requests', inHono],
  ['Koa', inKoa],
  ['Node alone', inNode],
])('in %s', (_name, serve) => {
  it('grants, takes the callback, confirms, lists, shows and forgets', async () => {
    const { as, origin } = await start(serve)
    const ann = as('ann')
    const grant = await ann.grant()
    const answer = await postForm(grant, 'hello')
    expect([answer.status, await answer.json()]).toEqual([
      200,
      { id: grant.id, status: 'settled', result: { key: grant.key, size: 5 } },
    ])
    expect(await ann.confirm(grant.id)).toMatchObject({ status: 200, body: { status: 'settled' } })
    expect((await ann.list('?limit=1')).items).toMatchObject([{ id: grant.id, evidence: 'callback' }])
    const shown = await fetch(`${origin}/uploads/${grant.id}/content`, { headers: { 'x-caller': 'ann' } })
    expect(await shown.text()).toBe('hello')
    expect(await ann.send('DELETE', `/${grant.id}?object=true`)).toMatchObject({ status: 204 })
    expect((await ann.list()).items).toEqual([])
  })

  it('answers errors as problems, with the id of the request', async () => {
    const { as } = await start(serve)
    const ann = as('ann')
    const answers = await Promise.all([
      ann.send('GET', '/nobody-knows-it'),
      ann.send('PUT', '/x'),
      ann.send('GET', '/%E0%A4%A'),
      ann.send('POST', '', { route: 'demo', files: [], input: 'x'.repeat(600_000) }),
      ann.send('GET', '?limit=1000'),
    ])
    expect(answers.map(({ status, body }) => [status, (body as { code: string }).code])).toEqual([
      [404, 'upload-not-found'],
      [404, 'not-found'],
      [400, 'request-invalid'],
      [413, 'request-too-large'],
      [400, 'request-invalid'],
    ])
    for (const { headers, body } of answers) {
      expect(headers.get('content-type')).toBe('application/problem+json')
      expect(body).toMatchObject({ requestId: headers.get('x-request-id') })
    }
  })

  it('answers HEAD with the headers of GET, and a path that ends in a slash', async () => {
    const { origin } = await start(serve)
    const head = await fetch(`${origin}/uploads/routes`, { method: 'HEAD' })
    const get = await fetch(`${origin}/uploads/routes/`)
    expect([head.status, await head.text()]).toEqual([200, ''])
    expect(get.headers.get('content-length')).toBe(head.headers.get('content-length'))
    expect(await get.json()).toHaveProperty('routes.demo')
  })
})

describe('a web request', () => {
  it('whose body somebody has read is told so', async () => {
    const { uploads } = await start(inHono)
    const request = new Request('http://app/uploads/callback', { method: 'POST', body: 'a=b' })
    await request.text()
    const answer = await uploadHandler(uploads)(request)
    expect(await answer.json()).toMatchObject({
      code: 'callback-body-consumed',
      hint: expect.stringContaining('clone'),
    })
  })

  it('is found below another address, and nowhere else', async () => {
    const { uploads } = await start(inHono)
    const handle = uploadHandler(uploads, { basePath: '/api/files/' })
    const statusOf = async (path: string) => (await handle(new Request(`http://app${path}`))).status
    expect(await statusOf('/api/files/routes')).toBe(200)
    expect(await statusOf('/api/filesroutes')).toBe(404)
    expect(await statusOf('/uploads/routes')).toBe(404)
  })

  it('has the address that the application reads of it', async () => {
    const asked: (string | undefined)[] = []
    stage = await startStage({
      serve: (uploads) => {
        const handle = uploadHandler(uploads, { ipOf: (request) => request.headers.get('x-real-ip') ?? undefined })
        const app = new Hono()
        app.all('/uploads/*', ({ req }) => handle(req.raw))
        app.all('/uploads', ({ req }) => handle(req.raw))
        return getRequestListener(app.fetch)
      },
      uploads: { identify: ({ ip }) => ({ id: 'ann', at: asked.push(ip) }) },
    })
    await fetch(`${stage.origin}/uploads`, { headers: { 'x-real-ip': '192.0.2.7' } })
    await fetch(`${stage.origin}/uploads`)
    expect(asked).toEqual(['192.0.2.7', undefined])
  })
})

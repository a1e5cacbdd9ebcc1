import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express'
import type { LocalOss } from './exchange.ts'
import { parseFault } from './faults.ts'

export const CALLBACK_KEY_PATH = '/_callback/callback_pub_key_v1.pem'

/** What OSS does not have: the key of this local one, its faults and its request log, over HTTP. */
export function createLocalPage(oss: LocalOss, rules: { hosts: readonly string[] }): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')

  app.get(CALLBACK_KEY_PATH, async (_request, response) => {
    const publicKey = await oss.callbackKey.publicKey()
    response.type('application/x-pem-file').set('Cache-Control', 'no-store').send(publicKey)
  })

  const api = express.Router()
  api.use(requireOwnPage(rules.hosts))
  api.use(express.json({ limit: '16kb' }))
  api.get('/requests', (_request, response) => {
    response.json({ requests: oss.requests.list() })
  })
  api.get('/faults', (_request, response) => {
    response.json({ faults: oss.faults.list() })
  })
  api.post('/faults', (request, response) => {
    response.status(201).json({ id: oss.faults.set(parseFault(request.body)) })
  })
  api.delete('/faults', (_request, response) => {
    oss.faults.clear()
    response.status(204).end()
  })
  api.delete('/faults/:id', (request, response) => {
    oss.faults.clear(request.params.id)
    response.status(204).end()
  })
  api.post('/callback-key/rotate', async (_request, response) => {
    await oss.callbackKey.rotate()
    response.status(204).end()
  })
  app.use('/_console/api', api)

  app.use((_request, response) => {
    response.status(404).json({ error: 'There is nothing here' })
  })
  app.use(replyWithError)
  return app
}

/**
 * Lets only this server's own pages and programs without a page in. A page elsewhere that had its own name point at this
 * machine (DNS rebinding) gives itself away by the Host header, any other by its Origin.
 */
function requireOwnPage(hosts: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { host = '', origin } = request.headers
    const hostname = host.replace(/:\d+$/, '')
    if (hosts.includes(hostname) && (origin === undefined || origin === `http://${host}`)) return next()
    response.status(403).json({ error: `Host ${host} with origin ${origin ?? 'none'} may not use the console` })
  }
}

const replyWithError: ErrorRequestHandler = (error, _request, response, next) => {
  if (response.headersSent) return next(error)
  const status = error instanceof TypeError ? 400 : Number(error?.status) || 500
  response.status(status).json({ error: error instanceof Error ? error.message : 'internal error' })
}

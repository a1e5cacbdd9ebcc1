import express, { type ErrorRequestHandler, type Express } from 'express'
import type { LocalOss } from '../http/exchange.ts'
import { createConsole } from './console.ts'

export const CALLBACK_KEY_PATH = '/_callback/callback_pub_key_v1.pem'

/** What OSS does not have: the key of this local one, for whoever is called, and its console. */
export function createLocalPage(oss: LocalOss, rules: { hosts: readonly string[] }): Express {
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')

  app.get(CALLBACK_KEY_PATH, async (_request, response) => {
    const publicKey = await oss.callbackKey.publicKey()
    response.type('application/x-pem-file').set('Cache-Control', 'no-store').send(publicKey)
  })

  app.use('/_console', createConsole(oss, rules.hosts))

  app.use((_request, response) => {
    response.status(404).json({ error: 'There is nothing here' })
  })
  app.use(replyWithError(oss))
  return app
}

/** A mistake of the caller is told by a sentence; a mistake of ours goes to the log. */
function replyWithError({ logger }: LocalOss): ErrorRequestHandler {
  return (error, _request, response, _next) => {
    const status = Number(error?.status) || 500
    // A page that was left in the middle of a picture is nobody's mistake.
    const isLeft = response.destroyed
    if (status === 500) logger[isLeft ? 'debug' : 'error']({ err: error }, 'the console failed')
    if (response.headersSent || isLeft) response.destroy()
    else response.status(status).json({ error: status === 500 ? 'internal error' : String(error.message) })
  }
}

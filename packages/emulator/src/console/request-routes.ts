import { Router } from 'express'
import type { WritableRequestLog } from '../http/request-log.ts'
import { createEventStream } from './event-stream.ts'
import { lineOf } from './log-view.ts'
import { numberOf, textOf } from './parameters.ts'
import { Refusal } from './refusal.ts'

/** The request log, page by page or live. */
export function requestRoutes(log: WritableRequestLog): Router {
  const routes = Router()

  routes.get('/requests', (request, response) => {
    const limit = numberOf(request, 'limit', { max: 1000, otherwise: 1000 })
    const after = textOf(request, 'after')
    const newestFirst = log.list().toReversed()
    const start = after === '' ? 0 : newestFirst.findIndex(({ requestId }) => requestId === after) + 1
    if (after !== '' && start === 0) throw new Refusal(410, `The request ${after} is no longer in the log`)
    const page = newestFirst.slice(start, start + limit)
    const next = newestFirst.length > start + limit ? (page.at(-1)?.requestId ?? null) : null
    response.json({ requests: page.map(lineOf), next })
  })

  routes.delete('/requests', (_request, response) => {
    log.clear()
    response.status(204).end()
  })

  routes.get('/events', createEventStream(log))

  return routes
}

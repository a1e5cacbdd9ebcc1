import { Router } from 'express'
import { repeatDelivery } from '../callback/callback-delivery.ts'
import type { LocalOss } from '../http/exchange.ts'
import type { CallbackDelivery, LoggedRequest } from '../http/request-log.ts'
import { summaryOf } from './log-view.ts'
import { Refusal } from './refusal.ts'

// Each is kept as long as its request is.
const MAX_DELIVERIES = 50

/** What was sent to applications, and the key that it was signed with. */
export function callbackRoutes(oss: LocalOss): Router {
  const routes = Router()

  routes.get('/callbacks', (_request, response) => {
    const callbacks = oss.requests
      .list()
      .flatMap((request) => request.callbacks.map((delivery) => ({ ...summaryOf(delivery), ...originOf(request) })))
      .sort((a, b) => (a.sentAt > b.sentAt ? -1 : 1))
    response.json({ callbacks })
  })

  routes.get('/callbacks/:id', ({ params }, response) => {
    const { delivery, request } = requireDelivery(oss, params.id)
    response.json({ ...delivery, ...originOf(request) })
  })

  routes.post('/callbacks/:id/resend', async ({ params }, response) => {
    const { delivery, request } = requireDelivery(oss, params.id)
    if (request.callbacks.length >= MAX_DELIVERIES) {
      throw new Refusal(409, `The callbacks of this upload were sent ${MAX_DELIVERIES} times; upload it again`)
    }
    const again = await repeatDelivery(delivery, {
      now: new Date(Date.now() + oss.faults.clockOffsetMs()),
      timeoutMs: oss.callbackTimeoutMs,
      privateKey: await oss.callbackKey.privateKey(),
    })
    request.callbacks.push(again)
    oss.requests.settle(request)
    response.status(201).json({ ...again, ...originOf(request) })
  })

  routes.get('/callback-key', async (_request, response) => {
    response.json({ url: oss.callbackKeyUrl, publicKey: await oss.callbackKey.publicKey() })
  })

  routes.post('/callback-key/rotate', async (_request, response) => {
    await oss.callbackKey.rotate()
    response.status(204).end()
  })

  return routes
}

function requireDelivery(oss: LocalOss, id: string): { delivery: CallbackDelivery; request: LoggedRequest } {
  for (const request of oss.requests.list()) {
    const delivery = request.callbacks.find((each) => each.id === id)
    if (delivery) return { delivery, request }
  }
  throw new Refusal(404, 'This callback is not, or no longer, in the log')
}

function originOf({ requestId, operation, bucket, key }: LoggedRequest) {
  return { requestId, operation, bucket, key }
}

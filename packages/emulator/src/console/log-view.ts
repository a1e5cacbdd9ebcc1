import type { CallbackDelivery, LoggedRequest } from '../http/request-log.ts'

/** A line of the list of callbacks; the delivery itself may be large. */
export function summaryOf({ id, sentAt, url, status, durationMs, failure, repeats }: CallbackDelivery) {
  return { id, sentAt, url, status, durationMs, failure, repeats }
}

export function lineOf(request: LoggedRequest) {
  return { ...request, callbacks: request.callbacks.map(summaryOf) }
}

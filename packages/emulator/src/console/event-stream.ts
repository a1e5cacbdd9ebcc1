import type { RequestHandler, Response } from 'express'
import type { LoggedRequest, WritableRequestLog } from '../http/request-log.ts'
import { lineOf } from './log-view.ts'
import { Refusal } from './refusal.ts'

const MAX_LISTENERS = 16
const BATCH_MS = 100
// Behind this a listener has stopped reading: it is told to load the list anew when it reads again.
const MAX_UNREAD_BYTES = 4 * 1024 * 1024
// Well within the time after which an idle connection is closed.
const BEAT_MS = 20_000

/**
 * The log as Server-Sent Events: `requests` with those that are new or have changed, gathered for a tenth of a second;
 * `cleared`; and `reload` for a listener who was too slow to be told everything.
 */
export function createEventStream(log: WritableRequestLog): RequestHandler {
  let listeners = 0
  return (_request, response) => {
    if (listeners >= MAX_LISTENERS) throw new Refusal(503, `${MAX_LISTENERS} pages listen already`)
    listeners += 1
    response.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' })
    response.write(': the log of the local OSS\n\n')

    const changed = new Map<string, LoggedRequest>()
    let batch: NodeJS.Timeout | undefined
    let missedSome = false

    const flush = () => {
      batch = undefined
      if (response.writableLength > MAX_UNREAD_BYTES) {
        missedSome = true
        batch = setTimeout(flush, BATCH_MS)
      } else if (missedSome) {
        missedSome = false
        send(response, 'reload', {})
      } else if (changed.size > 0) {
        send(response, 'requests', { requests: [...changed.values()].map(lineOf) })
      }
      changed.clear()
    }
    const unwatch = log.watch((request) => {
      if (request === undefined) {
        changed.clear()
        send(response, 'cleared', {})
        return
      }
      changed.set(request.requestId, request)
      batch ??= setTimeout(flush, BATCH_MS)
    })
    const beat = setInterval(() => response.write(': still here\n\n'), BEAT_MS)

    response.once('close', () => {
      listeners -= 1
      unwatch()
      clearTimeout(batch)
      clearInterval(beat)
    })
  }
}

// JSON has no line feed of its own, so that one line holds it.
function send(response: Response, event: string, data: unknown): void {
  response.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`)
}

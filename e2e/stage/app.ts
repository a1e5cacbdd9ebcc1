import { readConfig } from '@oss-direct/demo-server/config'
import { routes } from '@oss-direct/demo-server/routes'
import { startServer } from '@oss-direct/demo-server/server'
import { uploadRoute } from '@oss-direct/server'

/** What `onUploaded` of the demo route does, besides what it always does. */
export type HookBehaviour = { does: 'answer' } | { does: 'throw' } | { does: 'wait'; ms: number }

export interface ServerReport {
  /** On all sockets since the start, headers included. */
  receivedBytes: number
  /** Runs of the hook that were begun. */
  hookRuns: number
}

// The reference server itself, with a hook that a story can hold up or break over IPC. Nothing in the product knows of it.

let behaviour: HookBehaviour = { does: 'answer' }
const report: ServerReport = { receivedBytes: 0, hookRuns: 0 }

const demo = uploadRoute({
  maxBytes: routes.demo.rules.maxBytes,
  transports: ['post', 'multipart'],
  onUploaded: async (event) => {
    report.hookRuns += 1
    const current = behaviour
    if (current.does === 'throw') throw new Error('the application is broken, as the story wants it')
    if (current.does === 'wait') await new Promise((resolve) => setTimeout(resolve, current.ms))
    return routes.demo.onUploaded(event)
  },
})

/** A connection that is kept alive is counted while it lives, too. */
const countNow = new Set<() => void>()

const { origin, server, close } = await startServer({ config: readConfig(process.env), routes: { demo } })
server.on('connection', (socket) => {
  let counted = 0
  const count = () => {
    report.receivedBytes += socket.bytesRead - counted
    counted = socket.bytesRead
  }
  socket.on('close', count)
  countNow.add(count)
  socket.on('close', () => countNow.delete(count))
})

process.on('message', (question: { ask: 'setHook'; behaviour: HookBehaviour } | { ask: 'report' }) => {
  if (question.ask === 'setHook') behaviour = question.behaviour
  for (const count of countNow) count()
  process.send?.({ answerTo: question.ask, value: report })
})
const stop = () => void close().then(() => process.exit(0))
process.on('SIGTERM', stop)
process.on('disconnect', stop)
process.send?.({ ready: origin })

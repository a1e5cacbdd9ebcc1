import { randomUUID } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { readConfig } from '@oss-direct/demo-server/config'
import { routes } from '@oss-direct/demo-server/routes'
import { startServer } from '@oss-direct/demo-server/server'
import { uploadRoute } from '@oss-direct/server'

/** What `onUploaded` of the demo route does, besides what it always does. `hold`: it waits until it is told to do otherwise. */
export type HookBehaviour = { does: 'answer' } | { does: 'throw' } | { does: 'hold' } | { does: 'wait'; ms: number }

/** The calls whose answers a story can hold back or lose. */
export type Call = 'grant' | 'parts' | 'complete' | 'confirm' | 'callback'

/** `hold`: it is ready, and never leaves. `lose`: the connection is cut in its place. */
export type AnswerBehaviour = 'send' | 'hold' | 'lose'

/** What the server reports by itself, the moment it happens. */
export type Signal = 'hook begun' | 'hook ended' | `answering ${Call}`

export interface ServerReport {
  /** On all sockets since the start, headers included. */
  receivedBytes: number
  /** Runs of the hook that were begun. */
  hookRuns: number
}

type Question =
  | { ask: 'setHook'; behaviour: HookBehaviour }
  | { ask: 'setAnswer'; call: Call; behaviour: AnswerBehaviour }
  | { ask: 'report' }

// The reference server itself, with a hook and answers that a story can hold up or break over IPC. Nothing in the product
// knows of it.

const tell = (signal: Signal, detail: string) => process.send?.({ signal, detail })

let behaviour: HookBehaviour = { does: 'answer' }
const held = new Set<() => void>()
const answers = new Map<Call, AnswerBehaviour>()
const report: ServerReport = { receivedBytes: 0, hookRuns: 0 }

/** The demo takes everything, and so has nothing to refuse. */
const rules: { accept?: string[]; maxBytes?: number } = JSON.parse(process.env.ROUTE_RULES ?? '{}')

const demo = uploadRoute({
  maxBytes: routes.demo.rules.maxBytes,
  transports: ['post', 'multipart'],
  ...(process.env.PART_BYTES && { partBytes: Number(process.env.PART_BYTES) }),
  ...rules,
  onUploaded: async (event) => {
    const run = randomUUID()
    report.hookRuns += 1
    tell('hook begun', `${event.id} ${run}`)
    if (behaviour.does === 'hold') await new Promise<void>((resolve) => held.add(resolve))
    const current = behaviour
    if (current.does === 'throw') throw new Error('the application is broken, as the story wants it')
    if (current.does === 'wait') await new Promise((resolve) => setTimeout(resolve, current.ms))
    const answer = routes.demo.onUploaded(event)
    tell('hook ended', `${event.id} ${run}`)
    // Which of several runs an answer comes from can be seen only where it says so.
    return process.env.ANSWER_NAMES_RUN ? { ...answer, run } : answer
  },
})

const { origin, server, close } = await startServer({ config: shortLived(readConfig(process.env)), routes: { demo } })

/** Credentials that end so soon that everything signed with them does, as those of a role do at their end. */
function shortLived(config: ReturnType<typeof readConfig>): ReturnType<typeof readConfig> {
  const seconds = Number(process.env.CREDENTIALS_END_AFTER_SECONDS)
  if (!seconds) return config
  const { credentials } = config.oss
  const ending = async () => ({ ...(await credentials()), expiresAt: new Date(Date.now() + seconds * 1000) })
  return { ...config, oss: { ...config.oss, credentials: ending } }
}

// In front of the server's own listener: it is the answer as a whole that is held back, made and kept, and not yet sent.
server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
  const call = callOf(request)
  if (call === undefined) return
  const end = response.end.bind(response) as (...rest: unknown[]) => ServerResponse
  response.end = (...rest: unknown[]) => {
    tell(`answering ${call}`, request.url ?? '')
    switch (answers.get(call)) {
      case 'hold':
        return response
      case 'lose':
        request.socket.destroy()
        return response
      default:
        return end(...rest)
    }
  }
})

function callOf({ method, url = '' }: IncomingMessage): Call | undefined {
  if (method !== 'POST') return undefined
  if (url === '/uploads') return 'grant'
  if (url === '/uploads/callback') return 'callback'
  return (['parts', 'complete', 'confirm'] as const).find((call) => url.endsWith(`/${call}`))
}

/** A connection that is kept alive is counted while it lives, too. */
const countNow = new Set<() => void>()

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

process.on('message', (question: Question) => {
  if (question.ask === 'setHook') {
    behaviour = question.behaviour
    for (const letGo of held) letGo()
    held.clear()
  }
  if (question.ask === 'setAnswer') answers.set(question.call, question.behaviour)
  for (const count of countNow) count()
  process.send?.({ answerTo: question.ask, value: report })
})
const stop = () => void close().then(() => process.exit(0))
process.on('SIGTERM', stop)
process.on('disconnect', stop)
process.send?.({ ready: origin })

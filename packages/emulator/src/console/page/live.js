// @ts-check
import { ask } from './api.js'

/** @typedef {import('./api.js').RequestLine} RequestLine */
/** @typedef {'connecting' | 'live' | 'lost'} Connection */

const SHOWN = 500
const AGAIN_MS = 3000

/** The request log as the local OSS tells it, and whether it is telling. */
export function createLive() {
  /** By request id, oldest first. @type {Map<string, RequestLine>} */
  let requests = new Map()
  /** @type {Connection} */
  let connection = 'connecting'
  /** @type {EventSource | undefined} */
  let source
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let again
  /** @type {Set<(changed: readonly RequestLine[]) => void>} */
  const watchers = new Set()
  /** @type {Set<() => void>} */
  const connectionWatchers = new Set()

  /** @param {readonly RequestLine[]} changed */
  function tell(changed) {
    for (const watcher of watchers) watcher(changed)
  }

  /** @param {Connection} now */
  function setConnection(now) {
    if (now === connection) return
    connection = now
    for (const watcher of connectionWatchers) watcher()
  }

  /** @param {readonly RequestLine[]} changed */
  function merge(changed) {
    for (const request of changed) requests.set(request.requestId, request)
    for (const oldest of [...requests.keys()].slice(0, Math.max(0, requests.size - SHOWN))) requests.delete(oldest)
  }

  async function load() {
    /** @type {{ requests: RequestLine[] }} */
    const page = await ask('GET', `requests?limit=${SHOWN}`)
    requests = new Map()
    merge(page.requests.toReversed())
    tell([])
  }

  function connect() {
    clearTimeout(again)
    source = new EventSource('api/events')
    const own = source
    const listen = (/** @type {string} */ name, /** @type {(data: { requests: RequestLine[] }) => void} */ hear) =>
      own.addEventListener(name, (event) => hear(JSON.parse(/** @type {MessageEvent<string>} */ (event).data)))
    source.addEventListener('open', () => {
      setConnection('live')
      load().catch(() => own.readyState === EventSource.OPEN && setConnection('lost'))
    })
    source.addEventListener('error', () => {
      setConnection('lost')
      // It tries again by itself after a broken connection, and not after a refusal.
      if (own.readyState === EventSource.CLOSED) again = setTimeout(connect, AGAIN_MS)
    })
    listen('requests', (data) => {
      merge(data.requests)
      tell(data.requests)
    })
    listen('cleared', () => {
      requests = new Map()
      tell([])
    })
    listen('reload', () => void load().catch(() => undefined))
  }

  // A page nobody looks at needs no connection; browsers have few of them for one server.
  document.addEventListener('visibilitychange', () => {
    clearTimeout(again)
    source?.close()
    if (document.visibilityState === 'visible') connect()
  })
  connect()

  return {
    newestFirst: () => [...requests.values()].reverse(),
    connection: () => connection,
    /** Hears of what changed; of nothing where everything may have. Ends with the signal. */
    watch(/** @type {(changed: readonly RequestLine[]) => void} */ watcher, /** @type {AbortSignal} */ signal) {
      watchers.add(watcher)
      signal.addEventListener('abort', () => watchers.delete(watcher))
    },
    watchConnection(/** @type {() => void} */ watcher) {
      connectionWatchers.add(watcher)
    },
  }
}

/** @typedef {ReturnType<typeof createLive>} Live */

import { type BrowserGrant, type GrantRequest, type Json, parseGrantAnswer, UploadError } from '@oss-direct/shared'
import type { Api } from './api.ts'
import type { SentAs } from './choose-transport.ts'
import type { FileFacts } from './upload.ts'

export interface Granted {
  grant: BrowserGrant
  /** Milliseconds since 1970 by *this* browser's clock, however wrong it is: worked out from the server's own time. */
  endsAt: number
  /** Milliseconds by which this browser's clock is ahead of the server's. */
  clockOffsetMs: number
}

export interface GrantWish {
  route: string
  input: Json | undefined
  transport: SentAs
  file: FileFacts
  /** Of the file, where the server is to compare it with that of the object. */
  crc64?: string | undefined
}

/** Asks for grants. Wishes of the same moment, route, transport and input share one call, up to 50 each. */
export interface GrantDesk {
  /** Rejects with the UploadError that refuses this file; its neighbours are not touched by it. */
  ask(wish: GrantWish): Promise<Granted>
}

interface Waiting {
  wish: GrantWish
  resolve(granted: Granted): void
  reject(error: unknown): void
}

const MOST_IN_ONE_CALL = 50

/** `maxFilesOf`: how many the route takes in one request, as far as that is known. */
export function createGrantDesk(api: Api, maxFilesOf: (route: string) => number | undefined): GrantDesk {
  /** By what a call has in common. */
  let waiting = new Map<string, Waiting[]>()

  const flush = () => {
    for (const [, alike] of waiting) {
      // Files of several drops may share a call, so the route's limit on one drop is kept for the call as well.
      const most = Math.min(maxFilesOf(alike[0]?.wish.route ?? '') ?? MOST_IN_ONE_CALL, MOST_IN_ONE_CALL)
      for (let at = 0; at < alike.length; at += most) void fetchGrants(api, alike.slice(at, at + most))
    }
    waiting = new Map()
  }

  return {
    ask: (wish) =>
      new Promise((resolve, reject) => {
        if (waiting.size === 0) setTimeout(flush)
        const common = [wish.route, wish.transport, JSON.stringify(wish.input)].join('\n')
        const alike = waiting.get(common) ?? []
        alike.push({ wish, resolve, reject })
        waiting.set(common, alike)
      }),
  }
}

async function fetchGrants(api: Api, batch: readonly Waiting[]): Promise<void> {
  try {
    const [first] = batch
    if (first === undefined) return
    const { route, input, transport } = first.wish
    const files = batch.map(({ wish: { file, crc64 } }) => ({
      // The wire wants a name; a pasted picture may have none.
      name: file.name.slice(0, 1024) || 'unnamed',
      size: file.size,
      type: file.type,
      lastModified: file.lastModified,
      ...(crc64 !== undefined && { crc64 }),
    }))
    const request: GrantRequest = { route, transport, files, ...(input !== undefined && { input }) }
    const { serverTime, grants } = parseGrantAnswer(await api('POST', '', request))
    const clockOffsetMs = Date.now() - Date.parse(serverTime)
    batch.forEach(({ resolve, reject }, index) => {
      const outcome = grants[index]
      if (outcome === undefined)
        reject(new UploadError('answer-invalid', `The server granted ${grants.length} of ${batch.length} files`))
      else if (!outcome.ok) {
        const { code, detail, ...more } = outcome.error
        reject(new UploadError(code, detail, more))
      } else {
        const { grant } = outcome
        resolve({ grant, endsAt: Date.parse(grant.expiresAt) + clockOffsetMs, clockOffsetMs })
      }
    })
  } catch (error) {
    for (const { reject } of batch) reject(error)
  }
}

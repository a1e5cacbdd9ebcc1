import type { Store } from '@oss-direct/server'
import type { RequestHandler } from 'express'
import type { Logger } from 'pino'

export interface ReadinessOptions {
  store: Pick<Store, 'find'>
  isStopping: () => boolean
  logger: Logger
}

/**
 * 200 where this server wants requests; 503 with the reason where a balancer should send them elsewhere. Not for deciding
 * whether to start it anew: that mends neither a database nor a server that ends anyway.
 */
export function readiness({ store, isStopping, logger }: ReadinessOptions): RequestHandler {
  let asking: Promise<boolean> | undefined
  const ask = async (): Promise<boolean> => {
    try {
      // No record has this id; to hear so takes a connection and the table.
      await store.find('ready?')
      return true
    } catch (error) {
      logger.warn({ err: error }, 'the database does not answer')
      return false
    } finally {
      asking = undefined
    }
  }

  return async (_request, response) => {
    response.set('cache-control', 'no-store')
    const refuse = (reason: string) => void response.status(503).json({ status: 'unavailable', reason })
    if (isStopping()) return refuse('this server is stopping')
    // However many ask at once, the database is asked once: anybody may ask.
    asking ??= ask()
    const answers = await within(asking, PATIENCE_MS)
    if (!answers) return refuse('the database does not answer')
    response.json({ status: 'ready' })
  }
}

// Less than a probe waits.
const PATIENCE_MS = 2000

/** False where it takes longer. */
function within(work: Promise<boolean>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}

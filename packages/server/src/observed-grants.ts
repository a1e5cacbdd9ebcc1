import { type GrantAnswer, type GrantRequest, UploadError, type UploadErrorCode } from '@oss-direct/shared'
import { type Observe, stopwatch } from './uploads-event.ts'

/** Tells the observer what became of a request for grants. `routes`: all that there are. */
export function observeGrants(observe: Observe, routes: object) {
  return async (request: GrantRequest, grant: () => Promise<GrantAnswer>): Promise<GrantAnswer> => {
    const elapsed = stopwatch()
    // Any text may be asked for, and as a label each would be a metric of its own.
    const route = Object.hasOwn(routes, request.route) ? { route: request.route } : {}
    try {
      const answer = await grant()
      const granted = answer.grants.flatMap((outcome) => (outcome.ok ? [outcome.grant.transport] : []))
      observe({ type: 'grants', ...route, granted, refused: refusedCodes(answer), tookMs: elapsed() })
      return answer
    } catch (error) {
      const code = error instanceof UploadError ? error.code : 'internal'
      const refused = request.files.map(() => code)
      observe({ type: 'grants', ...route, granted: [], refused, tookMs: elapsed() })
      throw error
    }
  }
}

export function refusedCodes({ grants }: GrantAnswer): UploadErrorCode[] {
  return grants.flatMap((outcome) => (outcome.ok ? [] : [outcome.error.code]))
}

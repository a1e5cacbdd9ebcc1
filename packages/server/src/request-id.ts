import { randomUUID } from 'node:crypto'

/** The caller's own id of the request where it is a sane one, so that one id goes through all logs. */
export function requestIdOf(given: unknown): string {
  return saneId(given) ?? randomUUID()
}

/** An id that others wrote, as it may stand in a log; nothing where it is none: it could be anything, and of any length. */
export function saneId(given: unknown): string | undefined {
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : undefined
}

import { randomUUID } from 'node:crypto'

/** The caller's own id of the request where it is a sane one, so that one id goes through all logs. */
export function requestIdOf(given: unknown): string {
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}

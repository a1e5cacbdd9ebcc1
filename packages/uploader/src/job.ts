import type { Json } from '@oss-direct/shared'
import type { Granted } from './grant-desk.ts'

/** What the engine keeps of an upload besides what people see. */
export interface Job {
  input: Json | undefined
  /** Begun ones, the running one included. */
  tries: number
  /** A grant that had ended was replaced; a second time is a failure. */
  resigned: boolean
  /** Asked ahead, or in use. */
  granted?: Promise<Granted>
  /** Aborted when a person cancels, never for another reason. */
  abort: AbortController
  /** The next try or the next question. */
  timer?: ReturnType<typeof setTimeout>
}

export function newJob(input: Json | undefined): Job {
  return { input, tries: 0, resigned: false, abort: new AbortController() }
}

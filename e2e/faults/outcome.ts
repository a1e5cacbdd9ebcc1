import type { Expected, Noticed } from './table.ts'

/** The annotation of a test that tells what came of its cell, as JSON. */
export const OUTCOME = 'outcome'

/** What came of a cell, as the page of results tells it. */
export interface Outcome {
  shows: readonly Noticed[]
  /** Requests that carried the form or a part, beyond those that carry the file once. */
  sentAgain: number
  runs: Expected['runs']
}

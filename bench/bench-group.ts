import type { BenchRow } from './bench-row.ts'
import type { Chart } from './chart.ts'

/** What `npm run bench -- <name>` measures: a file of that name in `groups`. */
export interface BenchGroup {
  /** One sentence for the page of figures: what is measured, and against what. */
  about: string
  measure(): Promise<BenchResult>
}

export interface BenchResult {
  rows: readonly BenchRow[]
  /** How the cost grows. */
  charts?: readonly Chart[]
}

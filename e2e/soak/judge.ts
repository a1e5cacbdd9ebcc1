import { createHash } from 'node:crypto'
import type { Store } from '@oss-direct/server'
import type pg from 'pg'
import type { Upload } from './uploader.ts'

export interface Findings {
  /** In the bucket, and not settled. */
  lost: string[]
  /** Two different answers for one upload, or an answer that no run of the hook gave. */
  doubled: string[]
  /** Other bytes than were sent, or a record that says otherwise. */
  wrong: string[]
  /** Runs of the hook beyond the one whose answer counts: its server was killed, or it threw. */
  repeatedRuns: number
  /** Two runs for one upload that ended well: at least once, said in the README, and only around a kill. */
  repeatedEndings: number
}

/** Compares what uploaders were told, what the records say, what the hook did, and what is in the bucket. */
export async function judge(
  uploads: readonly Upload[],
  { store, ledger, readObject }: { store: Store; ledger: pg.Pool; readObject(key: string): Promise<Buffer> },
): Promise<Findings> {
  const findings: Findings = { lost: [], doubled: [], wrong: [], repeatedRuns: 0, repeatedEndings: 0 }
  const { rows } = await ledger.query<{ upload: string; run: string; ended: Date | null }>('SELECT * FROM runs')
  const runs = new Map<string, typeof rows>()
  for (const row of rows) runs.set(row.upload, [...(runs.get(row.upload) ?? []), row])
  for (const { id, key, sha256, answers } of uploads) {
    const record = await store.find(id)
    const mine = runs.get(id) ?? []
    const good = mine.filter(({ ended }) => ended !== null)
    findings.repeatedRuns += Math.max(0, mine.length - 1)
    findings.repeatedEndings += Math.max(0, good.length - 1)
    if (record?.status !== 'settled') {
      findings.lost.push(`${id}: ${record?.status ?? 'no record'} ${record?.error?.detail ?? ''}`)
      continue
    }
    const result = JSON.stringify(record.result)
    const { run } = record.result as { run: string }
    if (answers.some((answer) => answer !== result)) findings.doubled.push(`${id}: ${answers.join(' and ')}, ${result}`)
    if (!good.some((each) => each.run === run)) findings.doubled.push(`${id}: no run of the hook gave ${result}`)
    const bytes = await readObject(key)
    if (createHash('sha256').update(bytes).digest('hex') !== sha256) findings.wrong.push(`${id}: other bytes`)
    if (record.object?.size !== bytes.length || record.key !== key) findings.wrong.push(`${id}: another record`)
  }
  return findings
}

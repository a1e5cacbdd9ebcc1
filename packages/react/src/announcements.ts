import type { Upload } from '@oss-direct/uploader'
import { reasonOf } from './error-facts.ts'
import type { Language } from './language.tsx'
import { errorText } from './messages.ts'
import { rejectionReason } from './rejection-groups.ts'
import { isActive, summarize } from './summary.ts'

/** What has been told to a screen reader so far. */
export interface Told {
  moments: ReadonlyMap<string, string>
  /** The uploads of the present run: all since the list was last at rest. */
  run: ReadonlySet<string>
  /** Quarters of the run's bytes that were told. */
  quarters: number
  confirmingTold: boolean
}

export interface Announcement {
  told: Told
  polite: string[]
  assertive: string[]
}

export const NOTHING_TOLD: Told = { moments: new Map(), run: new Set(), quarters: 0, confirmingTold: false }

/** What has to be told about these uploads now. Many changes become few sentences: ten files done are one. */
export function announce(told: Told, uploads: readonly Upload[], language: Language): Announcement {
  const { messages, formats } = language
  const run = new Set(told.run)
  const fresh: Changes = { added: 0, started: [], done: [], rejected: [], unconfirmed: [], failed: [], unfinished: [] }
  for (const upload of uploads) {
    const before = told.moments.get(upload.id)
    if (isActive(upload)) run.add(upload.id)
    if (before !== momentOf(upload)) collect(fresh, upload, before)
  }
  const running = uploads.filter(({ id }) => run.has(id))
  const summary = summarize(running)
  const atRest = summary.active === 0
  const quarters = summary.totalBytes === 0 ? 0 : Math.floor((summary.sentBytes * 4) / summary.totalBytes)
  const onlyConfirming = !atRest && running.every((upload) => !isActive(upload) || upload.phase === 'confirming')

  const polite: string[] = []
  const assertive: string[] = []
  if (fresh.added > 0) polite.push(messages.announceAdded(fresh.added))
  const [started] = fresh.started
  if (started !== undefined && run.size === 1) polite.push(messages.announceStarted(started.file.name))
  if (!atRest && quarters > told.quarters && quarters < 4)
    polite.push(messages.announceProgress(formats.percent(quarters / 4)))
  if (onlyConfirming && !told.confirmingTold) polite.push(messages.confirming)
  const [unfinished] = fresh.unfinished
  if (unfinished !== undefined) {
    polite.push(messages.announceUnfinished(fresh.unfinished.length, unfinished.file.name))
  }
  const [done] = fresh.done
  if (done !== undefined) polite.push(messages.announceDone(fresh.done.length, done.file.name))
  if (atRest && run.size > 1) polite.push(messages.digest(summary))

  const [rejected] = fresh.rejected
  if (rejected?.phase === 'rejected') {
    assertive.push(
      messages.announceRejected(fresh.rejected.length, rejectionReason(rejected.error.code, undefined, language)),
    )
  }
  const [unconfirmed] = fresh.unconfirmed
  if (unconfirmed !== undefined) {
    assertive.push(messages.announceUnconfirmed(fresh.unconfirmed.length, unconfirmed.file.name))
  }
  const [failed] = fresh.failed
  if (failed?.error !== undefined) {
    const reason = errorText(messages, reasonOf(failed.error).code).title
    assertive.push(messages.announceFailed(fresh.failed.length, failed.file.name, reason))
  }
  return {
    told: {
      moments: new Map(uploads.map((upload) => [upload.id, momentOf(upload)])),
      run: atRest ? new Set() : run,
      quarters: atRest ? 0 : Math.max(quarters, told.quarters),
      confirmingTold: onlyConfirming,
    },
    polite,
    assertive,
  }
}

interface Changes {
  added: number
  started: Upload[]
  done: Upload[]
  rejected: Upload[]
  unconfirmed: Upload[]
  /** The wrong file for an unfinished one is a failure to tell, too. */
  failed: Extract<Upload, { phase: 'failed' | 'needs-file' }>[]
  unfinished: Upload[]
}

/** What is told once. Another file than the one it waits for is told each time. */
function momentOf(upload: Upload): string {
  return upload.phase === 'needs-file' && upload.error ? `needs-file: ${upload.error.message}` : upload.phase
}

function collect(changes: Changes, upload: Upload, before: string | undefined): void {
  const { phase } = upload
  if (before === undefined && phase !== 'rejected' && phase !== 'needs-file') changes.added += 1
  if (phase === 'sending') changes.started.push(upload)
  else if (phase === 'needs-file' && !upload.error) changes.unfinished.push(upload)
  else if (phase === 'needs-file' || phase === 'failed') changes.failed.push(upload)
  else if (phase === 'done' || phase === 'rejected' || phase === 'unconfirmed') changes[phase].push(upload)
}

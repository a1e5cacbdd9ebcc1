import { isPausable, type Upload } from '@oss-direct/uploader'

/** A list of uploads in figures. Rejected files were never uploads and are not counted. */
export interface Summary {
  total: number
  /** Queued, signing, sending, paused or confirming. */
  active: number
  /** Of the active ones: those that can be paused, and those that are. */
  pausable: number
  paused: number
  done: number
  unconfirmed: number
  failed: number
  cancelled: number
  /** Left by an earlier life of the page, and without their files. */
  unfinished: number
  /** Of the unfinished ones: those whose files the browser gives back when it is asked. */
  askable: number
  /** Bytes of all files that were not cancelled and did not fail. Of just added ones it is not known yet: they count as the others. */
  totalBytes: number
  sentBytes: number
}

export function summarize(uploads: readonly Upload[]): Summary {
  const summary: Summary = {
    total: 0,
    active: 0,
    pausable: 0,
    paused: 0,
    done: 0,
    unconfirmed: 0,
    failed: 0,
    cancelled: 0,
    unfinished: 0,
    askable: 0,
    totalBytes: 0,
    sentBytes: 0,
  }
  let known = 0
  let unread = 0
  for (const upload of uploads) {
    if (upload.phase === 'rejected') continue
    summary.total += 1
    const sentBytes = sentBytesOf(upload)
    // The sizes of thousands, read for this alone, would hold the page up for seconds.
    if (sentBytes !== undefined && upload.unread) unread += 1
    else if (sentBytes !== undefined) {
      known += 1
      summary.totalBytes += upload.file.size
      summary.sentBytes += sentBytes
    }
    if (isPausable(upload.phase)) summary.pausable += 1
    if (upload.phase === 'paused') summary.paused += 1
    if (upload.phase === 'needs-file' && upload.access === 'ask') summary.askable += 1
    if (isActive(upload)) summary.active += 1
    else if (upload.phase === 'done') summary.done += 1
    else if (upload.phase === 'unconfirmed') summary.unconfirmed += 1
    else if (upload.phase === 'failed') summary.failed += 1
    else if (upload.phase === 'needs-file') summary.unfinished += 1
    else summary.cancelled += 1
  }
  summary.totalBytes += unread * (known === 0 ? 1 : summary.totalBytes / known)
  return summary
}

export function isActive({ phase }: Upload): boolean {
  return isPausable(phase) || phase === 'paused' || phase === 'confirming'
}

function sentBytesOf(upload: Upload): number | undefined {
  switch (upload.phase) {
    case 'queued':
    case 'signing':
      return 0
    case 'sending':
    case 'paused':
      return upload.sentBytes
    case 'confirming':
    case 'done':
    case 'unconfirmed':
      return upload.file.size
    default:
      return undefined
  }
}

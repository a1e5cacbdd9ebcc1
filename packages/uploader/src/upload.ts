import type { Json, UploadError } from '@oss-direct/shared'

/** What is known of a file without its bytes. */
export interface FileFacts {
  readonly name: string
  readonly size: number
  readonly type: string
  /** Milliseconds since 1970. */
  readonly lastModified: number
}

interface Base {
  /** Generated: two files of the same name, size and date are two uploads. */
  id: string
  route: string
  /** As the browser gave it; never written to. After a reload only the facts, until the file is there again. */
  file: File | FileFacts
  /** Milliseconds since 1970. */
  addedAt: number
  /** It was added a moment ago. To ask for its size or date halts the page until they are read from the disk. */
  unread?: true
}

/**
 * A file on its way, by where it stands. `confirming`: every byte is sent, and neither OSS nor the application has answered;
 * it is not known to be stored. `unconfirmed`: it is in OSS, the application has not answered.
 */
export type Upload<Result = Json> =
  | (Base & { phase: 'rejected'; error: UploadError })
  | (Base & { phase: 'queued'; error?: UploadError; retryAt?: number })
  | (Base & { phase: 'signing' })
  /** `pauseRestarts`: OSS keeps nothing of what was sent so far, so a pause means that it starts again. */
  | (Base & { phase: 'sending'; recordId: string; sentBytes: number; pauseRestarts: boolean })
  /** `sentBytes`: what OSS has of it, and what it will go on from. */
  | (Base & { phase: 'paused'; sentBytes: number })
  /**
   * Left unfinished by an earlier life of the page. `ask`: resuming it asks the browser for the file. `choose`: only a person
   * can give it again. `error`: why what was given is not it.
   */
  | (Base & { phase: 'needs-file'; access: 'ask' | 'choose'; sentBytes: number; error?: UploadError })
  | (Base & { phase: 'confirming'; recordId: string })
  | (Base & { phase: 'done'; recordId: string; result: Result })
  | (Base & { phase: 'unconfirmed'; recordId: string; error: UploadError; nextTryAt?: number })
  | (Base & { phase: 'failed'; error: UploadError; recordId?: string })
  | (Base & { phase: 'cancelled' })

export type UploadPhase = Upload['phase']

export type UploadEvent =
  /** By the rules of its route: its size and date have been read. */
  | { type: 'judged' }
  | { type: 'rejected'; error: UploadError }
  /** `error` and `retryAt`: a try that failed, and when the next one begins. */
  | { type: 'queued'; error?: UploadError; retryAt?: number }
  | { type: 'signing' }
  /** `sentBytes`: what OSS has of it by an earlier try. */
  | { type: 'sending'; recordId: string; sentBytes: number; pauseRestarts: boolean }
  | { type: 'progressed'; sentBytes: number }
  | { type: 'paused'; sentBytes: number }
  | { type: 'fileMissing'; access: 'ask' | 'choose'; sentBytes: number; error?: UploadError }
  | { type: 'fileGiven'; file: File }
  | { type: 'bytesSent' }
  | { type: 'confirming' }
  | { type: 'settled'; result: Json }
  | { type: 'unconfirmed'; error: UploadError; nextTryAt?: number }
  | { type: 'failed'; error: UploadError }
  | { type: 'cancelled' }

/** Where each event leads, and from where: in any other phase it changes nothing. */
const STEPS: {
  readonly [Type in Exclude<UploadEvent['type'], 'judged'>]: { to: UploadPhase; from: readonly UploadPhase[] }
} = {
  rejected: { to: 'rejected', from: ['queued', 'paused'] },
  queued: {
    to: 'queued',
    from: ['queued', 'signing', 'sending', 'paused', 'confirming', 'unconfirmed', 'failed', 'cancelled'],
  },
  signing: { to: 'signing', from: ['queued'] },
  sending: { to: 'sending', from: ['signing'] },
  progressed: { to: 'sending', from: ['sending'] },
  paused: { to: 'paused', from: ['queued', 'signing', 'sending'] },
  fileMissing: { to: 'needs-file', from: ['queued', 'paused', 'needs-file'] },
  fileGiven: { to: 'queued', from: ['needs-file'] },
  bytesSent: { to: 'confirming', from: ['sending'] },
  confirming: { to: 'confirming', from: ['sending', 'unconfirmed'] },
  settled: { to: 'done', from: ['sending', 'confirming', 'unconfirmed', 'failed'] },
  unconfirmed: { to: 'unconfirmed', from: ['confirming', 'unconfirmed'] },
  failed: {
    to: 'failed',
    from: ['queued', 'signing', 'sending', 'paused', 'needs-file', 'confirming', 'unconfirmed'],
  },
  cancelled: { to: 'cancelled', from: ['queued', 'signing', 'sending', 'paused', 'needs-file', 'confirming'] },
}

/** They go on under the record that they had. */
const KEEP_RECORD: readonly UploadPhase[] = ['confirming', 'done', 'unconfirmed', 'failed']

/**
 * Where an upload stands after an event. An event that does not fit gives the *same* object, so that progress which comes
 * late, after a cancel, changes nothing and draws nothing.
 */
export function reduceUpload(upload: Upload, event: UploadEvent): Upload {
  if (event.type === 'judged') {
    const { unread, ...read } = upload
    return unread ? read : upload
  }
  const { to, from } = STEPS[event.type]
  if (!from.includes(upload.phase)) return upload
  if (event.type === 'progressed' && upload.phase === 'sending') {
    // Progress is of the whole form, which is longer than its file.
    const sentBytes = Math.min(event.sentBytes, upload.file.size)
    return sentBytes === upload.sentBytes ? upload : { ...upload, sentBytes }
  }
  const { type: _, ...facts } = event
  const { id, route, file, addedAt, unread } = upload
  const recordId = 'recordId' in upload ? upload.recordId : undefined
  // What was never granted cannot be done.
  if (to === 'done' && recordId === undefined) return upload
  const kept = recordId !== undefined && KEEP_RECORD.includes(to) && { recordId }
  // The facts of an event are those of the phase that it leads to.
  return { id, route, file, addedAt, ...(unread && { unread }), ...kept, ...facts, phase: to } as Upload
}

/** Nothing more happens to it by itself. `unconfirmed` is not among them: it goes on asking. */
export function isFinal(phase: UploadPhase): boolean {
  return phase === 'rejected' || phase === 'done' || phase === 'failed' || phase === 'cancelled'
}

/** It waits or moves bytes. After the last byte there is nothing left to pause. */
export function isPausable(phase: UploadPhase): boolean {
  return phase === 'queued' || phase === 'signing' || phase === 'sending'
}

/** A page that is left now would break something off. */
export function isUnderWay(phase: UploadPhase): boolean {
  return isPausable(phase) || phase === 'confirming'
}

/** Tells files of one list apart as people do. */
export function nameOf({ name, size, lastModified }: FileFacts): string {
  return [size, lastModified, name].join()
}

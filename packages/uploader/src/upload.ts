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

/**
 * Where an upload stands after an event. An event that does not fit gives the *same* object, so that progress which comes
 * late, after a cancel, changes nothing and draws nothing.
 */
export function reduceUpload(upload: Upload, event: UploadEvent): Upload {
  const { id, route, file, addedAt, phase } = upload
  const base = { id, route, file, addedAt }
  const record = 'recordId' in upload && upload.recordId !== undefined ? { recordId: upload.recordId } : undefined
  switch (event.type) {
    case 'rejected':
      return phase === 'queued' || phase === 'paused' ? { ...base, phase: 'rejected', error: event.error } : upload
    case 'queued': {
      if (phase === 'done' || phase === 'rejected' || phase === 'queued' || phase === 'needs-file') return upload
      const { error, retryAt } = event
      return { ...base, phase: 'queued', ...(error && { error }), ...(retryAt !== undefined && { retryAt }) }
    }
    case 'signing':
      return phase === 'queued' ? { ...base, phase: 'signing' } : upload
    case 'sending': {
      if (phase !== 'signing') return upload
      const { recordId, sentBytes, pauseRestarts } = event
      return { ...base, phase: 'sending', recordId, sentBytes, pauseRestarts }
    }
    case 'paused':
      return isPausable(phase) ? { ...base, phase: 'paused', sentBytes: event.sentBytes } : upload
    case 'fileMissing': {
      if (phase !== 'queued' && phase !== 'paused' && phase !== 'needs-file') return upload
      const { access, sentBytes, error } = event
      return { ...base, phase: 'needs-file', access, sentBytes, ...(error && { error }) }
    }
    case 'fileGiven':
      return phase === 'needs-file' ? { ...base, file: event.file, phase: 'queued' } : upload
    case 'progressed': {
      if (phase !== 'sending') return upload
      // Progress is of the whole form, which is longer than its file.
      const sentBytes = Math.min(event.sentBytes, file.size)
      return sentBytes === upload.sentBytes ? upload : { ...upload, sentBytes }
    }
    case 'bytesSent':
      return phase === 'sending' ? { ...base, phase: 'confirming', recordId: upload.recordId } : upload
    case 'confirming':
      return record && (phase === 'sending' || phase === 'unconfirmed')
        ? { ...base, ...record, phase: 'confirming' }
        : upload
    case 'settled':
      return record && phase !== 'done' && phase !== 'cancelled'
        ? { ...base, ...record, phase: 'done', result: event.result }
        : upload
    case 'unconfirmed': {
      if (!record || (phase !== 'confirming' && phase !== 'unconfirmed')) return upload
      const { error, nextTryAt } = event
      return { ...base, ...record, phase: 'unconfirmed', error, ...(nextTryAt !== undefined && { nextTryAt }) }
    }
    case 'failed':
      return isFinal(phase) ? upload : { ...base, ...record, phase: 'failed', error: event.error }
    case 'cancelled':
      return isFinal(phase) || phase === 'unconfirmed' ? upload : { ...base, phase: 'cancelled' }
  }
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

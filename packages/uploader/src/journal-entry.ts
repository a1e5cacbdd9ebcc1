import type { Json, UploadErrorCode } from '@oss-direct/shared'
import type { SentAs } from './choose-transport.ts'
import type { Granted } from './grant-desk.ts'
import type { Job } from './job.ts'
import type { FileHandle } from './journal.ts'
import type { FileFacts, Upload, UploadPhase } from './upload.ts'

/** What is kept of an unfinished upload, so that a later life of the page can go on with it. It can be cloned. */
export interface JournalEntry {
  id: string
  route: string
  /** Milliseconds since 1970. */
  addedAt: number
  input?: Json | undefined
  file: FileFacts
  /** The browser's own way back to the file, where it gave one. */
  handle?: FileHandle | undefined
  /** Of the file's content; kept only where OSS may have parts of it. */
  fingerprint?: string | undefined
  /**
   * `unsent`: nothing of it has left, as far as was written. `sending`: some has. `sent`: all of it has, and there is no answer
   * yet. What has a grant may have arrived in any of them; of a form, which is asked for then, later ones are not written.
   */
  stage: 'unsent' | 'sending' | 'sent' | 'paused' | 'failed'
  sentAs?: SentAs | undefined
  granted?: Granted | undefined
  /** Of the file, once it is known. */
  crc64?: string | undefined
  /** What OSS has of it. */
  storedBytes: number
  /** Of a failed one. */
  error?: { code: UploadErrorCode; message: string; hint: string | undefined } | undefined
}

const STAGES: Readonly<Partial<Record<UploadPhase, JournalEntry['stage']>>> = {
  queued: 'unsent',
  signing: 'unsent',
  'needs-file': 'unsent',
  sending: 'sending',
  paused: 'paused',
  confirming: 'sent',
  unconfirmed: 'sent',
  failed: 'failed',
}

/** What to keep of it, as it stands; nothing of one that is over. */
export function entryOf(
  upload: Upload,
  job: Job,
  { granted, crc64 }: { granted?: Granted | undefined; crc64?: string | undefined },
): JournalEntry | undefined {
  const { id, route, addedAt, phase } = upload
  const stage = STAGES[phase]
  if (stage === undefined) return undefined
  const { name, size, type, lastModified } = upload.file
  const { input, sentAs, handle, fingerprint, storedBytes } = job
  return {
    id,
    route,
    addedAt,
    file: { name, size, type, lastModified },
    stage,
    storedBytes,
    input,
    handle,
    fingerprint,
    sentAs,
    crc64,
    granted: granted && withoutSignature(granted),
    error: upload.phase === 'failed' ? plain(upload.error) : undefined,
  }
}

/** A signed form is not kept on anybody's disk. Without it the grant is as good as ended, and its record is still known by it. */
function withoutSignature(granted: Granted): Granted {
  const { grant } = granted
  return grant.transport === 'post' ? { ...granted, grant: { ...grant, url: '', fields: {} }, endsAt: 0 } : granted
}

function plain({ code, message, hint }: { code: UploadErrorCode; message: string; hint: string | undefined }) {
  return { code, message, hint }
}

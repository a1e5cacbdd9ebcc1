import { UploadError } from '@oss-direct/shared'
import { browserJournal } from './browser-journal.ts'
import { comeBack } from './coming-back.ts'
import { type Job, newJob } from './job.ts'
import { type FileHandle, handleOf, type Journal } from './journal.ts'
import { entryOf, type JournalEntry } from './journal-entry.ts'
import { differenceOf, fingerprintOf } from './same-file.ts'
import type { UploadList } from './upload-list.ts'

// A module of its own, loaded beside the page's first uploads, which need not wait for it.

export interface KeepingParty {
  /** By the name of its database, or as it is. */
  journal: string | Journal
  list: UploadList
  jobs: Map<string, Job>
  /** They wait to be sent; those without a file come to `needs-file`. */
  onQueued(ids: readonly string[]): void
  /** Whether it is in the bucket is not known. */
  onAsking(id: string, reason: UploadError): void
}

/** Keeps unfinished uploads in the journal, and brings back those that an earlier life of the page left there. */
export interface Keeping {
  /** Our server has a record of it: kept at once, so that a later page asks for it before it sends it. */
  noteGrant(id: string): void
  /** A person gives the file of one that came back without it. Another file is refused, and says why in the list. */
  give(id: string, file: File): Promise<void>
  /** Has the browser ask the person whether this page may read the file again. Only after a click or a key. */
  ask(id: string): Promise<void>
  /** The next page goes on with what stands in the journal now. */
  stop(): void
}

/** In one transaction: enough for a drop of thousands, and short for the page, which copies each entry itself. */
const MOST_AT_ONCE = 50
/**
 * With more entries than `MOST_AT_ONCE` changes gather for this long, but for grants: a transaction costs the page more than all else
 * that it does for a small file. Of few, each step is kept at once.
 */
const GATHER_MS = 200

/** Nothing where this browser keeps no journal. */
export function startKeeping({ list, jobs, onQueued, onAsking, ...party }: KeepingParty): Keeping | undefined {
  const journal = typeof party.journal === 'string' ? browserJournal(party.journal) : party.journal
  if (journal === undefined) return undefined
  const written = new Map<string, string>()
  const dirty = new Set<string>()
  let isWriting = false
  let isUrgent = false
  let stopGathering = () => {}
  let isOpen = true

  // --- into the journal ---

  const note = (id: string): void => {
    if (isOpen) dirty.add(id)
    if (isWriting || !isOpen) return
    isWriting = true
    // A browser that refuses (no room, a private window) leaves the page as it was without a journal.
    void writeAll().finally(() => {
      isWriting = false
    })
  }

  const noteGrant = (id: string): void => {
    isUrgent = true
    note(id)
    stopGathering()
  }

  const gather = (): Promise<void> =>
    new Promise((resolve) => {
      stopGathering = resolve
      setTimeout(resolve, GATHER_MS)
    })

  /** As long as one transaction runs the next changes gather, so that many small files cost few of them. */
  const writeAll = async (): Promise<void> => {
    await Promise.resolve() // a drop of many files is one change
    while (dirty.size > 0) {
      if (dirty.size <= MOST_AT_ONCE) isUrgent = false
      const ids = [...dirty].slice(0, MOST_AT_ONCE)
      const put: JournalEntry[] = []
      const remove: string[] = []
      for (const id of ids) {
        dirty.delete(id)
        const entry = await entryNow(id)
        if (entry === undefined) {
          if (written.delete(id)) remove.push(id)
          continue
        }
        const mark = markOf(entry)
        if (written.get(id) === mark) continue
        written.set(id, mark)
        put.push(entry)
      }
      if (put.length + remove.length > 0) await journal.write({ put, remove }).catch(() => {})
      if (written.size > MOST_AT_ONCE && dirty.size < MOST_AT_ONCE && !isUrgent) await gather()
    }
  }

  const entryNow = async (id: string): Promise<JournalEntry | undefined> => {
    const upload = list.find(id)
    const job = jobs.get(id)
    if (!upload || !job) return undefined
    const [granted, crc64] = await Promise.all([known(job.granted), known(job.crc64)])
    if (granted?.grant.transport === 'multipart' && upload.phase === 'sending' && upload.file instanceof File) {
      job.fingerprint ??= await fingerprintOf(upload.file).catch(() => undefined)
    }
    return entryOf(upload, job, { granted, crc64 })
  }

  // --- out of it ---

  const bringBack = async (): Promise<void> => {
    const now = Date.now()
    const entries = await journal.adopt().catch(() => [])
    const forgotten = entries.filter((entry) => !comeBack(entry, now))
    if (forgotten.length > 0) {
      await journal.write({ put: [], remove: forgotten.map(({ id }) => id) }).catch(() => {})
    }
    entries.sort((a, b) => a.addedAt - b.addedAt || a.file.name.localeCompare(b.file.name))
    const returned = await Promise.all(entries.map(async (entry) => ({ entry, given: await fileOf(entry) })))
    if (!isOpen) return
    const queued: string[] = []
    for (const { entry, given } of returned) {
      const { id, route, addedAt } = entry
      const back = comeBack(entry, now)
      if (!back || jobs.has(id)) continue
      const file = given instanceof File ? given : undefined
      jobs.set(id, jobOf(entry))
      written.set(id, markOf(entry))
      list.add([{ id, route, addedAt, file: file ?? entry.file, ...back }])
      if (back.phase === 'confirming') onAsking(id, leftBehind())
      else if (given instanceof UploadError) missing(id, 'choose', given)
      else if (back.phase === 'queued') queued.push(id)
      else if (back.phase === 'paused' && !file) missing(id, entry.handle ? 'ask' : 'choose')
    }
    onQueued(queued)
  }

  const missing = (id: string, access: 'ask' | 'choose', error?: UploadError): void => {
    const sentBytes = jobs.get(id)?.storedBytes ?? 0
    list.dispatch(id, { type: 'fileMissing', access, sentBytes, ...(error && { error }) })
  }

  const give = async (id: string, file: File): Promise<void> => {
    const upload = list.find(id)
    const job = jobs.get(id)
    if (upload?.phase !== 'needs-file' || !job) return
    const error = await differenceOf(file, { file: upload.file, fingerprint: job.fingerprint })
    if (list.find(id)?.phase !== 'needs-file') return
    if (error) return missing(id, upload.access, error)
    job.handle = handleOf(file) ?? job.handle
    list.dispatch(id, { type: 'fileGiven', file })
    onQueued([id])
  }

  list.watch(note)
  for (const { id } of list.getSnapshot()) note(id)
  void bringBack()

  return {
    noteGrant,
    give,
    async ask(id) {
      const handle = jobs.get(id)?.handle
      if (list.find(id)?.phase !== 'needs-file' || !handle) return
      const file = await readFile(handle, 'ask')
      if (file) await give(id, file)
      else missing(id, 'choose')
    },
    stop() {
      isOpen = false
      dirty.clear()
      stopGathering()
      journal.close()
    },
  }
}

/** The file, where the browser gives it without asking; UploadError where it is another one by now. */
async function fileOf(entry: JournalEntry): Promise<File | UploadError | undefined> {
  const file = entry.handle && (await readFile(entry.handle, 'quietly'))
  return file && ((await differenceOf(file, entry)) ?? file)
}

async function readFile(handle: FileHandle, way: 'ask' | 'quietly'): Promise<File | undefined> {
  try {
    const may = way === 'ask' ? handle.requestPermission : handle.queryPermission
    const permission = may ? await may.call(handle, { mode: 'read' }) : 'granted'
    return permission === 'granted' ? await handle.getFile() : undefined
  } catch {
    return undefined // moved, deleted, or asked without a click
  }
}

/** What is still on its way is no news yet. */
function known<T>(promise: Promise<T> | undefined): Promise<T | undefined> {
  return Promise.race([promise, undefined]).catch(() => undefined)
}

function jobOf({ input, sentAs, granted, storedBytes, crc64, fingerprint, handle }: JournalEntry): Job {
  return newJob(input, {
    sentAs,
    storedBytes,
    fingerprint,
    handle,
    granted: granted && Promise.resolve(granted),
    crc64: crc64 === undefined ? undefined : Promise.resolve(crc64),
  })
}

/** Tells entries apart that are worth another write. However far a form has come, it comes back in the same way. */
function markOf({ stage, sentAs, granted, storedBytes, crc64, fingerprint, handle }: JournalEntry): string {
  const isOnItsWay = sentAs === 'post' && (stage === 'sending' || stage === 'sent')
  return [isOnItsWay ? 'unsent' : stage, granted?.grant.id, storedBytes, crc64, fingerprint, !handle].join()
}

function leftBehind(): UploadError {
  return new UploadError('stored-but-unconfirmed', 'The page was left before there was an answer', {
    hint: 'It is asked for now; nothing is sent again unless it is missing.',
  })
}

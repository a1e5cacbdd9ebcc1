import { type Json, UploadError } from '@oss-direct/shared'
import { createAdmission } from './admission.ts'
import { asUploadError, forgetRecord } from './api.ts'
import { forgetGrant, type Job, newJob, renewJob } from './job.ts'
import { handleOf, type Journal } from './journal.ts'
import type { Keeping } from './keeping.ts'
import { loadModule } from './load-module.ts'
import { once } from './once.ts'
import { watchPage } from './page.ts'
import { randomId } from './random-id.ts'
import { createRulesBook } from './route-rules.ts'
import type { Sending, SendingSettings } from './sending.ts'
import { createTries } from './tries.ts'
import { isFinal, isPausable, nameOf, type Upload, type UploadPhase } from './upload.ts'
import { createUploadList } from './upload-list.ts'
import type { Uploader } from './uploader.ts'
import { createWaitingLine, type Place } from './waiting-line.ts'

/** Grants are asked for this far ahead: many small files in one call, but none for a file that will wait for long. */
const AHEAD_FILES = 50
const AHEAD_BYTES = 256 * 1024 * 1024

export interface EngineSettings extends SendingSettings {
  /** By the name of its database, or as it is; false where a reload forgets everything. */
  journal: string | Journal | false
  /** Whether the browser asks before it leaves the page, while something is under way. */
  leaving: 'ask' | 'silent'
}

/** The queue of every upload, and what people do with it; the verbs are described where they are offered, in `Uploader`. */
export function createEngine(settings: EngineSettings): Uploader {
  const { api, concurrency, journal } = settings
  const list = createUploadList()
  const jobs = new Map<string, Job>()
  const book = createRulesBook(api)
  const page = watchPage({ leaving: settings.leaving, onOnline: wakeUp, onVisible: askAll })
  const line = createWaitingLine(jobs, list)
  const tries = createTries({ list, jobs, page, onWait: (id) => queue(id, 'front') })
  let sending: Sending | undefined
  let keeping: Keeping | undefined
  let isOpen = true
  const life = randomId()
  let added = 0
  // At once, though nothing is to be sent yet: in an hour a newer deployment may have taken the module away.
  const loadSending = once(startSending)
  loadSending().catch(() => {}) // it is loaded again for the first file
  void startKeeping()
  list.subscribe(() => page.setWorking(list.isWorking()))
  let busy = 0
  const admit = createAdmission({ book, list, jobs, line, onJoined: pump })

  // --- coming in ---

  function add(route: string, files: Iterable<File>, { input }: { input?: Json | undefined } = {}): readonly string[] {
    const addedAt = Date.now()
    const waiting = ofRoute(route).filter(({ phase }) => phase === 'needs-file')
    const lost = new Map(waiting.map(({ id, file }) => [nameOf(file), id]))
    const lostNames = new Set(waiting.map(({ file }) => file.name))
    const uploads: Upload[] = []
    const ids = Array.from(files, (file) => {
      // The size of one by another name is not asked for: it would be read from the disk.
      const name = lostNames.has(file.name) ? nameOf(file) : ''
      const known = lost.get(name)
      if (known !== undefined) {
        // It is not new: somebody brings the file of one that an earlier life of the page left unfinished.
        lost.delete(name)
        reattach(known, file)
        return known
      }
      const upload: Upload = { id: `${life}-${added++}`, route, file, addedAt, phase: 'queued', unread: true }
      jobs.set(upload.id, newJob(input, { handle: handleOf(file) }))
      uploads.push(upload)
      return upload.id
    })
    list.add(uploads)
    const arrivals = uploads.map((upload, index) => ({ upload, index, job: jobs.get(upload.id) }))
    const admitAll = () => admit(arrivals)
    if (book.find(route)) admitAll()
    else book.load().then(admitAll, admitAll) // without rules the server judges
    return ids
  }

  // --- the queue ---

  function queue(id: string, where: 'front' | 'back'): void {
    const upload = list.find(id)
    const job = jobs.get(id)
    if (!upload || !job) return
    if (upload.file instanceof File) line.join(id, where)
    else {
      const access = job.handle ? 'ask' : 'choose'
      list.dispatch(id, { type: 'fileMissing', access, sentBytes: job.storedBytes })
    }
    pump()
  }

  function pump(): void {
    if (!page.isOnline()) return
    if (sending === undefined) return void loadSending().then(pump, (error) => holdLine(asUploadError(error)))
    while (busy < concurrency) {
      const place = line.take()
      if (place === undefined) return
      busy += 1
      askAhead(place, sending)
      void sending.send(place.id).finally(() => {
        busy -= 1
        pump()
      })
    }
  }

  async function startSending(): Promise<Sending> {
    const createSending = await loadModule(async () => (await import('./sending.ts')).createSending)
    sending = createSending(settings, { list, jobs, book, page, tries, onGranted: (id) => keeping?.noteGrant(id) })
    return sending
  }

  /** What sends files could not be loaded: for all that wait in line it is a try that failed. */
  function holdLine(error: UploadError): void {
    page.trust(false)
    if (!page.isOnline()) return // they stay where they are until it is back
    for (const { id, job } of line.takeAll()) {
      job.tries += 1
      if (!tries.retry(id, error)) list.dispatch(id, { type: 'failed', error })
    }
  }

  /** Before one that is about to be sent lacks its grant, it asks for one, and those behind it in the same call. */
  function askAhead(first: Place, { askForGrant }: Sending): void {
    const near = [first, ...line.next(concurrency)]
    if (near.every(({ job }) => job.granted)) return
    let bytes = 0
    for (const place of [first, ...line.next(AHEAD_FILES - 1)]) {
      const upload = list.find(place.id)
      if (!upload || place.job.granted) continue
      bytes += upload.file.size
      if (place !== first && bytes > AHEAD_BYTES) return
      askForGrant(place.job, upload)
    }
  }

  // --- the page ---

  async function startKeeping(): Promise<void> {
    if (!journal) return
    // A module that does not load leaves the page as it is without a journal.
    const loaded = await import('./keeping.ts').catch(() => undefined)
    if (isOpen) {
      keeping = loaded?.startKeeping({
        journal,
        list,
        jobs,
        onQueued(ids) {
          const queueAll = () => {
            for (const id of ids) queue(id, 'back')
          }
          if (ids.length > 0) book.load().then(queueAll, queueAll)
        },
        onAsking: (id, reason) => void ask(id, reason),
      })
    }
  }

  function wakeUp(): void {
    pump()
    askAll()
  }

  function askAll(): void {
    loadSending().then(
      (loaded) => loaded.askAll(),
      () => {},
    )
  }

  /** Whether it arrived, and what the application says. */
  async function ask(id: string, reason: UploadError): Promise<void> {
    const loaded = sending ?? (await loadSending().catch(() => undefined))
    if (loaded) await loaded.confirm(id, reason)
    else list.dispatch(id, { type: 'unconfirmed', error: reason })
  }

  function tryNow(): void {
    page.trust(true)
    for (const upload of list.getSnapshot()) {
      if (upload.phase !== 'queued' || upload.retryAt === undefined) continue
      clearTimeout(jobs.get(upload.id)?.timer)
      queue(upload.id, 'front')
    }
    wakeUp()
  }

  // --- what people do ---

  function cancel(id: string): void {
    const before = list.find(id)
    // What is in OSS and waits for the application's word is beyond cancelling: it would be deleted behind its back.
    if (!before || isFinal(before.phase) || before.phase === 'unconfirmed') return
    stop(id)
    // The object may have arrived while this was decided, so the record goes, and the object or its parts with it.
    forget(id)
    list.dispatch(id, { type: 'cancelled' })
  }

  function pause(id: string): void {
    const job = jobs.get(id)
    const upload = list.find(id)
    if (!job || !upload || !isPausable(upload.phase)) return
    stop(id)
    // With its job it gives its place in line away, and its tries are counted anew.
    const next = renewJob(job)
    jobs.set(id, next)
    list.dispatch(id, { type: 'paused', sentBytes: next.storedBytes })
  }

  function reattach(id: string, file: File): void {
    void keeping?.give(id, file)
  }

  function resume(id: string): void {
    const phase = list.find(id)?.phase
    if (phase === 'needs-file') void keeping?.ask(id)
    if (phase !== 'paused') return
    list.dispatch(id, { type: 'queued' })
    queue(id, 'back')
  }

  function stop(id: string): void {
    const job = jobs.get(id)
    job?.abort.abort()
    clearTimeout(job?.timer)
  }

  function forget(id: string): void {
    const job = jobs.get(id)
    if (job) forgetGrant(job, api)
  }

  function retry(id: string): void {
    const upload = list.find(id)
    const job = jobs.get(id)
    if (!job || (upload?.phase !== 'failed' && upload?.phase !== 'cancelled')) return
    if (!job.granted && upload.phase === 'failed' && upload.recordId !== undefined) forgetRecord(api, upload.recordId)
    jobs.set(id, renewJob(job))
    list.dispatch(id, { type: 'queued' })
    queue(id, 'back')
  }

  async function confirm(id: string): Promise<void> {
    const upload = list.find(id)
    if (upload?.phase !== 'unconfirmed') return
    clearTimeout(jobs.get(id)?.timer)
    await ask(id, upload.error)
  }

  /** A few at a time: after a long outage there may be thousands, and one server that has just come back. */
  async function confirmThem(ids: string[]): Promise<void> {
    for (let id = ids.shift(); id !== undefined; id = ids.shift()) await confirm(id)
  }

  function remove(id: string): void {
    cancel(id)
    stop(id)
    drop([id])
  }

  /** What is in OSS stays there, but not the parts of what failed. */
  function drop(ids: readonly string[]): void {
    for (const id of ids) if (list.find(id)?.phase === 'failed') forget(id)
    list.remove(ids)
    for (const id of ids) jobs.delete(id)
  }

  function ofRoute(route: string | undefined): readonly Upload[] {
    return list.getSnapshot().filter((upload) => route === undefined || upload.route === route)
  }

  function forEach(verb: (id: string) => void, only?: UploadPhase): (route?: string) => void {
    return (route) => {
      for (const { id, phase } of ofRoute(route)) if (only === undefined || phase === only) verb(id)
    }
  }

  return {
    add,
    pause,
    resume,
    reattach,
    cancel,
    retry,
    confirm: (id) => void confirm(id),
    remove,
    pauseAll: forEach(pause),
    resumeAll: forEach(resume),
    cancelAll: forEach(cancel),
    retryAll: forEach(retry, 'failed'),
    confirmAll(route) {
      const ids = ofRoute(route).flatMap(({ id, phase }) => (phase === 'unconfirmed' ? [id] : []))
      for (let asking = 0; asking < concurrency; asking += 1) void confirmThem(ids)
    },
    clear(route) {
      const ended = ofRoute(route).filter(({ phase }) => isFinal(phase))
      drop(ended.map(({ id }) => id))
    },
    tryNow,
    async rules(route) {
      const routes = await book.load()
      const rules = book.find(route)
      if (rules) return rules
      const hint = `It has: ${Object.keys(routes).join(', ')}`
      throw new UploadError('route-unknown', `The server has no route "${route}"`, { hint })
    },
    subscribe: list.subscribe,
    getSnapshot: list.getSnapshot,
    dispose() {
      isOpen = false
      // What happens to its uploads from now on is no news for the journal.
      keeping?.stop()
      page.stop()
      for (const { id, phase } of list.getSnapshot()) {
        stop(id)
        if (!journal && (phase === 'queued' || phase === 'paused')) forget(id)
      }
      settings.checksum?.dispose()
      list.remove([...jobs.keys()])
      jobs.clear()
    },
  }
}

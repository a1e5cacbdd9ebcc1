import { type Json, UploadError } from '@oss-direct/shared'
import { type Api, asUploadError } from './api.ts'
import { createConfirming } from './confirming.ts'
import { createGrantDesk, type Granted } from './grant-desk.ts'
import { type Job, newJob } from './job.ts'
import { watchPage } from './page.ts'
import { retryAfterOf } from './retry-after.ts'
import { MAX_TRIES, retryDelayMs } from './retry-delay.ts'
import { createRulesBook, refusalOf } from './route-rules.ts'
import { sendForm } from './send-form.ts'
import type { Transport } from './transport.ts'
import { isFinal, type Upload, type UploadEvent } from './upload.ts'
import { createUploadList } from './upload-list.ts'
import type { Uploader } from './uploader.ts'
import { judgeAttempt, type Verdict } from './verdict.ts'
import { createWaitingLine, type Place } from './waiting-line.ts'

export interface EngineOptions {
  api: Api
  transport: Transport
  concurrency: number
  stallMs: number
}

/** Grants are asked for this far ahead: many small files in one call, but none for a file that will wait for long. */
const AHEAD_FILES = 50
const AHEAD_BYTES = 256 * 1024 * 1024
/** A grant that ends sooner is not begun with. */
const GRANT_MARGIN_MS = 30_000

/** Queue, grants, tries and confirmation of every upload; the verbs are described where they are offered, in `Uploader`. */
export function createEngine({ api, transport, concurrency, stallMs }: EngineOptions): Uploader {
  const list = createUploadList()
  const jobs = new Map<string, Job>()
  const book = createRulesBook(api)
  const desk = createGrantDesk(api, (route) => book.find(route)?.maxFiles)
  const page = watchPage({ onOnline: wakeUp, onVisible: () => void confirming.askAll() })
  const confirming = createConfirming({ api, list, jobs, page, onEnd: end, onSendAgain: retryOrFail })
  const line = createWaitingLine(jobs, list)
  let sending = 0

  // --- coming in ---

  function add(route: string, files: Iterable<File>, { input }: { input?: Json | undefined } = {}): readonly string[] {
    const addedAt = Date.now()
    const uploads = Array.from(files, (file): Upload => ({ id: randomId(), route, file, addedAt, phase: 'queued' }))
    list.add(uploads)
    for (const { id } of uploads) jobs.set(id, newJob(input))
    const admitAll = () => admit(uploads)
    if (book.find(route)) admitAll()
    else book.load().then(admitAll, admitAll) // without rules the server judges
    return uploads.map(({ id }) => id)
  }

  function admit(uploads: readonly Upload[]): void {
    const rules = book.find(uploads[0]?.route ?? '')
    const admitted = uploads.filter(({ id, file }, index) => {
      const error = rules && refusalOf(file, index, rules)
      if (error) list.dispatch(id, { type: 'rejected', error })
      return !error && list.find(id)?.phase === 'queued'
    })
    for (const { id } of admitted) line.join(id, 'back')
    pump()
  }

  // --- the queue ---

  function pump(): void {
    while (sending < concurrency && page.isOnline()) {
      const place = line.take()
      if (place === undefined) return
      sending += 1
      askAhead(place)
      void send(place.id).finally(() => {
        sending -= 1
        pump()
      })
    }
  }

  /** Before one that is about to be sent lacks its grant, it asks for one, and those behind it in the same call. */
  function askAhead(first: Place): void {
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

  function askForGrant(job: Job, { route, file }: Upload): Promise<Granted> {
    const granted = desk.ask({ route, input: job.input, file })
    job.granted = granted
    // A grant that was asked ahead may be refused before anybody waits for it.
    granted.catch(() => {})
    return granted
  }

  // --- one upload ---

  async function send(id: string): Promise<void> {
    const upload = list.dispatch(id, { type: 'signing' })
    const job = jobs.get(id)
    if (upload?.phase !== 'signing' || !job) return
    const { signal } = job.abort
    try {
      const { grant } = await validGrant(job, upload)
      if (signal.aborted) return forget(grant.id)
      job.tries += 1
      list.dispatch(id, { type: 'sending', recordId: grant.id })
      const attempt = await sendForm({
        grant,
        file: upload.file,
        transport,
        signal,
        stallMs,
        onProgress: (sentBytes) => list.dispatch(id, { type: 'progressed', sentBytes }),
        onBytesSent: () => list.dispatch(id, { type: 'bytesSent' }),
      })
      follow(judgeAttempt(attempt, grant.id), id, job, grant.id)
    } catch (error) {
      if (signal.aborted) return
      delete job.granted
      job.tries += 1
      retryOrFail(id, asUploadError(error))
    }
  }

  function follow(verdict: Verdict, id: string, job: Job, recordId: string): void {
    switch (verdict.do) {
      case 'finish':
        end(id, { type: 'settled', result: verdict.result })
        break
      case 'confirm':
        // Not awaited: the slot is free for the next file, since nothing is sent while we ask.
        void confirming.confirm(id, verdict.reason)
        break
      case 'resign':
        void resign(id, job, recordId, verdict.error)
        break
      case 'retry':
        if (!retryLater(id, verdict.error)) giveUp(id, job, recordId, verdict.error)
        break
      case 'fail':
        giveUp(id, job, recordId, verdict.error)
    }
  }

  /** Nothing of it is in OSS, so its record would only look like an upload that is still to come. */
  function giveUp(id: string, job: Job, recordId: string, error: UploadError): void {
    forgetGrant(job, recordId)
    end(id, { type: 'failed', error })
  }

  /**
   * Gets another grant, once. Asked first whether the file is there, the server speaks with OSS and learns what time it is
   * by OSS's clock: a grant that was refused because the server's own clock is off would otherwise be followed by the same.
   */
  async function resign(id: string, job: Job, recordId: string, error: UploadError): Promise<void> {
    if (job.resigned) {
      end(id, { type: 'failed', error })
      return
    }
    job.resigned = true
    const outcome = await api.confirm(recordId).catch(() => undefined)
    if (job.abort.signal.aborted) return
    if (outcome !== undefined) {
      // It is there after all, by an earlier try.
      void confirming.confirm(id, error)
    } else {
      forgetGrant(job, recordId)
      requeue(id, error, 0)
    }
  }

  async function validGrant(job: Job, upload: Upload): Promise<Granted> {
    const granted = await (job.granted ?? askForGrant(job, upload))
    if (granted.endsAt - Date.now() > GRANT_MARGIN_MS) return granted
    // It waited in line for too long. The server's grants may be shorter than our margin: then this one is as good as any.
    forgetGrant(job, granted.grant.id)
    return askForGrant(job, upload)
  }

  /** Whether there will be another try. */
  function retryLater(id: string, error: UploadError): boolean {
    const job = jobs.get(id)
    if (!job) return false
    // A connection that is gone is no try: the queue is held, and goes on when it is back.
    if (!page.isOnline()) {
      job.tries -= 1
      requeue(id, new UploadError('offline', 'There is no connection', { cause: error }), 0)
      return true
    }
    if (!error.retryable || job.tries >= MAX_TRIES) return false
    requeue(id, error, retryDelayMs(job.tries, Math.random(), retryAfterOf(error)))
    return true
  }

  function retryOrFail(id: string, error: UploadError): void {
    if (!retryLater(id, error)) end(id, { type: 'failed', error })
  }

  function requeue(id: string, error: UploadError, delayMs: number): void {
    const job = jobs.get(id)
    const upload = list.dispatch(id, { type: 'queued', error, ...(delayMs > 0 && { retryAt: Date.now() + delayMs }) })
    if (!job || upload?.phase !== 'queued') return
    // In front: its turn had come already.
    const comeBack = () => {
      line.join(id, 'front')
      pump()
    }
    if (delayMs > 0) job.timer = setTimeout(comeBack, delayMs)
    else comeBack()
  }

  function end(id: string, event: UploadEvent): void {
    list.dispatch(id, event)
    const job = jobs.get(id)
    if (!job) return
    clearTimeout(job.timer)
    delete job.granted
  }

  // --- the page ---

  function wakeUp(): void {
    pump()
    void confirming.askAll()
  }

  // --- what people do ---

  function cancel(id: string): void {
    const before = list.find(id)
    // What is in OSS and waits for the application's word is beyond cancelling: it would be deleted behind its back.
    if (!before || isFinal(before.phase) || before.phase === 'unconfirmed') return
    stop(id)
    list.dispatch(id, { type: 'cancelled' })
    // The object may have arrived while this was decided, so the record goes, and the object with it.
    if ('recordId' in before && before.recordId !== undefined) forget(before.recordId)
  }

  function stop(id: string): void {
    const job = jobs.get(id)
    if (!job) return
    job.abort.abort()
    clearTimeout(job.timer)
    const unused = list.find(id)?.phase === 'queued' ? job.granted : undefined
    unused?.then(
      ({ grant }) => forget(grant.id),
      () => {},
    )
    delete job.granted
  }

  function retry(id: string): void {
    const upload = list.find(id)
    const job = jobs.get(id)
    if (!job || (upload?.phase !== 'failed' && upload?.phase !== 'cancelled')) return
    if (upload.phase === 'failed' && upload.recordId !== undefined) forget(upload.recordId)
    jobs.set(id, newJob(job.input))
    list.dispatch(id, { type: 'queued' })
    line.join(id, 'back')
    pump()
  }

  function confirm(id: string): void {
    const upload = list.find(id)
    if (upload?.phase !== 'unconfirmed') return
    clearTimeout(jobs.get(id)?.timer)
    void confirming.confirm(id, upload.error)
  }

  function remove(id: string): void {
    cancel(id)
    stop(id)
    list.remove([id])
    jobs.delete(id)
  }

  /** A grant that came to nothing leaves no row in anybody's history. Whether that works changes nothing here. */
  function forget(recordId: string): void {
    api.remove(recordId).catch(() => {})
  }

  function forgetGrant(job: Job, recordId: string): void {
    delete job.granted
    forget(recordId)
  }

  function ofRoute(route: string | undefined): readonly Upload[] {
    return list.getSnapshot().filter((upload) => route === undefined || upload.route === route)
  }

  return {
    add,
    cancel,
    retry,
    confirm,
    remove,
    retryAll(route) {
      for (const { id, phase } of ofRoute(route)) if (phase === 'failed') retry(id)
    },
    cancelAll(route) {
      for (const { id } of ofRoute(route)) cancel(id)
    },
    clear(route) {
      const ended = ofRoute(route)
        .filter(({ phase }) => isFinal(phase))
        .map(({ id }) => id)
      list.remove(ended)
      for (const id of ended) jobs.delete(id)
    },
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
      page.stop()
      for (const id of jobs.keys()) stop(id)
      list.remove([...jobs.keys()])
      jobs.clear()
    },
  }
}

/** `crypto.randomUUID` is missing on pages that are served over http from another machine; this is not. */
function randomId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

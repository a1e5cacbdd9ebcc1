import { UploadError } from '@oss-direct/shared'
import { type Api, asUploadError } from './api.ts'
import type { Checksum } from './checksum.ts'
import { chooseTransport } from './choose-transport.ts'
import { isRecordOver } from './confirmation.ts'
import { askForOutcome, type Confirming, createConfirming } from './confirming.ts'
import { createGrantDesk, type Granted } from './grant-desk.ts'
import { forgetGrant, type Job } from './job.ts'
import { createLanes } from './lanes.ts'
import { loadModule } from './load-module.ts'
import type { PageWatch } from './page.ts'
import type { RulesBook } from './route-rules.ts'
import { sendForm } from './send-form.ts'
import type { Transport } from './transport.ts'
import type { Tries } from './tries.ts'
import type { FileFacts, Upload, UploadEvent } from './upload.ts'
import type { UploadList } from './upload-list.ts'
import type { Verdict } from './verdict.ts'
import { xhrTransport } from './xhr-transport.ts'

// A module of its own, loaded beside a page that shows a dropzone and has nothing to send yet.

export interface SendingSettings {
  api: Api
  /** Carries bytes to OSS; XMLHttpRequest where it is not given. */
  transport?: Transport | undefined
  /** Connections to OSS at the same time. */
  concurrency: number
  /** How long a connection may move no byte while some remain. */
  stallMs: number
  /** A file of more bytes goes in parts. */
  multipartAbove: number
  /** Parts of one file that are sent at the same time. */
  partsAtOnce: number
  /** Nothing where the server need not compare what arrived. */
  checksum: Checksum | undefined
}

export interface SendingParty {
  list: UploadList
  jobs: ReadonlyMap<string, Job>
  book: RulesBook
  page: PageWatch
  tries: Tries
  /** Our server has a record of it from now on. */
  onGranted(id: string): void
}

/** Takes one upload from its turn in line to its end: grant, tries, confirmation. */
export interface Sending extends Pick<Confirming, 'confirm' | 'askAll'> {
  /** Asks for the upload's grant; `send` waits for it. */
  askForGrant(job: Job, upload: Upload): void
  /** Resolves when its connections are free for the next one, which may be before it has ended. */
  send(id: string): Promise<void>
}

/** A grant that ends sooner is not begun with. */
const GRANT_MARGIN_MS = 30_000

export function createSending(
  settings: SendingSettings,
  { list, jobs, book, page, tries, onGranted }: SendingParty,
): Sending {
  const { api, transport = xhrTransport(), stallMs, partsAtOnce, checksum } = settings
  const desk = createGrantDesk(api, (route) => book.find(route)?.maxFiles)
  const confirming = createConfirming({ api, list, jobs, page, onEnd: end, onSendAgain: retryOrFail })
  const lanes = createLanes(settings.concurrency)

  function askForGrant(job: Job, { id, route, file }: Upload): Promise<Granted> {
    const { multipartAbove } = settings
    job.sentAs ??= chooseTransport({ size: file.size, multipartAbove, allowed: book.find(route)?.transports })
    const wish = { route, input: job.input, transport: job.sentAs, file }
    // A form is judged as soon as it arrives, so its checksum goes ahead of it. That of parts is worked out beside them.
    const crc64 = job.sentAs === 'post' ? crc64Of(file, job) : undefined
    const granted = crc64 === undefined ? desk.ask(wish) : crc64.then((known) => desk.ask({ ...wish, crc64: known }))
    job.granted = granted
    // A grant that was asked ahead may be refused before anybody waits for it.
    granted.then(
      () => onGranted(id),
      () => {},
    )
    return granted
  }

  function crc64Of(file: File | FileFacts, job: Job): Promise<string> | undefined {
    if (!checksum || !(file instanceof File)) return job.crc64
    if (job.crc64) return job.crc64
    const crc64 = checksum.of(file, job.abort.signal)
    job.crc64 = crc64
    // Whoever waits for it hears of a failure; the next try is another one.
    crc64.catch(() => {
      if (job.crc64 === crc64) delete job.crc64
    })
    return crc64
  }

  async function send(id: string): Promise<void> {
    const upload = list.dispatch(id, { type: 'signing' })
    const job = jobs.get(id)
    if (upload?.phase !== 'signing' || !job) return
    const { file } = upload
    if (!(file instanceof File)) return // the engine lets none of them come here
    const { signal } = job.abort
    try {
      const granted = await validGrant(job, upload)
      if (signal.aborted) return
      job.tries += 1
      const verdict = await carry(granted, { id, file }, job)
      if (!signal.aborted) follow(verdict, id, job, granted.grant.id)
    } catch (error) {
      if (signal.aborted) return
      delete job.granted
      job.tries += 1
      retryOrFail(id, asUploadError(error))
    }
  }

  /** Brings the bytes to OSS, as a form or in parts. Rejects only with UploadError `cancelled`. */
  async function carry(
    { grant, clockOffsetMs }: Granted,
    { id, file }: { id: string; file: File },
    job: Job,
  ): Promise<Verdict> {
    const { signal } = job.abort
    const pauseRestarts = grant.transport === 'post'
    const begin = (sentBytes: number) =>
      list.dispatch(id, { type: 'sending', recordId: grant.id, sentBytes, pauseRestarts })
    const options = { file, transport, signal, stallMs }
    if (grant.transport === 'post') {
      return lanes.run(signal, () => {
        begin(0)
        return sendForm({
          ...options,
          grant,
          onProgress: (sentBytes) => list.dispatch(id, { type: 'progressed', sentBytes }),
          onBytesSent: () => list.dispatch(id, { type: 'bytesSent' }),
        })
      })
    }
    const sendParts = await loadModule(async () => (await import('./send-parts.ts')).sendParts).catch(asUploadError)
    if (sendParts instanceof UploadError) return { do: 'retry', error: sendParts }
    const crc64 = crc64Of(file, job)
    const verdict = await sendParts({
      ...options,
      api,
      grant,
      clockOffsetMs,
      lanes,
      partsAtOnce,
      isOnline: page.isOnline,
      onStored(storedBytes) {
        job.storedBytes = storedBytes
      },
      onProgress(sentBytes) {
        if (list.find(id)?.phase === 'signing') begin(sentBytes)
        else list.dispatch(id, { type: 'progressed', sentBytes })
      },
    })
    if (verdict.do !== 'confirm') return verdict
    const fault = await crc64?.then(() => undefined, asUploadError)
    return fault ? { do: 'fail', error: fault } : verdict
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
        if (!tries.retry(id, verdict.error)) giveUp(id, job, verdict.error)
        break
      case 'fail':
        giveUp(id, job, verdict.error)
    }
  }

  function giveUp(id: string, job: Job, error: UploadError): void {
    // Nothing of a form is in OSS, so its record would only look like an upload that is still to come.
    if (job.sentAs === 'post') forgetGrant(job, api)
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
    const outcome = await askForOutcome(api, recordId).catch(() => undefined)
    if (job.abort.signal.aborted) return
    if (outcome !== undefined) {
      // It is there after all, by an earlier try.
      list.dispatch(id, { type: 'sending', recordId, sentBytes: 0, pauseRestarts: false }) // where that was learned before a byte was sent
      void confirming.confirm(id, error)
    } else {
      forgetGrant(job, api)
      tries.requeue(id, error, 0)
    }
  }

  async function validGrant(job: Job, upload: Upload): Promise<Granted> {
    const granted = await (job.granted ?? askForGrant(job, upload))
    if (granted.endsAt - Date.now() > GRANT_MARGIN_MS) return granted
    // It waited in line for too long. The server's grants may be shorter than our margin: then this one is as good as any.
    forgetGrant(job, api)
    return askForGrant(job, upload)
  }

  function retryOrFail(id: string, error: UploadError): void {
    if (!tries.retry(id, error)) end(id, { type: 'failed', error })
  }

  function end(id: string, event: UploadEvent): void {
    list.dispatch(id, event)
    const job = jobs.get(id)
    if (!job) return
    clearTimeout(job.timer)
    // OSS keeps the parts of an upload that failed: tried again, it goes on from them.
    const hasParts = job.sentAs === 'multipart' && event.type === 'failed' && !isRecordOver(event.error)
    if (!hasParts) delete job.granted
  }

  return { askForGrant, send, confirm: confirming.confirm, askAll: confirming.askAll }
}

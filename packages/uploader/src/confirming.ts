import { type Outcome, parseOutcome, type UploadError } from '@oss-direct/shared'
import { type Api, asUploadError, recordPath } from './api.ts'
import { type Heard, judgeConfirmation } from './confirmation.ts'
import type { Job } from './job.ts'
import type { PageWatch } from './page.ts'
import { pause } from './pause.ts'
import { MAX_TRIES, slowPollDelayMs } from './retry-delay.ts'
import type { UploadEvent } from './upload.ts'
import type { UploadList } from './upload-list.ts'

export interface ConfirmingOptions {
  api: Api
  list: UploadList
  jobs: ReadonlyMap<string, Job>
  page: Pick<PageWatch, 'isOnline' | 'isVisible'>
  onEnd(id: string, event: UploadEvent): void
  onSendAgain(id: string, error: UploadError): void
}

/** Asks our server whether a file arrived and what the application says, without sending a byte of it. */
export interface Confirming {
  /** Asks until there is an answer, or no more use in asking often. `reason`: why it has to be asked at all. */
  confirm(id: string, reason: UploadError): Promise<void>
  /** Asks about every unconfirmed one, once: the page came back, or the connection. */
  askAll(): Promise<void>
}

export function createConfirming({ api, list, jobs, page, onEnd, onSendAgain }: ConfirmingOptions): Confirming {
  const confirm = async (id: string, reason: UploadError): Promise<void> => {
    const upload = list.dispatch(id, { type: 'confirming' })
    const job = jobs.get(id)
    if (upload?.phase !== 'confirming' || !job) return
    const startedAt = Date.now()
    let failures = 0
    while (!job.abort.signal.aborted) {
      const heard = await ask(upload.recordId, job)
      if (job.abort.signal.aborted) return
      if ('error' in heard) failures += 1
      const waitedMs = Date.now() - startedAt
      const step = judgeConfirmation(heard, { failures, waitedMs, reason, random: Math.random() })
      switch (step.do) {
        case 'finish':
          return onEnd(id, { type: 'settled', result: step.result })
        case 'fail':
          return onEnd(id, { type: 'failed', error: step.error })
        case 'send-again':
          return onSendAgain(id, step.error)
        case 'leave-unconfirmed':
          return askSlowly(id, step.error, 0)
        case 'ask-again':
          await pause(step.afterMs, job.abort.signal)
      }
    }
  }

  const ask = async (recordId: string, job: Job): Promise<Heard> => {
    try {
      if (job.sentAs !== 'multipart') return { outcome: await askForOutcome(api, recordId) }
      // Parts become an object only when somebody says so. Said again, it is the same question as the one about a form. The
      // checksum is known by now, or never will be: an upload that came back without its file.
      const crc64 = await job.crc64?.catch(() => undefined)
      return { outcome: await askForOutcome(api, recordId, '/complete', { crc64 }) }
    } catch (cause) {
      return { error: asUploadError(cause) }
    }
  }

  /** Goes on asking while somebody looks, ever more slowly. */
  const askSlowly = (id: string, error: UploadError, asked: number): void => {
    const job = jobs.get(id)
    const delayMs = slowPollDelayMs(asked)
    const upload = list.dispatch(id, { type: 'unconfirmed', error, nextTryAt: Date.now() + delayMs })
    if (!job || upload?.phase !== 'unconfirmed') return
    clearTimeout(job.timer)
    job.timer = setTimeout(() => {
      if (page.isVisible() && page.isOnline()) void askOnce(id, error, asked + 1)
      else askSlowly(id, error, asked)
    }, delayMs)
  }

  /** Stays `unconfirmed` meanwhile, so that a row does not flicker each time. */
  const askOnce = async (id: string, error: UploadError, asked: number): Promise<void> => {
    const upload = list.find(id)
    const job = jobs.get(id)
    if (upload?.phase !== 'unconfirmed' || !job) return
    const heard = await ask(upload.recordId, job)
    if (list.find(id)?.phase !== 'unconfirmed') return
    const step = judgeConfirmation(heard, { failures: MAX_TRIES, waitedMs: 0, reason: error, random: 0 })
    if (step.do === 'finish') onEnd(id, { type: 'settled', result: step.result })
    else if (step.do === 'fail' || step.do === 'send-again') onEnd(id, { type: 'failed', error: step.error })
    else askSlowly(id, step.do === 'leave-unconfirmed' ? step.error : error, asked)
  }

  return {
    confirm,
    async askAll() {
      // One after the other: after a long outage there may be thousands.
      for (const upload of list.getSnapshot()) {
        if (upload.phase === 'unconfirmed') await askOnce(upload.id, upload.error, 0)
      }
    },
  }
}

/** Asks our server once what became of it. Rejects with UploadError. */
export async function askForOutcome(
  api: Api,
  recordId: string,
  question: '/confirm' | '/complete' = '/confirm',
  facts = {},
): Promise<Outcome> {
  return parseOutcome(await api('POST', recordPath(recordId, question), facts))
}

import { type PartsGrant, UploadError } from '@oss-direct/shared'
import { type Api, asUploadError } from './api.ts'
import { attempt, type SendingOptions } from './attempt.ts'
import type { Granted } from './grant-desk.ts'
import type { Lanes } from './lanes.ts'
import { missingParts, partBytes, partRange } from './part-plan.ts'
import { createPartProgress } from './part-progress.ts'
import { createPartUrls } from './part-urls.ts'
import { judgePart, judgeUnsigned, type PartCourse, type PartStep } from './part-verdict.ts'
import { pause } from './pause.ts'
import { confirmBecause, type Verdict } from './verdict.ts'

// A module of its own, loaded with the first large file: pages that send small ones do without it.

export interface PartsSending extends SendingOptions, Pick<Granted, 'clockOffsetMs'> {
  api: Api
  grant: PartsGrant
  lanes: Lanes
  /** Parts of this file that are sent at the same time. */
  partsAtOnce: number
  isOnline(): boolean
  /** Bytes of the parts that OSS has. */
  onStored(storedBytes: number): void
}

/**
 * Sends the parts that OSS lacks, and leaves it to our server to make the object of them. The first `onProgress` comes when
 * the upload is begun, with what OSS has of it. Rejects only with UploadError `cancelled`.
 */
export async function sendParts(sending: PartsSending): Promise<Verdict> {
  const { api, grant, file, transport, signal, stallMs, lanes, clockOffsetMs, isOnline } = sending
  const stop = new AbortController()
  const forwardCancel = () => stop.abort()
  if (signal.aborted) forwardCancel()
  signal.addEventListener('abort', forwardCancel)
  const urls = createPartUrls({ api, recordId: grant.id, clockOffsetMs })
  let unsent = new Set(missingParts(grant, file.size, []))
  let progress = createPartProgress(0, { onProgress: () => {}, onStored: () => {} })
  let ending: Verdict | undefined

  /** Until it succeeds, or the whole upload ends. */
  const persist = async (work: (course: () => PartCourse) => Promise<PartStep>): Promise<void> => {
    let failures = 0
    let renewed = false
    const course = () => ({
      failures: failures + 1,
      renewed,
      online: isOnline(),
      begun: unsent.size < grant.partCount,
      random: Math.random(),
    })
    while (!stop.signal.aborted) {
      const step = await work(course)
      switch (step.do) {
        case 'next':
          return
        case 'renew':
          renewed = true
          break
        case 'again':
          failures += 1
          await pause(step.afterMs, stop.signal)
          break
        case 'end':
          ending ??= step.verdict
          stop.abort()
      }
    }
  }

  const open = async (course: () => PartCourse): Promise<PartStep> => {
    try {
      const have = await urls.open([...unsent])
      unsent = new Set(missingParts(grant, file.size, have))
      let lacking = 0
      for (const partNumber of unsent) lacking += partBytes(partNumber, grant, file.size)
      if (!stop.signal.aborted) progress = createPartProgress(file.size - lacking, sending)
      return { do: 'next' }
    } catch (error) {
      return judgeUnsigned(asUploadError(error), course())
    }
  }

  const sendPart = async (partNumber: number, course: () => PartCourse): Promise<PartStep> => {
    let url: string
    try {
      url = await urls.get(partNumber, unsent)
    } catch (error) {
      return judgeUnsigned(asUploadError(error), course())
    }
    const { start, end } = partRange(partNumber, grant, file.size)
    const made = await attempt({
      method: 'PUT',
      url,
      body: file.slice(start, end),
      file,
      transport,
      signal: stop.signal,
      stallMs,
      onProgress: (sentBytes) => progress.moved(partNumber, sentBytes),
    })
    const step = judgePart(made, course())
    if (step.do === 'next') {
      unsent.delete(partNumber)
      progress.stored(partNumber, end - start)
    } else progress.lost(partNumber)
    if (step.do === 'renew') urls.drop(partNumber, url)
    return step
  }

  const work = async (waiting: number[]): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && !stop.signal.aborted; next = waiting.shift()) {
      const partNumber = next
      await persist((course) => lanes.run(stop.signal, () => sendPart(partNumber, course)))
    }
  }

  try {
    await persist(open)
    const waiting = [...unsent]
    const workers = Array.from({ length: Math.min(sending.partsAtOnce, waiting.length) }, () => work(waiting))
    await Promise.all(workers.map((worker) => worker.catch(unlessStopped)))
  } finally {
    stop.abort()
    signal.removeEventListener('abort', forwardCancel)
  }
  if (signal.aborted) throw new UploadError('cancelled', 'The upload was cancelled')
  return ending ?? confirmBecause('All parts are in OSS, and not yet put together')

  function unlessStopped(error: unknown): void {
    if (stop.signal.aborted) return
    stop.abort()
    throw error
  }
}

import type { Logger } from './logger.ts'
import { raceAgainst } from './race.ts'
import type { DueUpload, Settling, Verdict } from './settle.ts'
import type { SweepScheduleOptions } from './sweep-schedule.ts'
import { type Observe, stopwatch } from './uploads-event.ts'

export interface SweepOptions extends SweepScheduleOptions {
  /** How often it runs by itself; `'never'` where `sweep()` is called from elsewhere. @default 60_000 */
  intervalMs?: number | 'never'
  /** Records of one sweep; the next one follows at once where that many were due. @default 500 */
  batchSize?: number
  /** How many of them at once, hooks that never end included. @default 8 */
  parallel?: number
}

/** What became of the records that were due. */
export interface SweepReport {
  settled: number
  /** Another object than the granted one; it was deleted. */
  failed: number
  /** The grant has ended, and nothing came of it. */
  expired: number
  /** `onUploaded` failed and will be tried again. */
  retrying: number
  /** `onUploaded` failed too often; only a confirmation tries again. */
  gaveUp: number
  /** OSS did not answer; they are due again later. */
  postponed: number
  /** Nothing has come yet. */
  waiting: number
  /** `onUploaded` still runs. */
  running: number
}

export interface SweeperOptions {
  settling: Settling
  sweep: SweepOptions
  /** How long one record holds up the others. */
  patienceMs: number
  /** By OSS's clock, as the schedule is. */
  now: () => Date
  observe: Observe
  logger: Logger
}

export interface Sweeper {
  sweep(): Promise<SweepReport>
  /** No record is taken any more, and no sweep begins; waits for the one that runs, but not longer. */
  stop(withinMs: number): Promise<void>
}

/**
 * Finds what nobody told us of: lost callbacks, browsers that went away, hooks that failed, grants that were never used.
 *
 * Any number of servers may sweep one store: each record is claimed by one of them, as in any other way of settling.
 * Throws RangeError.
 */
export function createSweeper({ settling, sweep: options, patienceMs, now, observe, logger }: SweeperOptions): Sweeper {
  const { intervalMs = 60_000, batchSize = 500, parallel = 8 } = options
  for (const [name, value] of Object.entries({ intervalMs, batchSize, parallel })) {
    if (value !== 'never' && (!Number.isSafeInteger(value) || value < 1)) {
      throw new RangeError(`sweep.${name} must be a whole number, 1 or more, not ${value}`)
    }
  }
  let isStopped = false
  let busy = 0
  const sweeps = new Set<Promise<unknown>>()

  /** Nothing where nothing is due, or where too many hooks still run. */
  const takeNext = async (dueBy: Date): Promise<DueUpload | undefined> => {
    if (isStopped || busy >= parallel) return undefined
    busy += 1
    const due = await settling.settleDue(dueBy).catch((error: unknown) => {
      busy -= 1
      throw error
    })
    const release = () => {
      busy -= 1
    }
    if (due === undefined) release()
    else due.verdict.then(release, release)
    return due
  }

  const sweepOnce = async (): Promise<SweepReport> => {
    const report = { settled: 0, failed: 0, expired: 0, retrying: 0, gaveUp: 0, postponed: 0, waiting: 0, running: 0 }
    const [startedAt, elapsed] = [now(), stopwatch()]
    let left = batchSize
    const work = async () => {
      while (left > 0) {
        left -= 1
        const due = await takeNext(startedAt)
        if (due === undefined) return
        const fate = await fateOf(due, patienceMs)
        if (fate !== undefined) report[fate] += 1
        if (fate === 'gaveUp') {
          const { id, route, attempts } = due.upload
          const facts = { uploadId: id, route, attempts: attempts + 1 }
          logger.error(facts, 'the application failed too often: this upload is not tried again')
        }
        // With OSS away the others would only wait for it in vain.
        if (fate === 'postponed') left = 0
      }
    }
    await Promise.all(Array.from({ length: parallel }, work))
    const tookMs = elapsed()
    observe({ type: 'swept', report, tookMs })
    const { waiting, running, ...done } = report
    if (Object.values(done).some((count) => count > 0)) {
      logger.info({ ...done, waiting, running, tookMs: Math.round(tookMs) }, 'uploads swept')
    }
    return report
  }

  const sweep = (): Promise<SweepReport> => {
    const work = sweepOnce().finally(() => sweeps.delete(work))
    sweeps.add(work)
    return work
  }

  const everyMs = intervalMs === 'never' ? 0 : intervalMs
  const sweepAgainIn = (ms: number) => {
    if (isStopped) return
    const timer = setTimeout(async () => {
      const next = await sweep().then(
        (report) => (countOf(report) < batchSize ? everyMs : 0),
        (error: unknown) => {
          logger.error({ err: error }, 'a sweep failed')
          return everyMs
        },
      )
      sweepAgainIn(next)
    }, ms)
    timer.unref()
  }
  // Servers that start together do not sweep together.
  if (intervalMs !== 'never') sweepAgainIn(everyMs * (0.5 + Math.random() / 2))

  return {
    sweep,
    async stop(withinMs) {
      isStopped = true
      await raceAgainst(Promise.allSettled([...sweeps]), withinMs, undefined)
    },
  }
}

/** Nothing where the record was taken from us, or removed. */
async function fateOf({ upload, verdict }: DueUpload, patienceMs: number): Promise<keyof SweepReport | undefined> {
  const known = await raceAgainst<Verdict | undefined, 'late'>(
    verdict.catch(() => undefined),
    patienceMs,
    'late',
  )
  if (known === 'late') return 'running'
  if (known === undefined) return undefined
  const { ending } = known
  switch (ending.status) {
    case 'settled':
    case 'failed':
      return ending.status
    case 'expired':
      return upload.status === 'expired' ? 'waiting' : 'expired'
    case 'unchanged':
      return 'waiting'
    case 'unsettled':
      if (ending.attempts === undefined) return 'postponed'
      return ending.dueAt === 'never' ? 'gaveUp' : 'retrying'
  }
}

function countOf(report: SweepReport): number {
  return Object.values(report).reduce((sum, count) => sum + count, 0)
}

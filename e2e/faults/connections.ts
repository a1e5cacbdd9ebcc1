import { expect } from '../stage/stage.ts'
import type { Fault } from './table.ts'
import type { Trial } from './trial.ts'

// What goes wrong between the browser and OSS.

/** How each fault is brought about; it ends with the row where the table says. */
export type Scenarios = Partial<Record<Fault, Scenario>>

export interface Scenario {
  /** What the server of this trial is started with. */
  serverEnv?: Record<string, string>
  /** How the server cuts files. @default 8 MiB, as the demo does */
  partBytes?: number
  play(trial: Trial): Promise<void>
}

const TWICE = 2
/** Parts of one file that the uploader sends at the same time. */
export const PARTS_AT_ONCE = 4
const RETRY_AFTER_SECONDS = 3

export const connections = {
  'cut at 0 %': cutAt(0),
  'cut at 50 %': cutAt(0.5),
  'cut after the last byte': {
    async play({ stage, operation, choose }) {
      await stage.setFault({ name: 'lose-answer', operation, count: TWICE })
      await choose()
    },
  },
  '500': refusal(500, 'InternalError'),
  '503': refusal(503, 'ServiceUnavailable'),
  '429': {
    async play(trial) {
      const { stage, operation, choose, untilShown } = trial
      const retryAfterSeconds = RETRY_AFTER_SECONDS
      await stage.setFault({
        name: 'error',
        status: 429,
        code: 'QpsLimitExceeded',
        retryAfterSeconds,
        operation,
        count: TWICE,
      })
      await choose()
      await untilShown('done')
      await expectNoHurry(trial)
    },
  },
  slow: {
    async play({ stage, operation, sights, file, choose, untilShown }) {
      await stage.setFault({ name: 'slow', bytesPerSecond: 4_000_000, operation })
      await choose()
      await untilShown('done')
      const percents = sights.flatMap(({ fileName, phase, percent }) =>
        fileName === file.name && phase === 'sending' && percent !== undefined ? [percent] : [],
      )
      expect(new Set(percents).size, `it showed ${percents.join(', ')} %`).toBeGreaterThan(2)
      expect(percents).toEqual(percents.toSorted((a, b) => a - b))
    },
  },
  stalled: {
    // What the buffers of the system swallow of a smaller part may be all of it; then there is nothing left to stall.
    partBytes: 24 * 1024 ** 2,
    async play({ stage, operation, choose }) {
      const held = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count: 1 })
      await choose()
      // What passes now are the uploader's own 30 s without a byte.
      await stage.untilStruck(held)
    },
  },
  offline: {
    async play({ stage, operation, transport, bodyBytes, offlineMs, page, row, choose, untilShown }) {
      const count = transport === 'form' ? 1 : PARTS_AT_ONCE
      // A browser that is told to be offline lets open connections be. So they are held, and cut when they are let go; and
      // once more, because below all that Chromium repeats what broke.
      const held = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count })
      await stage.setFault({ name: 'drop', afterBytes: bodyBytes / 4, operation, count: count * TWICE })
      await choose()
      await stage.untilStruck(held)
      await page().context().setOffline(true)
      await stage.clearFault(held)
      await untilShown('queued')
      await expect(page().getByRole('paragraph').filter({ hasText: 'No connection. Uploads are held' })).toBeVisible()
      // So long lasts the fault itself; in the meantime nothing may be tried.
      await page().waitForTimeout(offlineMs)
      await expect(row()).toHaveAttribute('data-phase', 'queued')
      await page().context().setOffline(false)
    },
  },
  'grant expired in line': {
    serverEnv: { CREDENTIALS_END_AFTER_SECONDS: '12' },
    async play({ stage, files, transport, operation, page, choose, chooseBehindOthers, untilShown }) {
      const count = transport === 'form' ? files.others.length : PARTS_AT_ONCE
      const held = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count })
      const path = transport === 'form' ? /\/uploads$/ : /\/parts$/
      const answered = page().waitForResponse(
        (answer) => path.test(answer.url()) && answer.request().method() === 'POST',
      )
      await (transport === 'form' ? chooseBehindOthers() : choose())
      const granted = (await (await answered).json()) as {
        expiresAt?: string
        grants?: { grant: { expiresAt: string } }[]
      }
      const endsAt = Date.parse(granted.expiresAt ?? granted.grants?.at(-1)?.grant.expiresAt ?? '')
      await stage.untilStruck(held)
      await untilShown(transport === 'form' ? 'queued' : 'sending')
      await expect.poll(() => Date.now() > endsAt, { timeout: 30_000 }).toBe(true)
      await stage.clearFault(held)
    },
  },
} satisfies Scenarios

function cutAt(share: number): Scenario {
  return {
    async play({ stage, operation, bodyBytes, choose }) {
      await stage.setFault({ name: 'drop', afterBytes: bodyBytes * share, operation, count: TWICE })
      await choose()
    },
  }
}

function refusal(status: number, code: string): Scenario {
  return {
    async play({ stage, operation, choose }) {
      await stage.setFault({ name: 'error', status, code, operation, count: TWICE })
      await choose()
    },
  }
}

/** After each refusal the same thing was asked for again, but not before the time that OSS named. */
async function expectNoHurry({ stage, operation }: Trial): Promise<void> {
  const requests = await stage.ossRequests(operation)
  const refusals = requests.filter(({ status }) => status === 429)
  expect(refusals).toHaveLength(TWICE)
  for (const refused of refusals) {
    const askedAt = Date.parse(refused.startedAt) + refused.durationMs
    const next = requests.find(({ startedAt, query }) => query === refused.query && Date.parse(startedAt) > askedAt)
    // Both ends of the log's times are rounded to a millisecond.
    const waitedMs = Date.parse(next?.startedAt ?? '') - askedAt + 2
    expect(waitedMs).toBeGreaterThanOrEqual(RETRY_AFTER_SECONDS * 1000)
  }
}

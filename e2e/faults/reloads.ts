import { dropFiles } from '../stage/desktop.ts'
import { uploadRow } from '../stage/page.ts'
import { expect } from '../stage/stage.ts'
import { startBrowser } from './browser.ts'
import { PARTS_AT_ONCE, type Scenarios } from './connections.ts'
import type { Trial } from './trial.ts'

// The page is loaded again, or the whole browser dies, at every state of an upload.

export const reloads = {
  'reload while queued': {
    async play({ stage, files, page, chooseBehindOthers, untilShown }) {
      const held = await stage.setFault({
        name: 'stall',
        afterBytes: 0,
        operation: 'PostObject',
        count: files.others.length,
      })
      await chooseBehindOthers()
      await stage.untilStruck(held)
      await untilShown('queued')
      await page().reload()
      // All of them were left unfinished, and come back at once when they are chosen again together.
      await expect(page().locator('[data-phase=needs-file]')).toHaveCount(files.others.length + 1, { timeout: 30_000 })
      // Not before: a small form has reached OSS as a whole, and is stored where OSS reads on before it sees that nobody is there.
      await stage.clearFault(held)
      await chooseBehindOthers()
      await untilShown('done')
      await expect(page().locator('[data-phase=done]')).toHaveCount(files.others.length + 1)
    },
  },
  'reload while signing': {
    async play({ stage, transport, page, choose, untilShown, chooseAgain }) {
      const call = transport === 'form' ? 'grant' : 'parts'
      await stage.setAnswer(call, 'hold')
      await choose()
      await stage.untilSignal(`answering ${call}`)
      await untilShown('signing')
      await stage.setAnswer(call, 'send')
      await page().reload()
      await untilShown('needs-file')
      await chooseAgain()
    },
  },
  'reload while sending': {
    async play(trial) {
      await beginSending(trial, trial.choose)
      await trial.page().reload()
      await trial.stage.clearFaults()
      await trial.untilShown('needs-file')
      await trial.chooseAgain()
    },
  },
  'reload while sending, another file first': {
    async play(trial) {
      const { stage, files, file, page, row, choose, untilShown, chooseAgain } = trial
      await beginSending(trial, choose)
      await page().reload()
      await stage.clearFaults()
      await untilShown('needs-file')
      await chooseAgain((await files.like(file)).path)
      await expect(row()).toContainText('This is another file')
      await expect(row()).toHaveAttribute('data-phase', 'needs-file')
      await chooseAgain()
    },
  },
  'reload while sending, the browser has the file': {
    async play(trial) {
      await beginSending(trial, () => dropFiles(trial.page(), [trial.file.path]))
      await trial.page().reload()
      await trial.stage.clearFaults()
    },
  },
  'reload while paused': {
    async play(trial) {
      await beginSending(trial, trial.choose)
      await trial.press('Pause')
      await trial.untilShown('paused')
      await trial.page().reload()
      await trial.stage.clearFaults()
      await trial.untilShown('needs-file')
      await trial.chooseAgain()
    },
  },
  'reload while confirming': {
    async play({ stage, page, choose, untilShown }) {
      await stage.setHook({ does: 'hold' })
      await choose()
      await stage.untilSignal('hook begun')
      await untilShown('confirming')
      await page().reload()
      await untilShown('confirming')
      await stage.setHook({ does: 'answer' })
    },
  },
  'reload while unconfirmed': {
    async play({ stage, page, choose, untilShown }) {
      await stage.setHook({ does: 'throw' })
      await choose()
      await untilShown('unconfirmed')
      await page().reload()
      await stage.setHook({ does: 'answer' })
    },
  },
  'reload when done': {
    async play({ page, choose, untilShown }) {
      await choose()
      await untilShown('done')
      await page().reload()
      await expect(page().getByRole('region', { name: 'History' }).getByText('Done')).toBeVisible()
      // What the page brings back it brings back before this one ends.
      const other = { name: 'other.txt', mimeType: 'text/plain', buffer: Buffer.from('another one') }
      await page().locator('input[type=file]').first().setInputFiles(other)
      await expect(uploadRow(page(), other.name)).toHaveAttribute('data-phase', 'done', { timeout: 30_000 })
    },
  },
  'browser killed': {
    async play(trial) {
      // Somebody who has been here before: Chromium writes a new cookie to the disk only half a minute later, or when it ends.
      const before = await startBrowser()
      trial.onEnd(before.removeProfile)
      await before.page.goto(trial.stage.origin)
      await before.context.close()

      const first = await startBrowser(before.profile)
      await trial.enter(first.context, first.page)
      await beginSending(trial, trial.choose)
      await first.kill()
      await trial.stage.clearFaults()

      const second = await startBrowser(before.profile)
      await trial.enter(second.context, second.page)
      trial.onEnd(() => second.context.close())
      await trial.untilShown('needs-file')
      await trial.chooseAgain()
    },
  },
} satisfies Scenarios

/** Leaves it in the middle: a form of which OSS reads no further; of ten parts OSS has four, and reads no further of four. */
async function beginSending(trial: Trial, hand: () => Promise<void>): Promise<void> {
  const { stage, operation, transport, untilShown } = trial
  if (transport === 'form') {
    const held = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count: 1 })
    await hand()
    await stage.untilStruck(held)
    return untilShown('sending')
  }
  const first = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count: PARTS_AT_ONCE })
  await hand()
  await stage.untilStruck(first)
  const next = await stage.setFault({ name: 'stall', afterBytes: 0, operation, count: PARTS_AT_ONCE })
  await stage.clearFault(first)
  await stage.untilStruck(next)
  await untilShown('sending')
}

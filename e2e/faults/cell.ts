import { test as base } from '../stage/stage.ts'
import { application } from './application.ts'
import { clocks } from './clocks.ts'
import { connections, type Scenario } from './connections.ts'
import { type Files, makeFiles } from './files.ts'
import { judge } from './judge.ts'
import { OUTCOME } from './outcome.ts'
import { reloads } from './reloads.ts'
import { type Cell, cellName, type Fault } from './table.ts'
import { createTrial } from './trial.ts'

const test = base.extend<object, { files: Files }>({
  files: [
    // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern what a fixture needs
    async ({}, use) => {
      const files = await makeFiles()
      await use(files)
      await files.remove()
    },
    { scope: 'worker' },
  ],
})

const scenarios: Record<Fault, Scenario> = { ...connections, ...clocks, ...application, ...reloads }

/** Makes each cell a test of its own. `offlineMs`: how long the fault "offline" lasts. */
export function testCells(cells: readonly Cell[], { offlineMs }: { offlineMs: number }): void {
  // A trace costs as much as the rest of a cell; what the rows showed tells more.
  test.use({ trace: 'off' })
  for (const { fault, transport, expected } of cells) {
    const { serverEnv, partBytes = 8 * 1024 ** 2, play } = scenarios[fault]
    test.describe(() => {
      test.use({
        extraServerEnv: { ...serverEnv, ANSWER_NAMES_RUN: '1', PART_BYTES: String(partBytes) },
      })
      test(cellName({ fault, transport }), async ({ context, page, stage, files, browser }, testInfo) => {
        test.setTimeout(300_000)
        const trial = createTrial({ stage, files, transport, partBytes, offlineMs })
        try {
          await trial.enter(context, page)
          await play(trial)
          const outcome = { ...(await judge(trial, expected)), chromium: browser.version() }
          testInfo.annotations.push({ type: OUTCOME, description: JSON.stringify(outcome) })
        } finally {
          await testInfo.attach('what rows showed', { body: JSON.stringify(trial.sights, null, 1) })
          await trial.end()
        }
      })
    })
  }
}

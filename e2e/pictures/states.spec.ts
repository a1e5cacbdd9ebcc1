import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { openPage, uploadRow } from '../stage/page.ts'
import { expect, type Stage, test } from '../stage/stage.ts'
import { paintHarbour } from './harbour.ts'

const root = join(fileURLToPath(import.meta.url), '../../..')
const text = (name: string, size = 900) => ({ name, mimeType: 'text/plain', buffer: Buffer.alloc(size, 'x') })

/** Ways to bring the page into a state; each leaves it standing there. */
const states: Record<string, (page: Page, stage: Stage) => Promise<void>> = {
  async idle(page, stage) {
    await openPage(page, stage)
  },
  async sending(page, stage) {
    await stage.setFault({ name: 'slow', bytesPerSecond: 1_500_000, operation: 'PostObject' })
    const { drop } = await openPage(page, stage)
    await drop([text('interview.wav', 40_000_000), text('field-notes.md', 9_000_000)])
    await expect(uploadRow(page, 'interview.wav')).toHaveAttribute('data-phase', 'sending')
    await page.waitForTimeout(3500)
  },
  async confirming(page, stage) {
    await stage.setHook({ does: 'wait', ms: 30_000 })
    const { drop } = await openPage(page, stage)
    await drop([text('quarterly-report.txt')])
    await expect(uploadRow(page, 'quarterly-report.txt')).toHaveAttribute('data-phase', 'confirming')
  },
  async done(page, stage) {
    const { browse } = await openPage(page, stage)
    const harbour = { name: 'harbour at dusk.png', mimeType: 'image/png', buffer: await paintHarbour(page) }
    await browse([harbour, text('季度报告.txt')])
    await expect(page.locator('[data-upload-id][data-phase="done"]')).toHaveCount(2)
    await page.waitForTimeout(800)
  },
  async unconfirmed(page, stage) {
    await stage.setHook({ does: 'throw' })
    const { drop } = await openPage(page, stage)
    await drop([text('invoice-2026-11.pdf')])
    await expect(uploadRow(page, 'invoice-2026-11.pdf')).toHaveAttribute('data-phase', 'unconfirmed', {
      timeout: 30_000,
    })
  },
  async failed(page, stage) {
    await stage.setFault({ name: 'error', status: 403, code: 'AccessDenied', operation: 'PostObject', count: 1 })
    const { drop } = await openPage(page, stage)
    await drop([text('contract.docx')])
    await expect(uploadRow(page, 'contract.docx')).toHaveAttribute('data-phase', 'failed')
  },
}

for (const [state, enter] of Object.entries(states)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const width of [1280, 360]) {
      test(`${state}, ${colorScheme}, ${width} px`, async ({ page, stage }) => {
        await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
        await page.setViewportSize({ width, height: width === 360 ? 780 : 720 })
        await enter(page, stage)
        // The wide ones are for the README, the narrow ones to look at.
        const folder = width === 360 ? 'test-results/pictures-narrow' : 'docs/pictures'
        await page.screenshot({ path: join(root, folder, `${state}-${colorScheme}.png`) })
      })
    }
  }
}

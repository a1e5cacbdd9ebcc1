import { truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Page } from '@playwright/test'
import { decodePng, encodeAnimation } from '../../scripts/png.mjs'
import { holdFiles, middleOf } from '../stage/desktop.ts'
import { openPage } from '../stage/page.ts'
import { expect, test } from './scene.ts'

const folder = join(fileURLToPath(import.meta.url), '../../../docs/pictures')
const MiB = 1024 ** 2

// A drop as it is, in the time that it takes: files of the disk through the browser's own input, up to the answer of the
// application. Only the hand is drawn, which no browser puts into its pictures.
for (const colorScheme of ['light', 'dark'] as const) {
  test(`a drop, ${colorScheme}`, async ({ page, scene, stage }) => {
    await page.setViewportSize({ width: 840, height: 780 })
    await page.emulateMedia({ colorScheme })
    const picture = await scene.picture('harbour at dusk.png')
    // What stands behind the end of a PNG is not looked at by those who show it.
    await truncate(picture, 24 * MiB)
    const files = [picture, await scene.file('field-notes.md', 14 * MiB)]
    await scene.narrowLine(10 * MiB)
    await openPage(page, stage)
    await expect(page.locator('.od-limits')).not.toBeEmpty()
    const camera = await startCamera(page)
    await camera.take(700)

    const [from, to] = [{ x: 800, y: 770 }, await middleOf(page)]
    await drawHand(page)
    const held = await holdFiles(page, files, from)
    for (let step = 1; step <= STEPS; step++) {
      const way = 1 - (1 - step / STEPS) ** 3
      const place = { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way }
      await held.move(place)
      await moveHand(page, place)
      await camera.take(70)
    }
    await camera.take(600)
    await held.letGo()
    await page.locator('#hand').evaluate((hand) => hand.remove())
    const done = page.locator('[data-upload-id][data-phase="done"]')
    while ((await done.count()) < files.length) await camera.take()
    await expect(page.locator('.od-picture')).toBeVisible()
    await camera.take(3500)
    await writeFile(join(folder, `drop-${colorScheme}.png`), encodeAnimation(camera.develop()))
  })
}

const STEPS = 14

/** Takes one frame after the other; without `ms` each is shown for as long as it took to the next one. */
async function startCamera(page: Page) {
  const session = await page.context().newCDPSession(page)
  const frames: { png: Buffer; ms: number }[] = []
  return {
    async take(ms?: number) {
      const startedAt = Date.now()
      const { data } = await session.send('Page.captureScreenshot', { format: 'png', optimizeForSpeed: true })
      frames.push({ png: Buffer.from(data, 'base64'), ms: ms ?? Date.now() - startedAt })
    },
    /** Reading them takes longer than taking them. */
    develop: () => frames.map(({ png, ms }) => ({ ...decodePng(png), ms })),
  }
}

function drawHand(page: Page): Promise<void> {
  return page.evaluate((drawing) => {
    const hand = Object.assign(document.createElement('div'), { id: 'hand', innerHTML: drawing })
    hand.style.cssText = 'position: fixed; left: 0; top: 0; pointer-events: none; z-index: 9'
    document.body.append(hand)
  }, HAND)
}

function moveHand(page: Page, { x, y }: { x: number; y: number }): Promise<void> {
  return page.locator('#hand').evaluate((hand, transform) => {
    hand.style.transform = transform
  }, `translate(${x}px, ${y}px)`)
}

const HAND = `<svg width="76" height="72" viewBox="0 0 76 72" xmlns="http://www.w3.org/2000/svg"><g fill="#fff" stroke="#5a6271" stroke-width="1.5" stroke-linejoin="round" opacity=".92"><path d="M30 14h22l10 10v32H30z"/><path d="M22 22h22l10 10v32H22z"/><path d="M44 22v10h10" fill="none"/></g><path d="M2 2v23l6-5 4 9 4-2-4-9h8z" fill="#14171f" stroke="#fff" stroke-width="1.5" stroke-linejoin="round"/></svg>`

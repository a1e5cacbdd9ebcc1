import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from '../stage/console.ts'
import { paintHarbour } from './harbour.ts'

const folder = join(fileURLToPath(import.meta.url), '../../../docs/pictures')

for (const colorScheme of ['light', 'dark'] as const) {
  test(`the console, ${colorScheme}`, async ({ page, stage }) => {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width: 1280, height: 720 })
    const key = '2026/11/harbour at dusk.png'
    await stage.sdk.put(key, await paintHarbour(page), {
      callback: stage.callback(),
      meta: { camera: 'x100' } as never,
    })
    stage.setAnswer((response) => void response.writeHead(500).end('down'))
    await stage.sdk
      .put('2026/11/notes.txt', Buffer.alloc(900, 'x'), { callback: stage.callback() })
      .catch(() => undefined)

    await page.goto(`${stage.origin}/_console/#/buckets/photos?key=${encodeURIComponent(key)}`)
    await expect(page.getByRole('img', { name: `Preview of ${key}` })).toBeVisible()
    await page.screenshot({ path: join(folder, `console-bucket-${colorScheme}.png`) })

    await page.goto(`${stage.origin}/_console/#/callbacks`)
    await page.locator('.row-head').first().click()
    await expect(page.locator('.row-detail h2').last()).toBeVisible()
    await page.screenshot({ path: join(folder, `console-callbacks-${colorScheme}.png`) })
  })
}

import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { test } from './scene.ts'
import { states } from './states.ts'

const folder = join(fileURLToPath(import.meta.url), '../../../docs/pictures')

for (const name of ['sending', 'done', 'unconfirmed', 'failed'] as const) {
  test(name, async ({ scene, page }) => {
    await page.setViewportSize({ width: 1280, height: 720 })
    await page.emulateMedia({ reducedMotion: 'reduce' })
    await scene.open()
    await states[name].enter(scene)
    // The history leaves out what is under way, and keeps nothing of what never arrived.
    if (name === 'done' || name === 'unconfirmed') {
      await scene.until('it is in the history', () => page.locator('.records').isVisible(), 20)
    }
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      await page.screenshot({ path: join(folder, `${name}-${colorScheme}.png`), animations: 'disabled' })
    }
  })
}

test('looks', async ({ scene, page }) => {
  await page.setViewportSize({ width: 1280, height: 900 })
  await scene.open()
  await states.mixed.enter(scene)
  for (const look of ['paper', 'signal', 'mint'] as const) {
    await page.locator('.look select').selectOption(look)
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const path = join(folder, `look-${look}-${colorScheme}.png`)
      await page.locator('.upload-column').screenshot({ path, animations: 'disabled' })
    }
  }
})

import type { Page } from '@playwright/test'
import { expect, test } from './scene.ts'
import { RULES, type State, states } from './states.ts'

// Compared with what somebody has looked at, by `npm run test:visual` alone: elsewhere letters are drawn otherwise.

const SCHEMES = ['light', 'dark'] as const
const LOCALES = ['en', 'zh-CN'] as const
const HEIGHTS = { 1280: 1000, 360: 1400 }

for (const [name, state] of Object.entries<State>(states)) {
  test.describe(name, () => {
    test.use({ extraServerEnv: state.ruled ? { ROUTE_RULES: JSON.stringify(RULES) } : {} })

    test(name, async ({ scene, page }) => {
      await page.setViewportSize({ width: 1280, height: HEIGHTS[1280] })
      await scene.open()
      await state.enter(scene)
      for (const locale of LOCALES) {
        await page.locator('.language select').selectOption(locale)
        for (const width of [1280, 360] as const) {
          await page.setViewportSize({ width, height: HEIGHTS[width] })
          for (const colorScheme of SCHEMES) {
            await page.emulateMedia({ colorScheme })
            await compare(page, `${name}-${locale}-${width}-${colorScheme}`)
          }
        }
      }
    })
  })
}

test('each look, forced colours, and from right to left', async ({ scene, page }) => {
  await page.setViewportSize({ width: 1280, height: HEIGHTS[1280] })
  await scene.open()
  await states.mixed.enter(scene)
  for (const look of ['paper', 'signal', 'mint']) {
    await page.locator('.look select').selectOption(look)
    for (const colorScheme of SCHEMES) {
      await page.emulateMedia({ colorScheme })
      await compare(page, `look-${look}-${colorScheme}`)
    }
  }
  await page.locator('.look select').selectOption('plain')
  await page.emulateMedia({ colorScheme: 'light', forcedColors: 'active' })
  await compare(page, 'forced-colours')
  await page.emulateMedia({ forcedColors: 'none' })
  await page.evaluate(() => Object.assign(document.documentElement, { dir: 'rtl' }))
  await compare(page, 'right-to-left')
})

// What the server and OSS make up anew each time is covered; each of these is as wide as its place, whatever it says.
const IDS = [
  '.od-value:has(.od-code, .od-link)',
  '.od-oss-fact:last-child .od-code',
  '[data-phase="unconfirmed"] .od-said',
].join()

/** The dropzone alone. */
async function compare(page: Page, name: string): Promise<void> {
  await page.mouse.move(0, 0)
  await expect
    .soft(page.locator('.upload-column'))
    .toHaveScreenshot(`${name}.png`, { mask: [page.locator(IDS)], maskColor: '#8a93a3' })
}

import { defineConfig } from '@playwright/test'
import { launchOptions } from '../scripts/browser.mjs'

export const chromium = {
  name: 'chromium',
  use: { browserName: 'chromium' as const, launchOptions: await launchOptions() },
}

const browsers = {
  chromium,
  // Playwright's own builds, which `playwright install firefox webkit` fetches.
  firefox: { name: 'firefox', use: { browserName: 'firefox' as const } },
  webkit: { name: 'webkit', use: { browserName: 'webkit' as const } },
}

/** Named with commas between them. */
const asked = (process.env.OSS_DIRECT_BROWSERS ?? 'chromium').split(',').map((name) => name.trim())
const unknown = asked.filter((name) => !Object.hasOwn(browsers, name))
if (unknown.length > 0) {
  throw new Error(`OSS_DIRECT_BROWSERS names ${unknown.join(', ')}; there are ${Object.keys(browsers).join(', ')}`)
}

export default defineConfig({
  testDir: 'stories',
  outputDir: '../test-results/e2e',
  timeout: 60_000,
  expect: { timeout: 15_000 },
  // Every story has a local OSS and a server of its own, so stories may run side by side; two fit on a small machine.
  workers: 2,
  fullyParallel: true,
  forbidOnly: Boolean(process.env.CI),
  reporter: 'list',
  use: {
    headless: true,
    // A trace costs as much as the story itself; `--trace retain-on-failure` has one made.
    screenshot: 'only-on-failure',
    locale: 'en-GB',
  },
  projects: Object.values(browsers).filter(({ name }) => asked.includes(name)),
})

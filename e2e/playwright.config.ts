import { defineConfig } from '@playwright/test'
import { launchOptions } from '../scripts/browser.mjs'

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
    browserName: 'chromium',
    headless: true,
    launchOptions: await launchOptions(),
    // A trace costs as much as the story itself; `--trace retain-on-failure` has one made.
    screenshot: 'only-on-failure',
    locale: 'en-GB',
  },
})

import { defineConfig } from '@playwright/test'
import stories, { chromium } from './playwright.config.ts'

/**
 * The same scenes for two purposes: `npm run pictures` takes the pictures of the README afresh, which is no test, because
 * somebody has to look at them; `npm run test:visual` compares each state with what somebody has looked at.
 */
export default defineConfig({
  ...stories,
  testDir: 'pictures',
  outputDir: '../test-results/pictures',
  workers: 1,
  timeout: 120_000,
  // A shade is a difference; what a palette takes away (scripts/png.mjs) is none.
  expect: { ...stories.expect, toHaveScreenshot: { threshold: 0.08 } },
  snapshotPathTemplate: 'pictures/goldens/{arg}{ext}',
  projects: [
    { ...chromium, name: 'readme', testIgnore: 'visual.spec.ts' },
    { ...chromium, name: 'visual', testMatch: 'visual.spec.ts' },
  ],
})

import { defineConfig } from '@playwright/test'
import stories, { chromium } from '../playwright.config.ts'

/** `npm run test:faults`: every cell of the table. */
export default defineConfig({
  ...stories,
  testDir: '.',
  projects: [chromium],
  outputDir: '../../test-results/faults',
  reporter: [['list'], ['./reporter.ts']],
})

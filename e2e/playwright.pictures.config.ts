import { defineConfig } from '@playwright/test'
import stories from './playwright.config.ts'

/** `npm run pictures`: takes the pictures of the README afresh. Not a test: somebody has to look at them. */
export default defineConfig({ ...stories, testDir: 'pictures', outputDir: '../test-results/pictures', workers: 1 })

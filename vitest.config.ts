import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions } from './scripts/browser.mjs'

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['{packages,apps}/*/src/**/*.test.{ts,tsx}', 'scripts/**/*.test.ts', 'e2e/conformance/*.test.ts'],
          exclude: ['**/*.browser.test.*', '**/*.postgres.test.*', 'scripts/packed/**', '**/node_modules/**'],
          environment: 'node',
          testTimeout: 20_000,
        },
      },
      {
        test: {
          name: 'packed',
          include: ['scripts/packed/*.test.ts'],
          environment: 'node',
          testTimeout: 120_000,
          globalSetup: ['scripts/packed/tarballs.ts'],
        },
      },
      {
        test: {
          name: 'postgres',
          include: ['{packages,apps}/*/src/**/*.postgres.test.ts'],
          environment: 'node',
          testTimeout: 30_000,
          globalSetup: ['packages/server/test/postgres-server.ts'],
        },
      },
      {
        test: {
          name: 'browser',
          include: ['packages/*/src/**/*.browser.test.{ts,tsx}'],
          testTimeout: 30_000,
          globalSetup: ['packages/uploader/test/local-oss.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({ launchOptions: await launchOptions() }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
})

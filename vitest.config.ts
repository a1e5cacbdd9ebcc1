import { fileURLToPath } from 'node:url'
import { playwright } from '@vitest/browser-playwright'
import { defineConfig } from 'vitest/config'
import { launchOptions } from './scripts/browser.mjs'

const launch = await launchOptions()
/** Made anew for each project: vitest writes into it. */
const inBrowser = () => ({
  enabled: true,
  headless: true,
  screenshotFailures: false,
  provider: playwright({ launchOptions: launch }),
  instances: [{ browser: 'chromium' as const }],
})
/** On a busy machine a worker takes seconds to start; one second is what is waited for otherwise. */
const patient = { poll: { timeout: 15_000 } }
const reactRoom = fileURLToPath(new URL('packages/react/node_modules', import.meta.url))

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
          // After the others: it installs, builds and starts whole applications.
          sequence: { groupOrder: 1 },
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
          expect: patient,
          globalSetup: ['packages/uploader/test/local-oss.ts'],
          browser: inBrowser(),
        },
      },
      {
        // The same components with the oldest React that they promise to work with.
        resolve: {
          alias: [
            { find: /^react(\/.*)?$/, replacement: `${reactRoom}/react-18$1` },
            { find: /^react-dom(\/.*)?$/, replacement: `${reactRoom}/react-dom-18$1` },
          ],
        },
        test: {
          name: 'react-18',
          include: ['packages/react/src/{parts,form,hydration,react-version}.browser.test.tsx'],
          testTimeout: 30_000,
          expect: patient,
          browser: inBrowser(),
        },
      },
    ],
  },
})

// @ts-check
// `npm run test:faults`: every fault of the table, for both ways of sending, and docs/reliability.md made of what came of it.

import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { ensureWebBuild } from './web-build.mjs'
import { ensureInstalled, root, runMain, runTool } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  await ensureBrowser()
  await ensureWebBuild()
  const e2e = join(root, 'e2e')
  const args = ['test', '--config', 'faults', ...process.argv.slice(2)]
  await runTool('@playwright/test', args, 'the faults', { cwd: e2e, from: e2e, bin: 'playwright' })
})

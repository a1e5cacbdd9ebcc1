// @ts-check
// `npm run pictures`: takes the pictures of the README afresh, in light and dark. Somebody has to look at them.
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { ensureWebBuild } from './web-build.mjs'
import { ensureInstalled, root, runMain, runTool } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  await ensureBrowser()
  await ensureWebBuild()
  const e2e = join(root, 'e2e')
  const args = ['test', '--config', 'playwright.pictures.config.ts', ...process.argv.slice(2)]
  await runTool('@playwright/test', args, 'taking pictures', { cwd: e2e, from: e2e, bin: 'playwright' })
})

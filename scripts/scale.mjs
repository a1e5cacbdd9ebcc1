// @ts-check
// `npm run test:scale`: what is large, through the real thing, within its limits of memory.
import { ensureInstalled, run, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  await run(process.execPath, ['--import', 'tsx', 'scale/main.ts', ...process.argv.slice(2)], 'the scale test')
})

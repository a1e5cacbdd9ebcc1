// @ts-check
// `npm run soak`: many uploads, random faults, three servers on one Postgres, one of them always dying.
import { ensureInstalled, run, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  await run(process.execPath, ['--import', 'tsx', 'e2e/soak/main.ts', ...process.argv.slice(2)], 'the soak')
})

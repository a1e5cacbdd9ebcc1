// @ts-check
// `npm run bench`: the table of figures, from one run on this machine; `npm run bench -- sign` one group of it.
import { ensureInstalled, run, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  await run(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)], 'the bench')
})

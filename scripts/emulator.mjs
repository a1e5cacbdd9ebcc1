// @ts-check
// `npm run emulator -- --bucket photos`: the local OSS alone.
import { ensureInstalled, run, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  const args = ['--import', 'tsx', 'packages/emulator/src/main.ts', ...process.argv.slice(2)]
  await run(process.execPath, args, 'the local OSS')
})

// @ts-check
// `npm run bench`: the table of figures, from one run on this machine; `npm run bench -- sign` one group of it.
import { ensureInstalled, run, runMain, runTool } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  try {
    await run(process.execPath, ['--import', 'tsx', 'bench/main.ts', ...process.argv.slice(2)], 'the bench')
  } finally {
    await runTool(
      '@biomejs/biome',
      ['format', '--write', 'README.md', 'README.zh-CN.md', 'docs/performance.md', 'bench/results'],
      'laying out the figures',
    )
  }
})

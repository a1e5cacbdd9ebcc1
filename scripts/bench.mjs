// @ts-check
// `npm run bench -- sign`: one row of the table of figures, from one run on this machine.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { Complaint, ensureInstalled, root, run, runMain } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  const name = process.argv[2] ?? ''
  const file = join('bench', `${name}.bench.ts`)
  if (!/^[a-z-]+$/.test(name) || !existsSync(join(root, file)))
    throw new Complaint(`There is no bench "${name}"; try: npm run bench -- sign`)
  await run(process.execPath, ['--import', 'tsx', file], `the bench ${name}`)
})

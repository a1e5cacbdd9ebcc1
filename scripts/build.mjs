// @ts-check
// `npm run build`: what is published of the packages, in their `dist`. The checkout itself runs without it.
import { cpSync, rmSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { ensureInstalled, PUBLISHED, root, runMain, runTool } from './workspace.mjs'

runMain(async () => {
  await ensureInstalled()
  // Each is compiled against the types of those before it.
  for (const name of PUBLISHED) {
    const folder = join(root, 'packages', name)
    const dist = join(folder, 'dist')
    rmSync(dist, { recursive: true, force: true })
    await runTool('typescript', ['-p', join(folder, 'tsconfig.build.json')], `building ${name}`, { bin: 'tsc' })
    cpSync(join(folder, 'src'), dist, { recursive: true, filter: isAsset })
  }
})

/** Pages, stylesheets and declarations that were written by hand: published as they are. @param {string} path */
function isAsset(path) {
  if (/tsconfig|\.(test|fixture)\./.test(basename(path))) return false
  return path.endsWith('.d.ts') || !['.ts', '.tsx'].includes(extname(path))
}

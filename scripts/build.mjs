// @ts-check
// `npm run build`: what is published of the packages, in their `dist`. The checkout itself runs without it.
import { cpSync, rmSync } from 'node:fs'
import { basename, extname, join } from 'node:path'
import { ensureInstalled, root, runMain, runTool } from './workspace.mjs'

/** In the order of their dependencies: each is compiled against the types of those before it. */
const PUBLISHED = ['oss', 'emulator']

runMain(async () => {
  await ensureInstalled()
  for (const name of PUBLISHED) {
    const folder = join(root, 'packages', name)
    const dist = join(folder, 'dist')
    rmSync(dist, { recursive: true, force: true })
    await runTool('typescript', ['-p', join(folder, 'tsconfig.build.json')], `building ${name}`, { bin: 'tsc' })
    cpSync(join(folder, 'src'), dist, { recursive: true, filter: isAsset })
  }
})

/** Pages and their like, which are published as they are. @param {string} path */
function isAsset(path) {
  return !['.ts', '.tsx'].includes(extname(path)) && !/tsconfig|\.(test|fixture)\./.test(basename(path))
}

// @ts-check
// `npm run pictures`: takes the pictures of the README afresh, in light and dark. Somebody has to look at them.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser } from './browser.mjs'
import { shrinkPicture, takePictures } from './camera.mjs'
import { ensureWebBuild } from './web-build.mjs'
import { ensureInstalled, root, runMain } from './workspace.mjs'

const folder = join(root, 'docs/pictures')
/** Has been written as small as it gets, and holds more than one picture. */
const ANIMATIONS = /^drop-/

runMain(async () => {
  await ensureInstalled()
  await ensureBrowser()
  await ensureWebBuild()
  await takePictures('readme', 'taking pictures', process.argv.slice(2))
  for (const name of readdirSync(folder)) if (!ANIMATIONS.test(name)) shrinkPicture(join(folder, name))
})

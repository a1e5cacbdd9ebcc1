// @ts-check
// `npm run test:visual`: every state of the dropzone against a picture of it that somebody has looked at; with `--update` they
// are taken anew. Letters are drawn otherwise by another browser, with other fonts and on another system, so pictures are
// compared only where they were made with the same.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ensureBrowser, launchOptions } from './browser.mjs'
import { shrinkPicture, takePictures } from './camera.mjs'
import { decodePng } from './png.mjs'
import { ensureWebBuild } from './web-build.mjs'
import { Complaint, ensureInstalled, root, runMain } from './workspace.mjs'

const goldens = join(root, 'e2e/pictures/goldens')
const labelFile = join(goldens, 'made-with.json')

runMain(async () => {
  const args = process.argv.slice(2)
  const rest = args.filter((arg) => arg !== '--update')
  const update = rest.length < args.length
  await ensureInstalled()
  await ensureBrowser()
  requireChineseFont()
  const here = await describeMachine()
  if (!update || rest.length > 0) requireSameMachine(here)
  await ensureWebBuild()
  if (!update) return takePictures('visual', 'comparing pictures', rest)
  const before = new Map(listPictures().map((name) => [name, readFileSync(join(goldens, name))]))
  // All of them: one that no state has any more would stay for ever.
  if (rest.length === 0) rmSync(goldens, { recursive: true, force: true })
  await takePictures('visual', 'taking pictures', ['--update-snapshots=changed', ...rest])
  const pictures = listPictures()
  const bytes = pictures.reduce((sum, name) => sum + shrinkPicture(join(goldens, name)), 0)
  for (const name of pictures) keepUnchanged(join(goldens, name), before.get(name))
  writeFileSync(labelFile, `${JSON.stringify(here, null, 2)}\n`)
  console.log(
    `${pictures.length} pictures, ${(bytes / 1024 ** 2).toFixed(1)} MiB. Look at them before you commit them.`,
  )
})

function listPictures() {
  return existsSync(goldens) ? readdirSync(goldens).filter((name) => name.endsWith('.png')) : []
}

/** The same pixels stay the same file, so that whoever looks at a change sees what has changed. @param {string} path @param {Buffer | undefined} before */
function keepUnchanged(path, before) {
  if (before !== undefined && decodePng(before).rgb.equals(decodePng(readFileSync(path)).rgb))
    writeFileSync(path, before)
}

/** What a letter's shape depends on. @returns {Promise<Record<string, string>>} */
async function describeMachine() {
  const { chromium } = await import('playwright')
  const browser = await chromium.launch(await launchOptions())
  const version = browser.version()
  await browser.close()
  return {
    browser: `Chromium ${version}`,
    system: `${process.platform} ${process.arch}`,
    text: fontFor('sans-serif:lang=en'),
    chineseText: fontFor('sans-serif:lang=zh-cn'),
    ids: fontFor('monospace:lang=en'),
  }
}

/** @param {Record<string, string>} here */
function requireSameMachine(here) {
  if (!existsSync(labelFile)) {
    throw new Complaint('There are no pictures yet. Take them: npm run test:visual -- --update')
  }
  const there = JSON.parse(readFileSync(labelFile, 'utf8'))
  const differences = Object.keys(here).filter((name) => here[name] !== there[name])
  if (differences.length === 0) return
  throw new Complaint(
    [
      'Nothing was compared: the pictures were made with something else than what is here.',
      ...differences.map((name) => `  ${name}: ${there[name]}; here ${here[name]}`),
      'To compare a change with how it was before, here: take the pictures without it, npm run test:visual -- --update,',
      'then with it: npm run test:visual',
    ].join('\n'),
  )
}

function requireChineseFont() {
  if (process.platform !== 'linux' || fontconfig('fc-list', [':lang=zh', 'family']) !== '') return
  throw new Complaint(
    'No font here has Chinese letters, and half of the pictures are Chinese. Debian, Ubuntu: sudo apt-get install fontconfig fonts-noto-cjk',
  )
}

/** @param {string} pattern as fontconfig reads it @returns {string} the family that it stands for, and its version */
function fontFor(pattern) {
  return fontconfig('fc-match', ['--format', '%{family[0]} %{fontversion}', pattern]) || 'of the system'
}

/** @param {string} program @param {string[]} args @returns {string} nothing where there is no fontconfig */
function fontconfig(program, args) {
  return spawnSync(program, args, { encoding: 'utf8' }).stdout?.trim() ?? ''
}

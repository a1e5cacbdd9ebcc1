// @ts-check
// The built web app, built again only when a source of it has changed.
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { root, runTool } from './workspace.mjs'

const web = join(root, 'apps/web')
const stampFile = join(web, 'dist', '.built-from')
const sources = [
  ...['src', 'public', 'index.html', 'frame.html', 'foreign.html', 'vite.config.ts', 'package.json'].map((name) =>
    join(web, name),
  ),
  ...['react', 'uploader', 'shared'].map((name) => join(root, 'packages', name, 'src')),
  join(root, 'pnpm-lock.yaml'),
]

export async function ensureWebBuild() {
  const wanted = sourceStamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return
  console.log('Building the web app …')
  await runTool('vite', ['build', '--logLevel', 'warn'], 'building the web app', { cwd: web, from: web })
  writeFileSync(stampFile, wanted)
}

function sourceStamp() {
  const hash = createHash('sha256')
  for (const file of sources.filter((path) => existsSync(path)).flatMap(listFiles)) {
    hash.update(file).update(readFileSync(file))
  }
  return hash.digest('hex')
}

/** @param {string} path of a file or a folder @returns {string[]} */
function listFiles(path) {
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.includes('.test.'))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}

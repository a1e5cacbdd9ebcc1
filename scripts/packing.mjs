// @ts-check
// Our packages as they are published: built, packed, and installed away from this checkout.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { npmCli, PUBLISHED, root } from './workspace.mjs'

/** @typedef {Record<string, string>} Versions package names and the versions that are asked for */

/**
 * Builds all published packages and packs them into a folder.
 * @param {string} folder
 */
export async function packAll(folder) {
  await node(root, join(root, 'scripts/build.mjs'))
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  // pnpm and no other: it writes `publishConfig` and the versions of the workspace into the manifest.
  const ours = PUBLISHED.map((name) => `--filter=@oss-direct/${name}`)
  const pack = ['--recursive', ...ours, 'pack', '--out', join(folder, '%s.tgz')]
  await node(root, npmCli(), 'exec', '--yes', '--', packageManager, ...pack)
}

/** Path of a packed package. @param {string} folder as given to `packAll` @param {string} name as in `packages/` */
export function tarballOf(folder, name) {
  return join(folder, `oss-direct-${name}.tgz`)
}

/**
 * Makes a folder an npm project and installs what it asks for. Ours come from their tarballs, whatever version is asked for,
 * and so do those that ours ask for; all others come from the registry.
 * @param {string} folder @param {string} tarballs as given to `packAll`
 * @param {{ dependencies: Versions, devDependencies?: Versions }} wanted
 */
export async function installPacked(folder, tarballs, wanted) {
  const packed = Object.fromEntries(
    PUBLISHED.map((name) => [`@oss-direct/${name}`, `file:${tarballOf(tarballs, name)}`]),
  )
  const asked = { ...wanted.dependencies, ...wanted.devDependencies }
  const manifest = {
    private: true,
    type: 'module',
    dependencies: pick(packed, wanted.dependencies),
    devDependencies: pick(packed, wanted.devDependencies ?? {}),
    // npm refuses to override what is asked for directly.
    overrides: Object.fromEntries(Object.entries(packed).filter(([name]) => !Object.hasOwn(asked, name))),
  }
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), JSON.stringify(manifest, null, 2))
  await node(folder, npmCli(), 'install', '--no-audit', '--no-fund', '--prefer-offline')
}

/** @param {Versions} packed @param {Versions} asked @returns {Versions} */
function pick(packed, asked) {
  return Object.fromEntries(Object.entries(asked).map(([name, version]) => [name, packed[name] ?? version]))
}

/** @param {string} cwd @param {string[]} args */
async function node(cwd, ...args) {
  await promisify(execFile)(process.execPath, args, { cwd })
}

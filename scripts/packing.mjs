// @ts-check
// Our packages as they are published: built, packed, and installed away from this checkout.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { npmCli, root } from './workspace.mjs'

/**
 * Installs packages of ours in an empty folder: those named, which must include the ones they need of ours.
 * @param {string} folder @param {readonly string[]} names as in `packages/`
 */
export async function installPacked(folder, names) {
  await node(join(root, 'scripts/build.mjs'))
  const { packageManager } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  for (const name of names) {
    // pnpm and no other: it writes `publishConfig` and the versions of the workspace into the manifest.
    const pack = ['--dir', join(root, 'packages', name), 'pack', '--pack-destination', folder]
    await node(npmCli(), 'exec', '--yes', '--', packageManager, ...pack)
  }
  const dependencies = Object.fromEntries(
    names.map((name) => [`@oss-direct/${name}`, `file:oss-direct-${name}-0.0.0.tgz`]),
  )
  await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies }))
  await promisify(execFile)(process.execPath, [npmCli(), 'install', '--no-audit', '--no-fund'], { cwd: folder })
}

/** @param {string[]} args */
async function node(...args) {
  await promisify(execFile)(process.execPath, args, { cwd: root })
}

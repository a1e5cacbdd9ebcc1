// @ts-check
// `npm run assemble -- <folder>`: the server as it runs in production, in a folder of its own: compiled, with the packages
// that it needs at the versions of the lock file, and with the built page. The Dockerfile makes its image of it.
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { ensureWebBuild } from './web-build.mjs'
import { Complaint, ensureInstalled, npmCli, root, run, runMain, runTool } from './workspace.mjs'

runMain(async () => {
  const [target] = process.argv.slice(2)
  if (target === undefined) throw new Complaint('Say where to: npm run assemble -- <folder>')
  const folder = resolve(target)
  if (existsSync(folder) && readdirSync(folder).length > 0) throw new Complaint(`${folder} is not empty`)

  await ensureInstalled()
  await ensureWebBuild()
  await run(process.execPath, [join(root, 'scripts/build.mjs')], 'building the packages')
  const { packageManager } = readManifest(root)
  // `legacy`: without it pnpm wants the whole workspace to be installed by copies.
  const deploy = ['--filter=@oss-direct/demo-server', '--prod', '--legacy', 'deploy', folder]
  await run(process.execPath, [npmCli(), 'exec', '--yes', '--', packageManager, ...deploy], 'collecting packages')
  publishAll(join(folder, 'node_modules/.pnpm'))

  const server = join(root, 'apps/server')
  await runTool(
    'typescript',
    ['-p', join(server, 'tsconfig.build.json'), '--outDir', join(folder, 'dist')],
    'compiling',
    {
      bin: 'tsc',
    },
  )
  for (const source of ['src', 'tsconfig.json', 'tsconfig.build.json']) {
    rmSync(join(folder, source), { recursive: true, force: true })
  }
  cpSync(join(root, 'apps/web/dist'), join(folder, 'web'), { recursive: true })
  console.log(`Start it with: WEB_ROOT=web node dist/main.js, in ${folder}`)
})

/** What packing does with a manifest and `deploy` leaves out: `exports` lead to what was built. @param {string} store */
function publishAll(store) {
  for (const entry of readdirSync(store)) {
    // Its other folders of ours are links to these.
    const name = /^@oss-direct\+([\w-]+)@/.exec(entry)?.[1]
    if (name === undefined) continue
    const path = join(store, entry, 'node_modules/@oss-direct', name)
    const { publishConfig, ...manifest } = readManifest(path)
    // A new file: the old one may be one with that of the checkout.
    rmSync(join(path, 'package.json'))
    writeFileSync(join(path, 'package.json'), JSON.stringify({ ...manifest, ...publishConfig }, null, 2))
  }
}

/** @param {string} folder */
function readManifest(folder) {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
}

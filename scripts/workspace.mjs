// @ts-check
// The checkout: where it is, whether its packages are installed, and how a tool of it is run. Nothing here may import
// a package: on a fresh machine there is none yet.
import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const stampFile = join(root, 'node_modules', '.installed')

/** The packages that are published, each behind those it depends on. */
export const PUBLISHED = ['shared', 'oss', 'server', 'cli', 'uploader', 'react', 'emulator']

/** A mistake of the person at the keyboard, or of the machine: printed as a sentence, without a stack. */
export class Complaint extends Error {}

/** Installs the packages when the lock file, a manifest or the Node version is another than at the last install. */
export async function ensureInstalled() {
  requireNode()
  const wanted = installStamp()
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return
  console.log('Installing packages (the first time takes a minute) …')
  const pnpm = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).packageManager
  await run(
    process.execPath,
    [npmCli(), 'exec', '--yes', '--', pnpm, 'install', '--frozen-lockfile'],
    'installing packages',
  )
  writeFileSync(stampFile, wanted)
}

/**
 * Runs a program with this terminal's output and waits for it.
 * @param {string} program @param {string[]} args @param {string} what is being done, for the complaint
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string }} [options]
 * @returns {Promise<void>}
 */
export function run(program, args, what, { env = process.env, cwd = root } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: 'inherit' })
    child.once('error', (error) => reject(new Complaint(`${what} failed: ${error.message}`)))
    child.once('exit', (code, signal) => {
      if (code === 0) resolve()
      else reject(new Complaint(`${what} failed (${signal ?? `exit code ${code}`})`))
    })
  })
}

/**
 * Runs the command of an installed package through this Node: no shell, no `.cmd` file, the same on every system.
 * @param {string} packageName @param {string[]} args @param {string} what
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, from?: string, bin?: string }} [options]
 */
export function runTool(packageName, args, what, { from = root, bin, ...options } = {}) {
  return run(process.execPath, [toolPath(packageName, from, bin), ...args], what, options)
}

/**
 * Runs a script's main function; a Complaint becomes one line on the terminal and exit code 1.
 * @param {() => Promise<void>} main
 */
export function runMain(main) {
  main().catch((error) => {
    console.error(error instanceof Complaint ? `\n${error.message}` : error)
    process.exitCode = 1
  })
}

/** @param {string} packageName @param {string} from @param {string} [bin] */
function toolPath(packageName, from, bin) {
  const manifestPath = findManifest(packageName, from)
  const manifest = JSON.parse(readFileSync(manifestPath, 'utf8'))
  const path = typeof manifest.bin === 'string' ? manifest.bin : manifest.bin[bin ?? packageName.replace(/^@.*\//, '')]
  return join(dirname(manifestPath), path)
}

// `exports` of many packages hide their manifest from `require.resolve`, so node_modules is walked instead.
/** @param {string} packageName @param {string} from @returns {string} */
function findManifest(packageName, from) {
  const searched = createRequire(join(from, 'package.json')).resolve.paths(packageName) ?? []
  const found = searched.map((folder) => join(folder, packageName, 'package.json')).find((path) => existsSync(path))
  if (found === undefined)
    throw new Complaint(`${packageName} is not installed; run \`npm start\` or \`npm test\` once`)
  return found
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Complaint(`Node ${process.versions.node} is too old: 20.19 or newer is needed`)
  }
}

function installStamp() {
  const folders = ['.', 'e2e', 'bench', 'scale', ...childFolders('apps'), ...childFolders('packages')]
  const manifests = folders.map((folder) => join(root, folder, 'package.json')).filter((path) => existsSync(path))
  const hash = createHash('sha256').update(`${process.platform} ${process.arch} ${process.versions.modules}`)
  for (const path of [...manifests, join(root, 'pnpm-lock.yaml'), join(root, 'pnpm-workspace.yaml')]) {
    hash.update(readFileSync(path))
  }
  return hash.digest('hex')
}

/** @param {string} folder */
function childFolders(folder) {
  return readdirSync(join(root, folder)).map((name) => join(folder, name))
}

/**
 * npm's own script. Under `npm run` npm says where it is; started as `node scripts/start.mjs` it lies beside Node.
 * Spawning `npm` by name would need a shell on Windows, where it is a `.cmd` file.
 */
export function npmCli() {
  const beside = dirname(process.execPath)
  const candidates = [
    process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : '',
    join(beside, 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js'),
    join(beside, '..', 'share', 'nodejs', 'npm', 'bin', 'npm-cli.js'),
  ]
  const found = candidates.find((path) => path && existsSync(path))
  if (found === undefined)
    throw new Complaint('npm was not found beside Node; start this with `npm start` or `npm test`')
  return found
}

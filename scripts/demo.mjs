// @ts-check
// The demo: local OSS and server, shared by `npm start` and `npm run dev`.

import { existsSync } from 'node:fs'
import { isAbsolute, join } from 'node:path'
import { startProgram } from './processes.mjs'
import { Complaint, root } from './workspace.mjs'

/** Where everything is, from the environment and from `.env`; what the shell says wins. */
export function demoSettings() {
  if (existsSync(join(root, '.env'))) process.loadEnvFile(join(root, '.env'))
  const port = readPort('PORT', 3000)
  const ossPort = readPort('OSS_EMULATOR_PORT', 9000)
  if (port === ossPort) throw new Complaint(`PORT and OSS_EMULATOR_PORT are both ${port}: they need to differ`)
  const folder = process.env.DATA_DIR ?? '.data'
  return { port, ossPort, dataDir: isAbsolute(folder) ? folder : join(root, folder) }
}

/** A real bucket is configured, so the local OSS is not needed. The server's own configuration judges the values. */
export function usesRealBucket() {
  return ['OSS_BUCKET', 'OSS_REGION', 'OSS_ENDPOINT', 'OSS_ACCESS_KEY_ID'].some((name) => process.env[name])
}

/**
 * @param {{ ossPort: number, dataDir: string }} settings
 * @param {number} pagePort where the page is served: its origins are the ones in the bucket's CORS rule
 */
export function startLocalOss({ ossPort, dataDir }, pagePort) {
  const origins = [`http://localhost:${pagePort}`, `http://127.0.0.1:${pagePort}`]
  return startProgram(
    'The local OSS (at OSS_EMULATOR_PORT)',
    'packages/emulator/src/main.ts',
    [
      ...['--port', String(ossPort), '--data', join(dataDir, 'oss'), '--region', 'cn-hangzhou', '--bucket', 'uploads'],
      ...['--access-key-id', 'local-access-key-id', '--access-key-secret', 'local-access-key-secret'],
      ...origins.flatMap((origin) => ['--cors-origin', origin]),
    ],
    process.env,
  )
}

/**
 * @param {{ ossPort: number, dataDir: string }} settings @param {number} port @param {NodeJS.ProcessEnv} [extra]
 */
export function startServer({ ossPort, dataDir }, port, extra = {}) {
  return startProgram('The server', 'apps/server/src/main.ts', [], {
    ...process.env,
    PORT: String(port),
    OSS_EMULATOR_PORT: String(ossPort),
    DATA_DIR: dataDir,
    ...extra,
  })
}

/** @param {{ page: string, oss?: string | undefined, dataDir: string }} addresses */
export function printWelcome({ page, oss, dataDir }) {
  const local = oss
    ? [
        '',
        `  Local OSS     ${oss}   (for any OSS client)`,
        '    region      cn-hangzhou',
        '    bucket      uploads',
        '    key id      local-access-key-id',
        '    key secret  local-access-key-secret',
      ]
    : []
  console.log(
    ['', `  Open          ${page}`, ...local, '', `  Data          ${dataDir}`, '  Stop          Ctrl-C', ''].join(
      '\n',
    ),
  )
}

/** @param {string} name @param {number} fallback */
function readPort(name, fallback) {
  const text = process.env[name]
  if (text === undefined || text === '') return fallback
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new Complaint(`${name} is "${text}": a port from 1 to 65535 is needed`)
  return port
}

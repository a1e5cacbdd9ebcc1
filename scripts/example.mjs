// @ts-check
// `npm run example -- vanilla`: one of the examples, with the server and the local OSS that it needs.
import { existsSync, mkdtempSync, readdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startProgram, stopAll, stopOnSignals } from './processes.mjs'
import { Complaint, ensureInstalled, root, runMain } from './workspace.mjs'

const SERVER = 'express-minimal'
const [OSS_PORT, SERVER_PORT, PAGE_PORT] = [9000, 3001, 5173]

runMain(async () => {
  const name = process.argv[2] ?? ''
  const examples = readdirSync(join(root, 'examples'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map((entry) => entry.name)
  if (!examples.includes(name)) throw new Complaint(`Which example? There are: ${examples.join(', ')}`)
  await ensureInstalled()
  stopOnSignals()
  try {
    const page = `http://localhost:${PAGE_PORT}`
    const oss = ['--port', String(OSS_PORT), '--memory', '--bucket', 'uploads', '--cors-origin', page]
    await startProgram('The local OSS', 'packages/emulator/src/main.ts', oss, process.env)
    const server = await startProgram('The server', `examples/${SERVER}/server.ts`, [], {
      ...process.env,
      PORT: String(SERVER_PORT),
      DATABASE_FILE: join(mkdtempSync(join(tmpdir(), 'oss-direct-example-')), 'uploads.db'),
    })
    if (name === SERVER) console.log(`\n  The uploads API is at ${server}/uploads; it has no page.\n`)
    else console.log(`\n  Open ${await startPage(name, server)}\n`)
  } catch (error) {
    stopAll(1)
    throw error
  }
})

/** @param {string} name @param {string} server @returns {Promise<string>} its address */
async function startPage(name, server) {
  const own = `examples/${name}/server.ts`
  const [program, args] = existsSync(join(root, own)) ? [own, []] : ['examples/serve.ts', [name]]
  await startProgram('The page', program, args, { ...process.env, PORT: String(PAGE_PORT), SERVER: server })
  return `http://localhost:${PAGE_PORT}`
}

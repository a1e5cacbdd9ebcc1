import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApiKey, openApiKeys } from '@oss-direct/server'
import { freePort } from '../../scripts/free-port.ts'
import { type Program, startProgram } from '../stage/program.ts'
import { isOnPath, run } from './child.ts'
import { PARTNER_TOOLCHAINS, type PartnerProgram, type PartnerToolchain } from './partner-programs.ts'
import {
  complainOfPartner,
  PARTNER_STORIES,
  type PartnerRow,
  type PartnerStory,
  type PartnerWay,
} from './partner-verdict.ts'
import { prepare } from './toolchains.ts'
import { isObject } from './verdict.ts'

const PROGRAM_MS = 2 * 60_000

export interface PartnerOptions {
  /** Languages by name. */
  only: readonly string[]
  required: readonly string[]
  stop: AbortSignal
  say: (text: string) => void
}

/** The server of examples/third-party, the local OSS behind it, and a file. */
interface World {
  oss: Program
  server: Program
  /** Of the partner. */
  key: string
  file: string
  size: number
}

/** Runs the programs of examples/third-party against a server and a local OSS of their own. */
export async function judgePartners(options: PartnerOptions): Promise<PartnerRow[]> {
  const chosen = PARTNER_TOOLCHAINS.filter(({ name }) => options.only.includes(name))
  if (chosen.length === 0) return []
  const folder = await mkdtemp(join(tmpdir(), 'partners-'))
  try {
    const world = await startWorld(folder)
    try {
      const rows: PartnerRow[] = []
      for (const toolchain of chosen) rows.push(...(await judgeToolchain(toolchain, world, options)))
      return rows
    } finally {
      await world.server.stop()
      await world.oss.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

async function startWorld(folder: string): Promise<World> {
  // Two parts of 1 MiB and a rest; the name has what a shell, a form and a header each take for something else.
  const content = Buffer.alloc(2 * 1024 ** 2 + 12_345, 'partner ')
  const file = join(folder, "季度 'report' 1.txt")
  await writeFile(file, content)
  const oss = await startProgram(
    'packages/emulator/src/main.ts',
    ['--port', '0', '--memory', '--bucket', 'uploads'],
    {},
  )
  try {
    const server = await startProgram('examples/third-party/server.ts', [], {
      PORT: String(await freePort()),
      // A name: ali-oss does not put the bucket into the path of an address.
      OSS_ENDPOINT: oss.address.replace('127.0.0.1', 'localhost'),
      DATABASE_FILE: join(folder, 'uploads.db'),
    })
    const key = await makeKey(join(folder, 'uploads.db'))
    return { oss, server, key, file, size: content.length }
  } catch (error) {
    await oss.stop()
    throw error
  }
}

/** As `oss-direct keys create` does, beside the running server. */
async function makeKey(file: string): Promise<string> {
  const keys = await openApiKeys({ file })
  const { token } = await createApiKey(keys, { name: 'a partner', routes: ['partner'] })
  await keys.close()
  return token
}

async function judgeToolchain(
  toolchain: PartnerToolchain,
  world: World,
  { required, stop, say }: PartnerOptions,
): Promise<PartnerRow[]> {
  const { name, needs } = toolchain
  const rowsOf = (cell: 'FAIL' | 'missing', failures: string[]): PartnerRow[] =>
    toolchain.programs('').flatMap(({ client, ways }) =>
      ways.map((way) => {
        return { client, way, cells: Object.fromEntries(PARTNER_STORIES.map((story) => [story, cell])), failures }
      }),
    )
  const missing = needs.filter((program) => !isOnPath(program))
  if (missing.length > 0) {
    say(`${name}: not on the PATH: ${missing.join(', ')}`)
    return rowsOf('missing', required.includes(name) ? [`not on the PATH: ${missing.join(', ')}`] : [])
  }
  let folder: string
  try {
    folder = await prepare({ ...toolchain, name: `partner-${name}` }, { stop, say })
  } catch (error) {
    say(`${name}: ${error instanceof Error ? error.message : error}`)
    return rowsOf('FAIL', ['its programs could not be made; the reason is above'])
  }
  const rows: PartnerRow[] = []
  for (const program of toolchain.programs(folder)) {
    for (const way of program.ways) {
      say(`${name}: ${program.client}, ${way} …`)
      rows.push(await judgeProgram(program, way, world, stop))
    }
  }
  return rows
}

async function judgeProgram(
  program: PartnerProgram,
  way: PartnerWay,
  world: World,
  stop: AbortSignal,
): Promise<PartnerRow> {
  const cells: PartnerRow['cells'] = {}
  const failures: string[] = []
  for (const story of PARTNER_STORIES) {
    stop.throwIfAborted()
    const complaint = await live(story, program, way, world, stop)
    cells[story] = complaint === undefined ? 'pass' : 'FAIL'
    if (complaint !== undefined) failures.push(`${story}: ${complaint}`)
  }
  return { client: program.client, way, cells, failures }
}

async function live(
  story: PartnerStory,
  { command }: PartnerProgram,
  way: PartnerWay,
  { oss, server, key, file, size }: World,
  stop: AbortSignal,
): Promise<string | undefined> {
  const faults = `${oss.address}/_console/api/faults`
  const fault = faultOf(story, way)
  if (fault !== undefined) await post(faults, { ...fault, count: 1 })
  const [program, ...args] = command
  const env = { UPLOADS: `${server.address}/uploads`, UPLOADS_KEY: story === 'not permitted' ? 'wrong' : key }
  const ended = await run({ program, args: [...args, file, way], env, timeoutMs: PROGRAM_MS }, stop)
  const left = await readJson(await fetch(faults))
  await fetch(faults, { method: 'DELETE' })
  if (Array.isArray(left.faults) && left.faults.length > 0) return 'it never made the call that was to fail'
  const [lines, errors] = [ended.output, ended.errors].map((text) => text.split('\n').filter((line) => line !== ''))
  const complaint = complainOfPartner(story, {
    lines: lines ?? [],
    errors: errors ?? [],
    endedWell: ended.failure === undefined,
    record: await newestRecord(server, key),
    size,
  })
  return complaint && `${complaint}\n${(ended.output + ended.errors).trim().slice(-2000)}`
}

function faultOf(story: PartnerStory, way: PartnerWay): Record<string, unknown> | undefined {
  if (story === 'callback failed') return { name: 'callback-lost' }
  if (story !== 'not stored') return undefined
  const operation = { put: 'PutObject', parts: 'CompleteMultipartUpload', form: 'PostObject' }[way]
  return { name: 'error', operation, status: 403, code: 'AccessDenied' }
}

async function newestRecord(server: Program, key: string): Promise<Record<string, unknown> | undefined> {
  const authorization = `Bearer ${key}`
  const { items } = await readJson(await fetch(`${server.address}/uploads?limit=1`, { headers: { authorization } }))
  return Array.isArray(items) && isObject(items[0]) ? items[0] : undefined
}

async function post(url: string, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' }
  const answer = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`)
}

async function readJson(answer: Response): Promise<Record<string, unknown>> {
  const value: unknown = await answer.json()
  return isObject(value) ? value : {}
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Program, startProgram } from '../stage/program.ts'
import { type Application, startApplication } from './application.ts'
import { isOnPath, run } from './child.ts'
import { PARTNER_TOOLCHAINS } from './partner-programs.ts'
import { judgePartners } from './partner-runs.ts'
import { printPartnerTable } from './partner-verdict.ts'
import { prepare, type SdkProgram, TOOLCHAINS, type Toolchain } from './toolchains.ts'
import { isObject, type Judged, judge, type Outcome, printTable, type StoryLine } from './verdict.ts'

const REGION = 'cn-hangzhou'
const ACCESS_KEY = { id: 'conformance-key-id', secret: 'conformance-key-secret' }
const SIGNATURES = ['V1', 'V4'] as const
const PROGRAM_MS = 2 * 60_000
const PARTS = ['sdks', 'partners'] as const

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => stop.abort(new Error('Stopped.')))

try {
  const flags = readFlags()
  const rows = flags.parts.includes('sdks') ? await judgeAll(flags) : []
  const partners = flags.parts.includes('partners') ? await judgePartners({ ...flags, stop: stop.signal, say }) : []
  if (rows.length > 0) say(`\n${printTable(rows)}`)
  if (partners.length > 0) say(`\n${printPartnerTable(partners)}`)
  const cells = [...rows, ...partners].flatMap((row) => Object.values(row.cells))
  if (cells.includes('missing')) say('missing: the toolchain is not on the PATH')
  const failures = [
    ...rows.flatMap(({ sdk, signature, failures }) => failures.map((failure) => `${sdk} ${signature}, ${failure}`)),
    ...partners.flatMap(({ client, way, failures }) => failures.map((failure) => `${client} ${way}, ${failure}`)),
  ]
  for (const failure of failures) say(`\n✘ ${failure}`)
  say(`\n${cells.filter((cell) => cell === 'pass').length} passed, ${failures.length} failed`)
  process.exitCode = failures.length > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

interface Flags {
  /** Of the languages. */
  only: readonly string[]
  required: readonly string[]
  /** `sdks`: the SDKs against the local OSS. `partners`: the programs of examples/third-party against a server. */
  parts: readonly string[]
}

async function judgeAll({ only, required }: Flags): Promise<Judged[]> {
  const chosen = TOOLCHAINS.filter(({ name }) => only.includes(name))
  const folder = await mkdtemp(join(tmpdir(), 'oss-conformance-'))
  try {
    const oss = await startLocalOss(folder)
    const application = await startApplication(`${oss.address}/_callback/callback_pub_key_v1.pem`)
    try {
      const rows: Judged[] = []
      for (const toolchain of chosen) {
        const isRequired = required.includes(toolchain.name)
        rows.push(...(await judgeToolchain(toolchain, { isRequired, ossOrigin: oss.address, application })))
      }
      return rows
    } finally {
      application.close()
      await oss.stop()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function startLocalOss(folder: string): Promise<Program> {
  const programs = TOOLCHAINS.flatMap((toolchain) => toolchain.programs(''))
  return startProgram(
    'packages/emulator/src/main.ts',
    [
      ...['--port', '0', '--data', folder, '--region', REGION],
      ...['--access-key-id', ACCESS_KEY.id, '--access-key-secret', ACCESS_KEY.secret],
      ...programs.flatMap((program) => runsOf(program)).flatMap(({ bucket }) => ['--bucket', bucket]),
    ],
    {},
  )
}

interface Surroundings {
  isRequired: boolean
  ossOrigin: string
  application: Application
}

async function judgeToolchain(
  toolchain: Toolchain,
  { isRequired, ossOrigin, application }: Surroundings,
): Promise<Judged[]> {
  const prepared = await prepareIfThere(toolchain)
  const programs = toolchain.programs(typeof prepared === 'string' ? prepared : '')
  const rows: Judged[] = []
  for (const { program, signature, name, bucket } of programs.flatMap((program) => runsOf(program))) {
    stop.signal.throwIfAborted()
    const expected = { sdk: program.sdk, signature, run: name, stories: program.stories, isRequired }
    if (typeof prepared !== 'string') {
      rows.push(judge(expected, prepared, []))
      continue
    }
    say(`${toolchain.name}: ${program.sdk}, signature ${signature} …`)
    const outcome = await runProgram(program, {
      // A name: some SDKs sign no URLs for IP addresses.
      OSS_ENDPOINT: ossOrigin.replace('127.0.0.1', 'localhost'),
      OSS_REGION: REGION,
      OSS_BUCKET: bucket,
      OSS_ACCESS_KEY_ID: ACCESS_KEY.id,
      OSS_ACCESS_KEY_SECRET: ACCESS_KEY.secret,
      OSS_SIGNATURE: signature,
      CALLBACK_URL: `${application.origin}/uploaded?run=${name}`,
      BROKEN_CALLBACK_URL: `${application.origin}/broken?run=${name}`,
    })
    rows.push(judge(expected, outcome, application.deliveries))
  }
  return rows
}

/** The folder of its programs, or why there is none. */
async function prepareIfThere(toolchain: Toolchain): Promise<string | Outcome> {
  const missing = toolchain.needs.filter((program) => !isOnPath(program))
  if (missing.length > 0) {
    say(`${toolchain.name}: not on the PATH: ${missing.join(', ')}`)
    return { missing: `not on the PATH: ${missing.join(', ')}` }
  }
  try {
    return await prepare(toolchain, { stop: stop.signal, say })
  } catch (error) {
    say(`${toolchain.name}: ${error instanceof Error ? error.message : error}`)
    return { unprepared: 'its programs could not be made; the reason is above' }
  }
}

async function runProgram({ command }: SdkProgram, env: Record<string, string>): Promise<Outcome> {
  const [program, ...args] = command
  const { output, errors, failure } = await run({ program, args, env, timeoutMs: PROGRAM_MS }, stop.signal)
  const lines = output.split('\n').flatMap((line) => readLine(line) ?? [])
  return { lines, ...(failure && { end: `${program} ${failure}\n${errors.trim().slice(-4000)}` }) }
}

function readLine(text: string): StoryLine | undefined {
  try {
    const line: unknown = JSON.parse(text)
    if (!isObject(line) || typeof line.story !== 'string') return undefined
    return { story: line.story, ok: line.ok === true, detail: line.detail }
  } catch {
    // SDKs print warnings of their own.
    return undefined
  }
}

/** A program is run once a signature version, each time with a bucket of its own. */
function runsOf(program: SdkProgram) {
  return SIGNATURES.map((signature) => {
    const name = `${program.sdk} ${signature}`.toLowerCase().replace(/[^a-z0-9]+/g, '-')
    return { program, signature, name, bucket: name }
  })
}

function readFlags(): Flags {
  const languages = PARTNER_TOOLCHAINS.map(({ name }) => name)
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: languages.join() },
      require: { type: 'string', default: '' },
      part: { type: 'string', default: PARTS.join() },
    },
  })
  const read = (flag: string, known: readonly string[]) => {
    const names = flag.split(',').filter((name) => name !== '')
    const unknown = names.filter((name) => !known.includes(name))
    if (unknown.length > 0) throw new Error(`There is no ${unknown.join(', ')}; there are ${known.join(', ')}.`)
    return names
  }
  return {
    only: read(values.only, languages),
    required: read(values.require, languages),
    parts: read(values.part, PARTS),
  }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

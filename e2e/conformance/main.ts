import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Program, startProgram } from '../stage/program.ts'
import { type Application, startApplication } from './application.ts'
import { isOnPath, run } from './child.ts'
import { prepare, type SdkProgram, TOOLCHAINS, type Toolchain } from './toolchains.ts'
import { isObject, type Judged, judge, type Outcome, printTable, type StoryLine } from './verdict.ts'

const REGION = 'cn-hangzhou'
const ACCESS_KEY = { id: 'conformance-key-id', secret: 'conformance-key-secret' }
const SIGNATURES = ['V1', 'V4'] as const
const PROGRAM_MS = 2 * 60_000

const stop = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.once(signal, () => stop.abort(new Error('Stopped.')))

try {
  const rows = await judgeAll(readFlags())
  const failed = rows.filter(({ failures }) => failures.length > 0)
  say(`\n${printTable(rows)}`)
  if (rows.some(({ cells }) => Object.values(cells).includes('missing')))
    say('missing: the toolchain is not on the PATH')
  for (const { sdk, signature, failures } of failed)
    for (const failure of failures) say(`\n✘ ${sdk} ${signature}, ${failure}`)
  const passed = rows.flatMap(({ cells }) => Object.values(cells)).filter((cell) => cell === 'pass').length
  const failures = failed.flatMap((row) => row.failures).length
  say(`\n${passed} passed, ${failures} failed`)
  process.exitCode = failures > 0 ? 1 : 0
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`)
  process.exitCode = 1
}

interface Flags {
  chosen: readonly Toolchain[]
  required: readonly string[]
}

async function judgeAll({ chosen, required }: Flags): Promise<Judged[]> {
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
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: TOOLCHAINS.map(({ name }) => name).join() },
      require: { type: 'string', default: '' },
    },
  })
  const read = (flag: string) => {
    const names = flag.split(',').filter((name) => name !== '')
    const unknown = names.filter((name) => !TOOLCHAINS.some((toolchain) => toolchain.name === name))
    if (unknown.length > 0) {
      throw new Error(`There is no ${unknown.join(', ')}; there are ${TOOLCHAINS.map(({ name }) => name).join(', ')}.`)
    }
    return names
  }
  const only = read(values.only)
  return { chosen: TOOLCHAINS.filter(({ name }) => only.includes(name)), required: read(values.require) }
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

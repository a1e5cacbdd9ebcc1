import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { delimiter, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import { run } from './child.ts'
import { STORIES, type Story } from './verdict.ts'

const here = fileURLToPath(new URL('.', import.meta.url))
const cache = join(here, '../../node_modules/.cache/conformance')
const PREPARATION_MS = 10 * 60_000

/** How programs of a language are made. */
export interface Preparation {
  name: string
  /** Must be on the PATH. */
  needs: readonly string[]
  /** Sources and pins, by their path from this folder: when they change, it is prepared again. */
  madeFrom: readonly string[]
  /** Installs and compiles into `folder`. */
  preparation(folder: string): readonly Step[]
}

/** A language: what it needs, how its programs are made, and what they are. */
export interface Toolchain extends Preparation {
  programs(folder: string): readonly SdkProgram[]
}

export interface Step {
  doing: string
  command: readonly [program: string, ...args: string[]]
}

/** One program is run once for each signature version. */
export interface SdkProgram {
  sdk: string
  stories: readonly Story[]
  command: readonly [program: string, ...args: string[]]
}

/** Where a virtual environment of Python has its programs. */
export const venv = process.platform === 'win32' ? 'Scripts' : 'bin'

export const TOOLCHAINS: readonly Toolchain[] = [
  {
    name: 'node',
    needs: [],
    madeFrom: [],
    preparation: () => [],
    programs: () => [
      // It has no CRC check.
      { sdk: 'Node ali-oss', stories: without('crc'), command: [process.execPath, join(here, 'node/ali-oss.mjs')] },
    ],
  },
  {
    name: 'python',
    needs: ['python3'],
    madeFrom: ['python/requirements.txt'],
    preparation: (folder) => {
      const pip = [join(folder, venv, 'python'), '-m', 'pip', '--quiet', '--disable-pip-version-check'] as const
      return [
        { doing: 'making a virtual environment', command: ['python3', '-m', 'venv', folder] },
        {
          doing: 'installing the SDKs',
          command: [...pip, 'install', '--requirement', join(here, 'python/requirements.txt')],
        },
      ]
    },
    programs: (folder) => {
      // -B: nothing is written beside the sources.
      const python = [join(folder, venv, 'python'), '-B'] as const
      return [
        { sdk: 'Python oss2', stories: without('form'), command: [...python, join(here, 'python/sdk1.py')] },
        {
          sdk: 'Python alibabacloud-oss-v2',
          stories: without('form'),
          command: [...python, join(here, 'python/sdk2.py')],
        },
        { sdk: 'REST, Python requests', stories: ['form'], command: [...python, join(here, 'python/rest_form.py')] },
      ]
    },
  },
  {
    name: 'java',
    needs: ['java', 'javac', 'mvn'],
    madeFrom: ['java/pom.xml', 'java/src/main/java/conformance'],
    preparation: (folder) => {
      const maven = ['mvn', '--quiet', '--batch-mode', '--file', join(here, 'java/pom.xml')] as const
      return [
        {
          doing: 'installing the SDKs and compiling',
          command: [...maven, `-Dconformance.target=${folder}`, 'compile', 'dependency:copy-dependencies'],
        },
      ]
    },
    programs: (folder) => {
      // SDK v1 encodes callbacks in Java's default charset, which is UTF-8 everywhere only since Java 18.
      const classPath = [join(folder, 'classes'), join(folder, 'dependency/*')].join(delimiter)
      const java = ['java', '-Dfile.encoding=UTF-8', '-cp', classPath] as const
      return [
        { sdk: 'Java aliyun-sdk-oss', stories: without('form'), command: [...java, 'conformance.Sdk1'] },
        { sdk: 'Java alibabacloud-oss-v2', stories: without('form'), command: [...java, 'conformance.Sdk2'] },
      ]
    },
  },
  {
    name: 'go',
    needs: ['go'],
    madeFrom: ['go', 'go/report', 'go/sdk1', 'go/sdk2'],
    preparation: (folder) => [
      {
        doing: 'installing the SDKs and compiling',
        command: ['go', 'build', '-C', join(here, 'go'), '-o', `${folder}${sep}`, './sdk1', './sdk2'],
      },
    ],
    programs: (folder) => [
      { sdk: 'Go aliyun-oss-go-sdk', stories: without('form'), command: [join(folder, 'sdk1')] },
      { sdk: 'Go alibabacloud-oss-go-sdk-v2', stories: without('form'), command: [join(folder, 'sdk2')] },
    ],
  },
]

function without(...stories: Story[]): Story[] {
  return STORIES.filter((story) => !stories.includes(story))
}

/** Makes the programs of a language, or finds them as they were made before. Rejects with the reason, output included. */
export async function prepare(
  { name, madeFrom, preparation }: Preparation,
  { stop, say }: { stop: AbortSignal; say: (text: string) => void },
): Promise<string> {
  const folder = join(cache, `${name}-${fingerprint(madeFrom)}`)
  const stamp = join(folder, '.ready')
  if (existsSync(stamp)) return folder
  await mkdir(cache, { recursive: true })
  for (const old of await readdir(cache)) {
    if (old.startsWith(`${name}-`)) await rm(join(cache, old), { recursive: true, force: true })
  }
  await mkdir(folder)
  for (const { doing, command } of preparation(folder)) {
    const [program, ...args] = command
    say(`${name}: ${doing} (the first time takes a minute) …`)
    const { failure, output, errors } = await run({ program, args, timeoutMs: PREPARATION_MS }, stop)
    if (failure) throw new Error(`${doing}: ${program} ${failure}\n${(output + errors).trim().slice(-4000)}`)
  }
  await writeFile(stamp, '')
  return folder
}

function fingerprint(madeFrom: readonly string[]): string {
  const hash = createHash('sha256').update(process.platform)
  for (const path of madeFrom.flatMap(filesIn)) hash.update(path).update(readFileSync(path))
  return hash.digest('hex').slice(0, 16)
}

/** The file itself, or the files right in the folder. */
function filesIn(name: string): string[] {
  const path = join(here, name)
  if (statSync(path).isFile()) return [path]
  const entries = readdirSync(path, { withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(path, entry.name))
    .sort()
}

import { delimiter, join, sep } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PartnerWay } from './partner-verdict.ts'
import { type Preparation, venv } from './toolchains.ts'

const examples = fileURLToPath(new URL('../../examples/third-party/', import.meta.url))
const fromHere = '../../examples/third-party'

/** The programs of a language that ask the server for a grant and upload by it. */
export interface PartnerToolchain extends Preparation {
  programs(folder: string): readonly PartnerProgram[]
}

export interface PartnerProgram {
  client: string
  /** As its second argument. */
  ways: readonly PartnerWay[]
  command: readonly [program: string, ...args: string[]]
}

export const PARTNER_TOOLCHAINS: readonly PartnerToolchain[] = [
  {
    name: 'node',
    needs: [],
    madeFrom: [],
    preparation: () => [],
    programs: () => [
      {
        client: 'Node ali-oss',
        ways: ['put', 'parts'],
        command: [process.execPath, join(examples, 'node/upload.mjs')],
      },
    ],
  },
  {
    name: 'python',
    needs: ['python3'],
    madeFrom: [`${fromHere}/python/requirements.txt`],
    preparation: (folder) => {
      const pip = [join(folder, venv, 'python'), '-m', 'pip', '--quiet', '--disable-pip-version-check'] as const
      const requirements = join(examples, 'python/requirements.txt')
      return [
        { doing: 'making a virtual environment', command: ['python3', '-m', 'venv', folder] },
        { doing: 'installing the SDKs', command: [...pip, 'install', '--requirement', requirements] },
      ]
    },
    programs: (folder) => {
      // -B: nothing is written beside the sources.
      const python = [join(folder, venv, 'python'), '-B'] as const
      const ways = ['put', 'parts'] as const
      return [
        { client: 'Python oss2', ways, command: [...python, join(examples, 'python/upload_oss2.py')] },
        { client: 'Python alibabacloud-oss-v2', ways, command: [...python, join(examples, 'python/upload_v2.py')] },
      ]
    },
  },
  {
    name: 'java',
    needs: ['java', 'javac', 'mvn'],
    madeFrom: [`${fromHere}/java/pom.xml`, `${fromHere}/java/src/main/java/example`],
    preparation: (folder) => {
      const maven = ['mvn', '--quiet', '--batch-mode', '--file', join(examples, 'java/pom.xml')] as const
      return [
        {
          doing: 'installing the SDK and compiling',
          command: [...maven, `-Dexample.target=${folder}`, 'compile', 'dependency:copy-dependencies'],
        },
      ]
    },
    programs: (folder) => {
      // The SDK encodes callbacks in Java's default charset, which is UTF-8 everywhere only since Java 18.
      const classPath = [join(folder, 'classes'), join(folder, 'dependency/*')].join(delimiter)
      const command = ['java', '-Dfile.encoding=UTF-8', '-cp', classPath, 'example.Upload'] as const
      return [{ client: 'Java aliyun-sdk-oss', ways: ['put', 'parts'], command }]
    },
  },
  {
    name: 'go',
    needs: ['go'],
    madeFrom: [`${fromHere}/go`],
    preparation: (folder) => [
      {
        doing: 'installing the SDK and compiling',
        command: ['go', 'build', '-C', join(examples, 'go'), '-o', `${folder}${sep}upload`, '.'],
      },
    ],
    programs: (folder) => [
      { client: 'Go alibabacloud-oss-go-sdk-v2', ways: ['put', 'parts'], command: [join(folder, 'upload')] },
    ],
  },
  {
    name: 'curl',
    needs: ['sh', 'curl', 'jq'],
    madeFrom: [],
    preparation: () => [],
    programs: () => [{ client: 'curl', ways: ['form', 'put'], command: ['sh', join(examples, 'curl/upload.sh')] }],
  },
]

import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import {
  type BucketAddress,
  bucketAddress,
  type CredentialsProvider,
  environmentCredentials,
  roleCredentials,
  type SignatureVersion,
} from '@oss-direct/oss'
import { callbackTarget } from '@oss-direct/server'
import type { Command } from 'commander'
import { Exit } from '../exit.ts'

type Environment = Readonly<Record<string, string | undefined>>

/** What the environment of a server says of its bucket. */
export interface BucketSettings {
  /** The local OSS, whose key may do everything. */
  isLocal: boolean
  publicAddress: BucketAddress
  internalAddress: BucketAddress
  credentials: CredentialsProvider
  version: SignatureVersion
  /** Undefined where OSS is not to call. */
  callback: CallbackSettings | undefined
  /** Pages from which files are sent. */
  origins: readonly string[]
  /** Mistakes that the settings alone show, one sentence each. */
  mistakes: readonly string[]
}

export interface CallbackSettings {
  url: string
  host: string | undefined
  sni: boolean
}

/** What `doctor` and `setup` both take. */
export interface BucketFlags {
  envFile?: string
  origin?: string[]
  json?: true
}

const several = (value: string, before: string[] = []) => [...before, value]

export function withBucketOptions(command: Command): Command {
  return command
    .option('--env-file <path>', 'file with the variables of the server; what is set besides comes first')
    .option(
      '--origin <origin>',
      'page that sends files (repeatable; default: of CALLBACK_URL, and CORS_ORIGINS)',
      several,
    )
    .option('--json', 'write JSON')
}

/**
 * Reads the variables of `.env.example`, as a server does: without any OSS_ variable the local OSS is meant. Throws Exit 2
 * that names all that is missing.
 */
export function readBucketSettings(environment: Environment, { envFile, origin }: BucketFlags): BucketSettings {
  const given = givenVariables(environment, envFile)
  const isLocal = !Object.keys(given).some((name) => name.startsWith('OSS_') && name !== 'OSS_EMULATOR_PORT')
  const variables = isLocal ? { ...localVariables(given), ...given } : given
  requireVariables(variables)
  const { OSS_REGION: region = '', OSS_BUCKET: bucket = '', CALLBACK_URL = 'none' } = variables
  const { OSS_ENDPOINT, OSS_INTERNAL_ENDPOINT, OSS_CNAME, SIGNATURE_VERSION = 'V4' } = variables
  const callback = CALLBACK_URL === 'none' ? undefined : readCallback(CALLBACK_URL, variables)
  const origins = origin ?? originsOf(isLocal, variables)
  if (origins.length === 0) {
    throw new Exit(2, 'No page is known that sends files: give --origin https://app.example.com, or set CORS_ORIGINS.')
  }
  const wrong = origins.find((text) => !URL.canParse(text) || new URL(text).origin !== text)
  if (wrong !== undefined)
    throw new Exit(2, `${wrong} is no origin: it is scheme, host and port, https://app.example.com.`)
  return {
    isLocal,
    publicAddress: bucketAddress({ bucket, region, endpoint: OSS_ENDPOINT, cname: OSS_CNAME }),
    internalAddress: bucketAddress({ bucket, region, endpoint: OSS_INTERNAL_ENDPOINT ?? OSS_ENDPOINT }),
    credentials: readCredentials(variables),
    version: SIGNATURE_VERSION === 'V1' ? 'V1' : 'V4',
    callback,
    origins: [...new Set(origins)],
    mistakes: [OSS_ENDPOINT, OSS_INTERNAL_ENDPOINT].flatMap((endpoint) => regionMistake(region, endpoint)),
  }
}

/** An empty variable is one that somebody meant to leave out. */
function givenVariables(environment: Environment, envFile: string | undefined): Record<string, string> {
  const all = { ...(envFile === undefined ? {} : readEnvFile(envFile)), ...environment }
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

function readEnvFile(path: string): Environment {
  try {
    return parseEnv(readFileSync(path, 'utf8')) as Environment
  } catch (error) {
    throw new Exit(2, `The file ${path} cannot be read: ${(error as Error).message}`)
  }
}

/** As apps/server has them. */
function localVariables({ OSS_EMULATOR_PORT = '9000', PORT = '3000' }: Environment): Record<string, string> {
  return {
    OSS_REGION: 'cn-hangzhou',
    OSS_BUCKET: 'uploads',
    OSS_ENDPOINT: `http://127.0.0.1:${OSS_EMULATOR_PORT}`,
    OSS_ACCESS_KEY_ID: 'local-access-key-id',
    OSS_ACCESS_KEY_SECRET: 'local-access-key-secret',
    CALLBACK_URL: `http://127.0.0.1:${PORT}/uploads/callback`,
  }
}

const NEEDED = ['OSS_REGION', 'OSS_BUCKET', 'OSS_ACCESS_KEY_ID', 'OSS_ACCESS_KEY_SECRET']

function requireVariables(variables: Environment): void {
  const missing = NEEDED.filter((name) => variables[name] === undefined)
  if (missing.length === 0) return
  throw new Exit(
    2,
    `Not set: ${missing.join(', ')}. A real bucket needs ${NEEDED.join(', ')}; --env-file reads a file.`,
  )
}

function readCallback(url: string, { CALLBACK_HOST: host, CALLBACK_SNI }: Environment): CallbackSettings {
  const sni = CALLBACK_SNI === undefined ? undefined : CALLBACK_SNI === 'true'
  try {
    // Whether OSS takes a private address is for OSS to say.
    const target = callbackTarget({ url, host, sni, privateHosts: 'allowed' })
    return { url: target.url, host: target.host, sni: target.sni }
  } catch (error) {
    throw new Exit(2, `CALLBACK_URL: ${(error as Error).message}`)
  }
}

function originsOf(isLocal: boolean, { CALLBACK_URL, CORS_ORIGINS = '', PORT = '3000' }: Environment): string[] {
  // The page of a server on this machine is opened by this name; the callback has the number.
  const own = isLocal
    ? [`http://localhost:${PORT}`]
    : CALLBACK_URL?.startsWith('http')
      ? [new URL(CALLBACK_URL).origin]
      : []
  const others = CORS_ORIGINS.split(',').map((text) => text.trim())
  return [...own, ...others.filter(Boolean)]
}

function readCredentials(variables: Environment): CredentialsProvider {
  const credentials = environmentCredentials(variables)
  const { OSS_ROLE_ARN: roleArn, OSS_STS_ENDPOINT: endpoint } = variables
  return roleArn === undefined ? credentials : roleCredentials({ roleArn, credentials, ...(endpoint && { endpoint }) })
}

/** The region that an endpoint of OSS's own names, against the one that is configured. */
function regionMistake(region: string, endpoint: string | undefined): string[] {
  const [, named] =
    /^(?:https?:\/\/)?(?:s3\.)?oss-([a-z0-9-]+?)(?:-internal)?\.aliyuncs\.com\/?$/i.exec(endpoint ?? '') ?? []
  if (named === undefined || named === 'accelerate' || named === 'accelerate-overseas') return []
  return named === region.replace(/^oss-/, '')
    ? []
    : [`OSS_REGION is ${region}, and ${endpoint} is of the region ${named}`]
}

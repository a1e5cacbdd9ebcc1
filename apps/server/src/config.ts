import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import {
  type BucketAddress,
  bucketAddress,
  type CredentialsProvider,
  roleCredentials,
  type SignatureVersion,
  staticCredentials,
} from '@oss-direct/oss'
import {
  callbackTarget,
  type Limits,
  type PostgresStoreOptions,
  type SessionOptions,
  type SqliteStoreOptions,
} from '@oss-direct/server'
import { z } from 'zod'

export interface ServerConfig {
  host: string
  port: number
  /** Everything this server keeps. */
  dataDir: string
  database: SqliteStoreOptions | Pick<PostgresStoreOptions, 'connectionString'>
  /** The built web app; nothing is served where it is missing. */
  webRoot: string
  oss: {
    publicAddress: BucketAddress
    internalAddress: BucketAddress
    credentials: CredentialsProvider
    signatureVersion: SignatureVersion
    /** Where there is a role; the local OSS knows every role. */
    sessions?: SessionOptions
    /** Only for a local OSS, which signs with a key of its own. */
    callbackKeyUrls?: readonly string[]
  }
  /** No account, no bucket: the local OSS on this machine. */
  isLocal: boolean
  callbackUrl: string | 'none'
  callbackHost?: string
  callbackSni?: boolean
  /** The first signs, all are accepted; empty: made once and kept in `dataDir`. */
  secrets: readonly string[]
  sweepIntervalMs: number
  /** Note what was signed, sent and answered, for the inspector; one write a step. */
  keepTrace: boolean
  /** Origins of other pages that may call this server. */
  corsOrigins: readonly string[]
  /** Proxies in front of this server that are believed when they say whose a request is: so many of them, or by address. */
  trustedProxies: number | string[]
  limits: Limits
  logLevel: string
  /** Where Prometheus reads; left out, nowhere. */
  metrics?: { host: string; port: number }
  /** How long requests are still taken after this server has said that it stops. */
  stopDelayMs: number
}

/** Every mistake of the environment at once, one sentence each. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly mistakes: readonly string[]

  constructor(mistakes: readonly string[]) {
    super(`The configuration has ${mistakes.length} ${mistakes.length === 1 ? 'mistake' : 'mistakes'}`)
    this.mistakes = mistakes
  }
}

/** Reads the environment as `.env.example` describes it. Throws ConfigError. */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): ServerConfig {
  // An empty variable is one that somebody meant to leave out.
  const given = Object.fromEntries(Object.entries(environment).filter(([, value]) => value))
  const parsed = ENVIRONMENT.safeParse(given)
  const faults = parsed.success ? [] : parsed.error.issues.map(describeIssue)
  const mistakes = [...faults, ...findContradictions(given)]
  if (!parsed.success || mistakes.length > 0) throw new ConfigError(mistakes)

  const variables = parsed.data
  const dataDir = resolve(variables.DATA_DIR)
  const isLocal = !usesRealBucket(given)
  return {
    host: variables.LISTEN_ADDRESS,
    port: variables.PORT,
    dataDir,
    database: databaseAt(variables.DATABASE_URL ?? `sqlite:${join(dataDir, 'uploads.db')}`),
    webRoot: resolve(variables.WEB_ROOT ?? fileURLToPath(new URL('../../web/dist', import.meta.url))),
    ...(isLocal ? localOss(variables) : realOss(variables)),
    isLocal,
    secrets: variables.UPLOADS_SECRET ?? [],
    sweepIntervalMs: variables.SWEEP_INTERVAL_SECONDS * 1000,
    keepTrace: variables.KEEP_TRACE ?? isLocal,
    corsOrigins: variables.CORS_ORIGINS,
    trustedProxies: variables.TRUST_PROXY,
    limits: {
      requestsPerMinute: variables.LIMIT_REQUESTS_PER_MINUTE,
      openGrants: variables.LIMIT_OPEN_GRANTS,
      bytesPerDay: variables.LIMIT_BYTES_PER_DAY,
    },
    logLevel: variables.LOG_LEVEL,
    ...(variables.METRICS_PORT && { metrics: { host: variables.METRICS_ADDRESS, port: variables.METRICS_PORT } }),
    stopDelayMs: variables.STOP_DELAY_SECONDS * 1000,
    ...(variables.CALLBACK_HOST === undefined ? {} : { callbackHost: variables.CALLBACK_HOST }),
    ...(variables.CALLBACK_SNI === undefined ? {} : { callbackSni: variables.CALLBACK_SNI }),
  }
}

const whole = (max: number, message: string) => z.coerce.number(message).int(message).min(1, message).max(max, message)
const port = (name: string) => whole(65_535, `${name} must be a port, 1 to 65535`)

const yesOrNo = (name: string) =>
  z
    .enum(['true', 'false'], `${name} must be true or false`)
    .transform((text) => text === 'true')
    .optional()

const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean),
)
const name = z.string()

const limit = (variable: string) => {
  const message = `${variable} must be a whole number, 1 or more, or none`
  return z.union([z.literal('none'), whole(Number.MAX_SAFE_INTEGER, message)], message).optional()
}

const NETWORK = /^(loopback|linklocal|uniquelocal|[\da-f.:]+(\/\d{1,3})?)$/i

const STOP_DELAY = 'STOP_DELAY_SECONDS must be a whole number, 0 to 300'

const ENVIRONMENT = z.object({
  // Not HOST: some shells and toolchains set that one to something else.
  LISTEN_ADDRESS: name.default('127.0.0.1'),
  PORT: port('PORT').default(3000),
  OSS_EMULATOR_PORT: port('OSS_EMULATOR_PORT').default(9000),
  DATA_DIR: name.default('.data'),
  WEB_ROOT: name.optional(),
  DATABASE_URL: name
    .refine(
      (text) => /^sqlite:./.test(text) || isPostgresUrl(text),
      'DATABASE_URL must be sqlite: and a path, for example sqlite:/var/lib/uploads/uploads.db, or postgres://user:password@host:5432/database',
    )
    .optional(),
  OSS_REGION: name.regex(/^(oss-)?[a-z0-9-]+$/, 'OSS_REGION must be a region id such as cn-hangzhou').optional(),
  OSS_BUCKET: name
    .regex(/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/, 'OSS_BUCKET must be 3 to 63 lower-case letters, digits and hyphens')
    .optional(),
  OSS_ENDPOINT: endpoint('OSS_ENDPOINT'),
  OSS_INTERNAL_ENDPOINT: endpoint('OSS_INTERNAL_ENDPOINT'),
  OSS_CNAME: endpoint('OSS_CNAME'),
  OSS_ACCESS_KEY_ID: name.optional(),
  OSS_ACCESS_KEY_SECRET: name.optional(),
  OSS_SESSION_TOKEN: name.optional(),
  OSS_ROLE_ARN: name
    .regex(
      /^acs:ram::\d+:role\/[\w.@-]+$/,
      'OSS_ROLE_ARN must be a role such as acs:ram::1234567890123456:role/uploader',
    )
    .optional(),
  OSS_STS_ENDPOINT: endpoint('OSS_STS_ENDPOINT'),
  SIGNATURE_VERSION: z.enum(['V4', 'V1'], 'SIGNATURE_VERSION must be V4 or V1').default('V4'),
  CALLBACK_URL: name.optional(),
  CALLBACK_HOST: name
    .regex(/^[\w.-]+(:\d+)?$/, 'CALLBACK_HOST must be a host name, without scheme and path')
    .optional(),
  CALLBACK_SNI: yesOrNo('CALLBACK_SNI'),
  UPLOADS_SECRET: list
    .refine(
      (secrets) => secrets.length > 0 && secrets.every((secret) => Buffer.byteLength(secret) >= 16),
      'UPLOADS_SECRET must be one or several secrets of at least 16 bytes, separated by commas; make one with: openssl rand -base64 32',
    )
    .optional(),
  METRICS_PORT: port('METRICS_PORT').optional(),
  METRICS_ADDRESS: name.default('127.0.0.1'),
  STOP_DELAY_SECONDS: z.coerce.number(STOP_DELAY).int(STOP_DELAY).min(0, STOP_DELAY).max(300, STOP_DELAY).default(0),
  SWEEP_INTERVAL_SECONDS: whole(3600, 'SWEEP_INTERVAL_SECONDS must be a whole number, 1 to 3600').default(60),
  KEEP_TRACE: yesOrNo('KEEP_TRACE'),
  CORS_ORIGINS: list
    .refine(
      (origins) => origins.every((origin) => URL.canParse(origin) && new URL(origin).origin === origin),
      'CORS_ORIGINS must be origins separated by commas, for example https://app.example.com,https://admin.example.com',
    )
    .default([]),
  TRUST_PROXY: name
    .refine(
      (text) => /^\d$/.test(text) || text.split(',').every((part) => NETWORK.test(part.trim())),
      'TRUST_PROXY must be the number of proxies in front of this server, or their addresses separated by commas, for example 1 or 10.0.0.0/8,loopback',
    )
    .transform((text) => (/^\d$/.test(text) ? Number(text) : text.split(',').map((part) => part.trim())))
    .default(0),
  LIMIT_REQUESTS_PER_MINUTE: limit('LIMIT_REQUESTS_PER_MINUTE'),
  LIMIT_OPEN_GRANTS: limit('LIMIT_OPEN_GRANTS'),
  LIMIT_BYTES_PER_DAY: limit('LIMIT_BYTES_PER_DAY'),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'LOG_LEVEL must be trace, debug, info, warn, error or silent',
    )
    .default('info'),
})
type Variables = z.infer<typeof ENVIRONMENT>
type OssSettings = Pick<ServerConfig, 'oss' | 'callbackUrl'>

function endpoint(variable: string) {
  const message = `${variable} must be a host or an http(s) address without a path`
  return name
    .refine((text) => {
      const url = /^https?:\/\//i.test(text) ? text : `https://${text}`
      return URL.canParse(url) && /^\/?$/.test(new URL(url).pathname) && new URL(url).search === ''
    }, message)
    .optional()
}

function isPostgresUrl(text: string): boolean {
  return /^postgres(ql)?:\/\//.test(text) && URL.canParse(text) && new URL(text).pathname.length > 1
}

function databaseAt(url: string): ServerConfig['database'] {
  return url.startsWith('sqlite:') ? { file: url.slice('sqlite:'.length) } : { connectionString: url }
}

function usesRealBucket(given: Readonly<Record<string, unknown>>): boolean {
  return Object.keys(given).some((variable) => variable.startsWith('OSS_') && variable !== 'OSS_EMULATOR_PORT')
}

/** What no single variable shows. Looks at the raw texts, so that it also finds them beside other mistakes. */
function findContradictions(given: Readonly<Record<string, string | undefined>>): string[] {
  const { PORT = '3000', METRICS_PORT, OSS_EMULATOR_PORT = '9000', CALLBACK_URL, UPLOADS_SECRET } = given
  const ownPort = (variable: string, port: string | undefined) =>
    port === PORT ? [`PORT and ${variable} are both ${PORT}; they need to differ`] : []
  const metrics = ownPort('METRICS_PORT', METRICS_PORT)
  if (!usesRealBucket(given)) return [...metrics, ...ownPort('OSS_EMULATOR_PORT', OSS_EMULATOR_PORT)]
  const needed = ['OSS_REGION', 'OSS_BUCKET', 'OSS_ACCESS_KEY_ID', 'OSS_ACCESS_KEY_SECRET']
  const missing = needed.filter((variable) => given[variable] === undefined)
  return [
    ...metrics,
    ...missing.map((variable) => `${variable} is not set; a real bucket needs ${needed.join(', ')}`),
    ...(CALLBACK_URL === undefined
      ? [
          'CALLBACK_URL is not set; give the public address of this server, for example https://app.example.com/uploads/callback, or "none" where OSS cannot reach it',
        ]
      : callbackFaults(CALLBACK_URL, given.CALLBACK_HOST)),
    ...(UPLOADS_SECRET === undefined ? ['UPLOADS_SECRET is not set; make one with: openssl rand -base64 32'] : []),
  ]
}

function callbackFaults(url: string, host: string | undefined): string[] {
  if (url === 'none') return []
  try {
    callbackTarget({ url, host, privateHosts: 'forbidden' })
    return []
  } catch (error) {
    if (error instanceof TypeError) return [`CALLBACK_URL: ${error.message}`]
    throw error
  }
}

function localOss({ PORT, OSS_EMULATOR_PORT, SIGNATURE_VERSION, CALLBACK_URL }: Variables): OssSettings {
  const endpoint = `http://127.0.0.1:${OSS_EMULATOR_PORT}`
  const address = bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint })
  const sessions = { roleArn: 'acs:ram::1746495857602745:role/local', endpoint }
  return {
    oss: {
      publicAddress: address,
      internalAddress: address,
      credentials: staticCredentials({
        accessKeyId: 'local-access-key-id',
        accessKeySecret: 'local-access-key-secret',
      }),
      signatureVersion: SIGNATURE_VERSION,
      sessions,
      callbackKeyUrls: [`${endpoint}/_callback/callback_pub_key_v1.pem`],
    },
    callbackUrl: CALLBACK_URL ?? `http://127.0.0.1:${PORT}/uploads/callback`,
  }
}

function realOss(variables: Variables): OssSettings {
  const { OSS_REGION: region = '', OSS_BUCKET: bucket = '', OSS_ENDPOINT, OSS_INTERNAL_ENDPOINT, OSS_CNAME } = variables
  const { OSS_ACCESS_KEY_ID = '', OSS_ACCESS_KEY_SECRET = '', OSS_SESSION_TOKEN } = variables
  const { OSS_ROLE_ARN: roleArn, OSS_STS_ENDPOINT: stsEndpoint } = variables
  const credentials = staticCredentials({
    accessKeyId: OSS_ACCESS_KEY_ID,
    accessKeySecret: OSS_ACCESS_KEY_SECRET,
    ...(OSS_SESSION_TOKEN === undefined ? {} : { securityToken: OSS_SESSION_TOKEN }),
  })
  const sts =
    roleArn === undefined ? undefined : { roleArn, credentials, ...(stsEndpoint && { endpoint: stsEndpoint }) }
  const publicAddress = bucketAddress({ bucket, region, endpoint: OSS_ENDPOINT, cname: OSS_CNAME })
  return {
    oss: {
      publicAddress,
      internalAddress: bucketAddress({ bucket, region, endpoint: OSS_INTERNAL_ENDPOINT ?? OSS_ENDPOINT }),
      credentials: sts === undefined ? credentials : roleCredentials(sts),
      signatureVersion: variables.SIGNATURE_VERSION,
      ...(sts === undefined ? {} : { sessions: sts }),
    },
    callbackUrl: variables.CALLBACK_URL ?? 'none',
  }
}

function describeIssue({ path, message }: z.core.$ZodIssue): string {
  const variable = String(path[0])
  return message.startsWith(variable) ? message : `${variable}: ${message}`
}

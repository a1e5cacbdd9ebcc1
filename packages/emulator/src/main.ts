#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { Command, InvalidArgumentError, Option } from 'commander'
import { pino } from 'pino'
import type { AccessKey } from './access/accounts.ts'
import { type Emulator, startEmulator } from './emulator.ts'

interface Flags {
  port: number
  host: string
  data: string
  memory?: true
  bucket: string[]
  domain: Record<string, string>
  region: string
  accessKeyId: string
  accessKeySecret: string
  accessKey: AccessKey[]
  corsOrigin: string[]
  log: string
}

const KNOWN_SECRET = 'local-access-key-secret'

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const several = (value: string, before: string[]) => [...before, value]

const program = new Command('oss-emulator')
  .description('A strict local OSS with really signed upload callbacks')
  .version(version)
  .option('--port <number>', 'port to listen at, 0 for any free one', readPort, 9000)
  .option('--host <address>', 'address to listen at', '127.0.0.1')
  .option('--data <folder>', 'folder that keeps buckets, objects and the callback key', '.oss-data')
  .addOption(new Option('--memory', 'keep nothing on the disk, and nothing at all after the end').conflicts('data'))
  .option('--bucket <name>', 'bucket to make where it is missing (repeatable)', several, [])
  .option('--domain <host=bucket>', 'domain that stands for a bucket, without port (repeatable)', readDomain, {})
  .option('--region <id>', 'region that V4 signatures must name', 'cn-hangzhou')
  .option('--access-key-id <id>', 'who may sign', 'local-access-key-id')
  .option('--access-key-secret <secret>', 'and with what', KNOWN_SECRET)
  .option(
    '--access-key <file>',
    'JSON of one more access key, which allow or policy may limit (repeatable)',
    readAccessKey,
    [],
  )
  .option('--cors-origin <origin>', 'page that may use the buckets of --bucket (repeatable)', several, [])
  .addOption(
    new Option('--log <level>', 'requests to standard output as JSON')
      .choices(['info', 'debug', 'silent'])
      .default('silent'),
  )
  .parse()
const flags = program.opts<Flags>()
if (flags.corsOrigin.length > 0 && flags.bucket.length === 0) {
  program.error("error: option '--cors-origin <origin>' needs a '--bucket <name>' that it is for")
}

try {
  const emulator = await start()
  const end = async () => {
    await emulator.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(signal, end)
  if (!isLoopback(flags.host)) process.stderr.write(`${warning()}\n`)
  // Last: whoever is told may end us the moment he hears it.
  process.stdout.write(`The local OSS is ready at ${emulator.origin}\n`)
  process.send?.({ ready: emulator.origin })
} catch (error) {
  process.stderr.write(`${explain(error)}\n`)
  process.exitCode = 1
}

function start(): Promise<Emulator> {
  const { port, host, region, accessKeyId, accessKeySecret, corsOrigin } = flags
  return startEmulator({
    port,
    host,
    ...(!flags.memory && { dataDir: flags.data }),
    region,
    accessKeys: [{ accessKeyId, accessKeySecret }, ...flags.accessKey],
    buckets: flags.bucket.map((name) => ({ name, ...(corsOrigin.length > 0 && { cors: [corsRule(corsOrigin)] }) })),
    // In a network of containers a bucket may have a name of its own beside the one of the container.
    domains: { ...(isIP(host) === 0 && { [`*.${host.toLowerCase()}`]: '*' }), ...flags.domain },
    logger: pino({ level: flags.log }),
  })
}

// What an upload kit with a progress bar needs, and no more.
function corsRule(allowedOrigins: string[]) {
  return {
    allowedOrigins,
    allowedMethods: ['GET', 'HEAD', 'POST', 'PUT'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag', 'Retry-After', 'x-oss-request-id'],
    maxAgeSeconds: 600,
  }
}

function readAccessKey(file: string, before: AccessKey[]): AccessKey[] {
  try {
    return [...before, JSON.parse(readFileSync(file, 'utf8')) as AccessKey]
  } catch (error) {
    throw new InvalidArgumentError(`It must be a JSON file: ${(error as Error).message}.`)
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.')
  return port
}

function readDomain(text: string, before: Record<string, string>): Record<string, string> {
  const [, host, bucket] = /^([^\s=:/]+)=([a-z0-9-]+)$/.exec(text) ?? []
  if (host === undefined || bucket === undefined) {
    throw new InvalidArgumentError('It must look like cdn.example.com=photos.')
  }
  return { ...before, [host.toLowerCase()]: bucket }
}

function isLoopback(host: string): boolean {
  return /^(?:127(?:\.\d+){3}|::1|localhost)$/i.test(host)
}

function warning(): string {
  const keys = flags.accessKeySecret === KNOWN_SECRET ? ', and everybody knows its access key' : ''
  return `Warning: the local OSS can be reached from other machines, at ${flags.host}${keys}.`
}

function explain(error: unknown): string {
  const { port, host, data } = flags
  const { code, syscall, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken: stop what runs there, or choose another with --port.`
  if (syscall === 'listen' || syscall === 'getaddrinfo') return `Cannot listen at port ${port} of ${host}: ${message}`
  if (syscall !== undefined) return `The folder ${data} cannot be used: ${message}`
  return `The local OSS could not start: ${message}`
}

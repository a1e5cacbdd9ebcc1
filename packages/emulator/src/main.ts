#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { Command, InvalidArgumentError } from 'commander'
import { pino } from 'pino'
import { type Emulator, startEmulator } from './emulator.ts'

interface Flags {
  port: number
  host: string
  data: string
  bucket: string[]
  region: string
  accessKeyId: string
  accessKeySecret: string
  corsOrigin: string[]
  log: string
}

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
const several = (value: string, before: string[]) => [...before, value]

const program = new Command('oss-emulator')
  .description('A strict local OSS with really signed upload callbacks')
  .version(version)
  .option('--port <number>', 'port to listen at, 0 for any free one', readPort, 9000)
  .option('--host <address>', 'address to listen at', '127.0.0.1')
  .option('--data <folder>', 'folder that keeps buckets, objects and the callback key', '.oss-data')
  .option('--bucket <name>', 'bucket to make where it is missing (repeatable)', several, [])
  .option('--region <id>', 'region that V4 signatures must name', 'cn-hangzhou')
  .option('--access-key-id <id>', 'who may sign', 'local-access-key-id')
  .option('--access-key-secret <secret>', 'and with what', 'local-access-key-secret')
  .option('--cors-origin <origin>', 'page that may use the buckets of --bucket (repeatable)', several, [])
  .option('--log <level>', 'requests to standard output as JSON: info, debug or silent', 'silent')
  .parse()

try {
  const emulator = await start(program.opts<Flags>())
  const end = async () => {
    await emulator.close()
    process.exit(0)
  }
  for (const signal of ['SIGINT', 'SIGTERM', 'disconnect']) process.once(signal, end)
  // Last: whoever is told may end us the moment he hears it.
  process.stdout.write(`The local OSS is ready at ${emulator.origin}\n`)
  process.send?.({ ready: emulator.origin })
} catch (error) {
  process.stderr.write(`${explain(error, program.opts<Flags>())}\n`)
  process.exitCode = 1
}

function start(flags: Flags): Promise<Emulator> {
  const { corsOrigin, accessKeyId, accessKeySecret } = flags
  return startEmulator({
    port: flags.port,
    host: flags.host,
    dataDir: flags.data,
    region: flags.region,
    accessKeys: [{ accessKeyId, accessKeySecret }],
    buckets: flags.bucket.map((name) => ({ name, ...(corsOrigin.length > 0 && { cors: [corsRule(corsOrigin)] }) })),
    logger: pino({ level: flags.log }),
  })
}

// What an upload kit with a progress bar needs, and no more.
function corsRule(allowedOrigins: string[]) {
  return {
    allowedOrigins,
    allowedMethods: ['GET', 'HEAD', 'POST', 'PUT'],
    allowedHeaders: ['*'],
    exposeHeaders: ['ETag', 'x-oss-request-id'],
    maxAgeSeconds: 600,
  }
}

function readPort(text: string): number {
  const port = Number(text)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new InvalidArgumentError('It must be 0 to 65535.')
  return port
}

function explain(error: unknown, { port, host }: Flags): string {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return `Port ${port} of ${host} is taken: stop what runs there, or choose another with --port.`
  return `The local OSS could not start: ${message}`
}

import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { createServer, type RequestListener, type Server } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Credentials } from '@oss-direct/oss'
import { type Logger, pino } from 'pino'
import { openCallbackKey } from './callback-key.ts'
import { type CorsRule, checkCors } from './cors.ts'
import type { LocalOss } from './exchange.ts'
import { createFaults, type Faults } from './faults.ts'
import { CALLBACK_KEY_PATH, createLocalPage } from './local-page.ts'
import { checkBucketName } from './put-bucket.ts'
import { createRequestListener } from './request-listener.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'
import { type Acl, openStore, type Store } from './store.ts'

export interface EmulatorOptions {
  /** @default 0, any free one */
  port?: number
  /** Address to listen at. @default '127.0.0.1' */
  host?: string
  /** Folder that keeps buckets, objects and the callback key. @default a temporary one that `close` removes */
  dataDir?: string
  /** Region that V4 signatures must name. @default 'cn-hangzhou' */
  region?: string
  /** Who may sign; each may do everything. @default local-access-key-id with local-access-key-secret */
  accessKeys?: readonly Credentials[]
  /** Made where they are missing; ACL and CORS rules that are given replace what the bucket has. @default none */
  buckets?: readonly BucketOptions[]
  /** Domains bound to a bucket (CNAME), by host name. @default none */
  domains?: Readonly<Record<string, string>>
  /** How long an application may take to answer a callback, connection included. @default 5000, as OSS has it */
  callbackTimeoutMs?: number
  /** OSS calls no private address; locally there are no others. @default 'allowed' */
  privateCallbackHosts?: 'allowed' | 'forbidden'
  /** @default silent */
  logger?: Logger
}

export interface BucketOptions {
  name: string
  /** @default 'private' */
  acl?: Acl
  /** @default none: as on OSS, no page may use the bucket until a rule says so */
  cors?: readonly CorsRule[]
}

export interface Emulator {
  /** `http://127.0.0.1:9000` */
  readonly origin: string
  /** Where callbacks say that their public key is; the same after a rotation. */
  readonly callbackKeyUrl: string
  readonly faults: Faults
  readonly requests: RequestLog
  rotateCallbackKey(): Promise<void>
  /** Ends all connections and frees the port. */
  close(): Promise<void>
}

/** Starts a local OSS. Rejects where the port is taken or the folder cannot be used. */
export async function startEmulator(options: EmulatorOptions = {}): Promise<Emulator> {
  const { port = 0, host = '127.0.0.1', region = 'cn-hangzhou', accessKeys = [LOCAL_ACCESS_KEY] } = options
  const { callbackTimeoutMs = 5000, logger = pino({ level: 'silent' }), domains = {} } = options
  if (!(callbackTimeoutMs > 0)) throw new TypeError(`callbackTimeoutMs is ${callbackTimeoutMs}: it must be positive`)
  const bucketOptions = (options.buckets ?? []).map(checkBucket)
  const credentials = new Map(accessKeys.map((key) => [key.accessKeyId, key]))

  // The port comes first: where another emulator has it, its folder must not be touched.
  const server = createServer({ insecureHTTPParser: true, maxHeaderSize: 64 * 1024 })
  // A slow upload may take hours; a connection on which nothing moves for five minutes may not.
  server.requestTimeout = 0
  server.timeout = 5 * 60_000
  server.keepAliveTimeout = 65_000
  let listener: RequestListener = (_request, response) => void response.writeHead(503, { 'Retry-After': '1' }).end()
  server.on('request', (request, response) => listener(request, response))
  const origin = `http://${reachableName(host)}:${await listen(server, port, host)}`

  try {
    const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'oss-emulator-')))
    await mkdir(dataDir, { recursive: true })
    const store = await openStore(dataDir)
    for (const bucket of bucketOptions) await installBucket(store, bucket)
    const oss: LocalOss = {
      store,
      faults: createFaults(),
      requests: createRequestLog(),
      callbackKey: openCallbackKey(dataDir),
      callbackKeyUrl: origin + CALLBACK_KEY_PATH,
      callbackTimeoutMs,
      privateHosts: options.privateCallbackHosts ?? 'allowed',
      region,
      domains,
      logger,
      findCredentials: (id) => credentials.get(id),
    }
    const hosts = ['localhost', '127.0.0.1', '[::1]', reachableName(host)]
    listener = createRequestListener(oss, createLocalPage(oss, { hosts }))
    return {
      origin,
      callbackKeyUrl: oss.callbackKeyUrl,
      faults: oss.faults,
      requests: oss.requests,
      rotateCallbackKey: () => oss.callbackKey.rotate(),
      async close() {
        await stop(server)
        if (options.dataDir === undefined) await rm(dataDir, { recursive: true, force: true, maxRetries: 3 })
      },
    }
  } catch (error) {
    await stop(server)
    throw error
  }
}

const LOCAL_ACCESS_KEY: Credentials = {
  accessKeyId: 'local-access-key-id',
  accessKeySecret: 'local-access-key-secret',
}

function checkBucket(bucket: BucketOptions): BucketOptions {
  checkBucketName(bucket.name)
  if (bucket.cors) checkCors({ rules: [...bucket.cors], responseVary: false })
  return bucket
}

async function installBucket(store: Store, { name, acl, cors }: BucketOptions): Promise<void> {
  const bucket = store.findBucket(name) ?? { name, acl: 'private' as const, createdAt: new Date().toISOString() }
  await store.saveBucket({
    ...bucket,
    ...(acl && { acl }),
    ...(cors && { cors: { rules: [...cors], responseVary: false } }),
  })
}

/** What to call it by: nobody can be called at "all addresses". */
function reachableName(host: string): string {
  if (host === '0.0.0.0' || host === '::') return '127.0.0.1'
  return host.includes(':') ? `[${host}]` : host
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : port)
    })
  })
}

function stop(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

import { mkdir } from 'node:fs/promises'
import type { RequestListener, Server } from 'node:http'
import { type Logger, pino } from 'pino'
import { type AccessKey, createAccounts } from './access/accounts.ts'
import { createNonces } from './access/nonces.ts'
import { openSessionTokens } from './access/session-token.ts'
import { type CorsRule, checkCors } from './buckets/cors.ts'
import { checkBucketName } from './buckets/put-bucket.ts'
import { openCallbackKey } from './callback/callback-key.ts'
import { CALLBACK_KEY_PATH, createLocalPage } from './console/local-page.ts'
import { createFaults, type Faults } from './faults.ts'
import type { LocalOss } from './http/exchange.ts'
import { createHttpServer } from './http/http-server.ts'
import { createRequestListener } from './http/request-listener.ts'
import { createRequestLog, type RequestLog } from './http/request-log.ts'
import { createMultipartStore } from './multipart/multipart-store.ts'
import type { Files } from './store/files.ts'
import { openFolder } from './store/folder.ts'
import { lockFolder } from './store/folder-lock.ts'
import { createMemory } from './store/memory.ts'
import { openStore, type Store } from './store/store.ts'
import type { Acl } from './store/stored-object.ts'

export interface EmulatorOptions {
  /** @default 0, any free one */
  port?: number
  /** Address to listen at. @default '127.0.0.1' */
  host?: string
  /** Folder that keeps buckets, objects and keys. @default none: all is in memory, and gone with `close` */
  dataDir?: string
  /** Region that V4 signatures must name. @default 'cn-hangzhou' */
  region?: string
  /** Who may sign, and what each may do. @default local-access-key-id with local-access-key-secret, which may do everything */
  accessKeys?: readonly AccessKey[]
  /** Made where they are missing; ACL and CORS rules that are given replace what the bucket has. @default none */
  buckets?: readonly BucketOptions[]
  /** Domains bound to a bucket (CNAME), by host name. @default none */
  domains?: Readonly<Record<string, string>>
  /** How long an application may take to answer a callback, connection included. @default 5000, as OSS has it */
  callbackTimeoutMs?: number
  /** How long nothing may move on a connection before it is cut. @default 300000 */
  idleTimeoutMs?: number
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
  const { callbackTimeoutMs = 5000, idleTimeoutMs = 5 * 60_000, domains = {} } = options
  const { logger = pino({ level: 'silent' }) } = options
  for (const [name, value] of Object.entries({ callbackTimeoutMs, idleTimeoutMs })) {
    if (!(value > 0)) throw new TypeError(`${name} is ${value}: it must be positive`)
  }
  const bucketOptions = (options.buckets ?? []).map(checkBucket)

  // The port comes first: where another emulator has it, its folder must not be touched.
  const server = createHttpServer({ idleTimeoutMs })
  let listener: RequestListener = (_request, response) => void response.writeHead(503, { 'Retry-After': '1' }).end()
  server.on('request', (request, response) => listener(request, response))
  const origin = `http://${reachableName(host)}:${await listen(server, port, host)}`

  let release = async () => {}
  try {
    const opened = await openFiles(options.dataDir)
    release = opened.release
    const { files } = opened
    const store = await openStore(files)
    for (const bucket of bucketOptions) await installBucket(store, bucket)
    const oss: LocalOss = {
      store,
      multipart: createMultipartStore(store),
      faults: createFaults(),
      requests: createRequestLog(),
      callbackKey: openCallbackKey(files),
      callbackKeyUrl: origin + CALLBACK_KEY_PATH,
      callbackTimeoutMs,
      privateHosts: options.privateCallbackHosts ?? 'allowed',
      region,
      domains,
      logger,
      accounts: createAccounts(accessKeys, await openSessionTokens(files)),
      nonces: createNonces(),
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
        await release()
      },
    }
  } catch (error) {
    await stop(server)
    await release()
    throw error
  }
}

const LOCAL_ACCESS_KEY: AccessKey = {
  accessKeyId: 'local-access-key-id',
  accessKeySecret: 'local-access-key-secret',
}

async function openFiles(dataDir: string | undefined): Promise<{ files: Files; release(): Promise<void> }> {
  if (dataDir === undefined) return { files: createMemory(), release: async () => {} }
  await mkdir(dataDir, { recursive: true })
  const { release } = await lockFolder(dataDir)
  return { files: await openFolder(dataDir), release }
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

import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type IncomingMessage, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AccessKey, type Emulator, type EmulatorOptions, startEmulator } from '@oss-direct/emulator'
import { bucketAddress, createBucketClient, staticCredentials } from '@oss-direct/oss'
import { createUploads, identifyBySession, openSqliteStore, uploadHandler, uploadRoute } from '@oss-direct/server'
import { onTestFinished } from 'vitest'
import { runCommand } from '../src/command.ts'

export const administrator: AccessKey = { accessKeyId: 'administrator', accessKeySecret: 'secret of administrator' }

/** The least that a server needs, as docs/real-bucket.md has it. */
const LEAST = ['oss:PutObject', 'oss:GetObject', 'oss:DeleteObject', 'oss:ListParts', 'oss:AbortMultipartUpload']

export function serverKey(actions: readonly string[] = LEAST, resource = 'photos/demo/*'): AccessKey {
  const statement = { Effect: 'Allow', Action: actions, Resource: [`acs:oss:*:*:${resource}`] }
  return {
    accessKeyId: 'server',
    accessKeySecret: 'hunter2 of server',
    policy: { Version: '1', Statement: [statement] },
  }
}

/** A page that sends files. */
export const page = 'https://app.example.com'

export const goodRule = {
  allowedOrigins: [page],
  allowedMethods: ['POST', 'PUT'],
  allowedHeaders: ['*'],
  exposeHeaders: ['x-oss-request-id', 'Retry-After', 'ETag'],
}

/** A local OSS with the bucket `photos`, as it should be but for lifecycle rules, which are not seen with the server's key. */
export async function startOss(options: EmulatorOptions = {}): Promise<Emulator> {
  const oss = await startEmulator({
    buckets: [{ name: 'photos', cors: [goodRule] }],
    accessKeys: [serverKey(), administrator],
    ...options,
  })
  onTestFinished(() => oss.close())
  return oss
}

/** An application's own idea of a callback. Gives its address. */
export async function startApplication(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/uploads/callback`
}

/** A server of @oss-direct/server. Gives the address of its callbacks. */
export async function startServer(oss: Emulator, callbackKeyUrls = [oss.callbackKeyUrl]): Promise<string> {
  let handle: (request: Request) => Promise<Response> = async () => new Response(null, { status: 503 })
  const callbackUrl = await startApplication(async (request, response) => {
    const answer = await handle(await toWebRequest(request))
    const body = Buffer.from(await answer.arrayBuffer())
    response
      .writeHead(answer.status, { ...Object.fromEntries(answer.headers), 'content-length': body.length })
      .end(body)
  })
  const folder = mkdtempSync(join(tmpdir(), 'doctor-'))
  const store = await openSqliteStore({ file: join(folder, 'uploads.db') })
  const uploads = createUploads({
    identify: identifyBySession({ read: async () => null }),
    routes: { demo: uploadRoute({ maxBytes: 1024, onUploaded: () => null }) },
    oss: {
      publicAddress: bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', endpoint: oss.origin }),
      credentials: staticCredentials(serverKey()),
      callbackKeyUrls,
    },
    callbackUrl,
    secret: 'a secret that is long enough',
    store,
  })
  onTestFinished(async () => {
    await uploads.close()
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  })
  handle = uploadHandler(uploads)
  return callbackUrl
}

async function toWebRequest(request: IncomingMessage): Promise<Request> {
  const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [name, String(value)])
  const body = Buffer.concat(await request.toArray())
  const url = `http://${request.headers.host}${request.url}`
  return new Request(url, { method: request.method ?? 'GET', headers, ...(body.length > 0 && { body }) })
}

export type Variables = Record<string, string>

/** What a server would be given for the bucket `photos` of that OSS. */
export function variablesOf(oss: Emulator, more: Variables = {}): Variables {
  const { accessKeyId, accessKeySecret } = serverKey()
  return {
    OSS_REGION: 'cn-hangzhou',
    OSS_BUCKET: 'photos',
    OSS_ENDPOINT: oss.origin,
    OSS_ACCESS_KEY_ID: accessKeyId,
    OSS_ACCESS_KEY_SECRET: accessKeySecret,
    CALLBACK_URL: 'none',
    CORS_ORIGINS: page,
    ...more,
  }
}

export async function run(args: readonly string[], environment: Variables) {
  let written = ''
  let complaints = ''
  const code = await runCommand(args, {
    environment,
    write: (text) => {
      written += text
    },
    complain: (text) => {
      complaints += text
    },
  })
  return { code, written, complaints }
}

/** All that the doctor finds, line by line, as `level check: why and what to do`. */
export async function examine(environment: Variables, ...args: string[]) {
  const { code, written } = await run(['doctor', '--origin', page, ...args], environment)
  const [findings = ''] = written.split('\n\n')
  const lines = findings.split('\n').map((line) => line.replace(/^(\w+) +(\w+) +/, '$1 $2: '))
  return { code, lines, unwell: lines.filter((line) => /^(wrong|warning)/.test(line)) }
}

/** What is left in the bucket. */
export async function keysLeft(oss: Emulator): Promise<string[]> {
  const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', endpoint: oss.origin })
  return createBucketClient({ address, credentials: staticCredentials(administrator) }).listKeys({
    prefix: '',
    most: 10,
  })
}

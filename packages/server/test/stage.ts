import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Emulator, startEmulator } from '@oss-direct/emulator'
import {
  type BucketAddress,
  bucketAddress,
  type CredentialsProvider,
  callbackFormFields,
  objectUrl,
  signHeaders,
  signPostPolicy,
  staticCredentials,
} from '@oss-direct/oss'
import type { Grant, GrantAnswer, RecordPage, RequestedFile, Transport, UploadRecord } from '@oss-direct/shared'
import express, { type RequestHandler } from 'express'
import { vi } from 'vitest'
import {
  type Caller,
  createUploads,
  type OssOptions,
  openSqliteStore,
  type Routes,
  type SessionOptions,
  type Store,
  type Uploads,
  type UploadsEvent,
  type UploadsOptions,
  uploadRoute,
  uploadRouter,
} from '../src/index.ts'

const accessKey = { accessKeyId: 'local-access-key-id', accessKeySecret: 'local-access-key-secret' }
export const SECRET = 'a secret of the tests, long enough'
export type FormGrant = Extract<Grant, { transport: 'post' }>
export type PartsGrant = Extract<Grant, { transport: 'multipart' }>
export type PutGrant = Extract<Grant, { transport: 'put' }>
export type SessionGrant = Extract<Grant, { transport: 'sts' }>
/** Of the local OSS every role is there. */
export const ROLE = 'acs:ram::1746495857602745:role/uploader'

export interface StageOptions {
  routes?: Routes<Caller>
  /** What the application mounts before our router. */
  before?: readonly RequestHandler[]
  /** Express 5 by default. */
  framework?: typeof express
  /** Another kind of server, with the API at `/uploads`, in place of Express. */
  serve?: (uploads: Uploads) => RequestListener
  uploads?: Partial<UploadsOptions<Caller>>
  signatureVersion?: 'V4' | 'V1'
  sessions?: Partial<SessionOptions>
}

/** A local OSS with two buckets and an application, all real, and somebody who uploads. */
export interface Stage {
  emulator: Emulator
  origin: string
  uploads: Uploads
  store: Store
  /** Of the store, unless one was given. */
  databaseFile: string
  address: BucketAddress
  credentials: CredentialsProvider
  oss: OssOptions
  /** All that the observer was told. */
  events: UploadsEvent[]
  as(caller: string): Client
  /** Has OSS itself say any words to any path of ours: with a genuine signature, from a bucket that is not ours. */
  haveOssSay(body: string, options?: { path?: string; type?: 'application/json' }): Promise<number>
  close(): Promise<void>
}

/** Why callbacks were refused. */
export function callbackRefusals({ events }: Stage): string[] {
  return events.flatMap((event) => (event.type === 'callback' && event.outcome === 'refused' ? [event.code] : []))
}

export interface Client {
  send(method: string, path: string, body?: unknown): Promise<{ status: number; body: unknown; headers: Headers }>
  grant(file?: Partial<RequestedFile>, route?: string): Promise<FormGrant>
  grantParts(file: Partial<RequestedFile>, route: string): Promise<PartsGrant>
  grantPut(file?: Partial<RequestedFile>, route?: string): Promise<PutGrant>
  grantSession(file?: Partial<RequestedFile>, route?: string): Promise<SessionGrant>
  confirm(id: string): Promise<{ status: number; body: unknown }>
  record(id: string): Promise<UploadRecord>
  list(query?: string): Promise<RecordPage>
}

export async function startStage(options: StageOptions = {}): Promise<Stage> {
  const folder = mkdtempSync(join(tmpdir(), 'uploads-test-'))
  const databaseFile = join(folder, 'uploads.db')
  const emulator = await startEmulator({ buckets: [{ name: 'uploads' }, { name: 'elsewhere' }] })
  const app = (options.framework ?? express)()
  let listener: RequestListener = app
  const server = createServer((request, response) => void listener(request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const origin = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`

  const bucket = bucketAddress({ bucket: 'uploads', region: 'cn-hangzhou', endpoint: emulator.origin })
  const store = options.uploads?.store ?? (await openSqliteStore({ file: databaseFile }))
  const oss: OssOptions = {
    publicAddress: bucket,
    credentials: staticCredentials(accessKey),
    callbackKeyUrls: [emulator.callbackKeyUrl],
    signatureVersion: options.signatureVersion ?? 'V4',
    sessions: { roleArn: ROLE, endpoint: emulator.origin, ...options.sessions },
  }
  const events: UploadsEvent[] = []
  const uploads = createUploads<Caller>({
    identify: ({ headers }) => (typeof headers['x-caller'] === 'string' ? { id: headers['x-caller'] } : null),
    routes: options.routes ?? { demo: uploadRoute({ onUploaded: ({ key, size }) => ({ key, size }) }) },
    oss,
    callbackUrl: `${origin}/uploads/callback`,
    secret: SECRET,
    store,
    // Tests sweep when they want to.
    sweep: { intervalMs: 'never', firstLookMs: 0 },
    observe: (event) => events.push(event),
    ...options.uploads,
  })
  for (const handler of options.before ?? []) app.use(handler)
  if (options.serve === undefined) app.use('/uploads', uploadRouter(uploads))
  else listener = options.serve(uploads)

  return {
    emulator,
    origin,
    uploads,
    store,
    databaseFile,
    address: bucket,
    credentials: staticCredentials(accessKey),
    oss,
    events,
    as: (caller) => client(origin, caller),

    async haveOssSay(body, { path = '/uploads/callback', type } = {}) {
      const foreign = bucketAddress({ bucket: 'elsewhere', region: 'cn-hangzhou', endpoint: emulator.origin })
      const now = new Date()
      const callback = { url: `${origin}${path}`, body, ...(type === undefined ? {} : { bodyType: type }) }
      const key = randomUUID()
      const form = signPostPolicy({
        bucket: foreign,
        key,
        sizeRange: [0, 100],
        fields: callbackFormFields(callback),
        credentials: accessKey,
        now,
        expiresAt: new Date(now.getTime() + 60_000),
      })
      await postForm(form, 'anything')
      return vi.waitFor(() => {
        const delivery = emulator.requests.list().find((request) => request.key === key)?.callbacks[0]
        if (delivery === undefined) throw new Error('OSS has not called yet')
        return delivery.status
      })
    },

    async close() {
      server.close()
      server.closeAllConnections()
      await uploads.close()
      await emulator.close()
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
    },
  }
}

/** Sends a file as a browser does: every field of the grant, the file last. */
export function postForm(
  { url, fields }: { url: string; fields: Record<string, string> },
  content: string | Uint8Array,
  type = 'text/plain',
): Promise<Response> {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob([typeof content === 'string' ? content : new Uint8Array(content)], { type }), 'a.txt')
  return fetch(url, { method: 'POST', body: form })
}

/** The object is in the bucket, and nobody has told us. */
export async function sendUnseen(
  { emulator }: Stage,
  client: Client,
  file: Partial<RequestedFile> = {},
): Promise<FormGrant> {
  const grant = await client.grant(file)
  emulator.faults.set({ name: 'callback-lost', count: 1 })
  const { status } = await postForm(grant, 'hello')
  if (status !== 203) throw new Error(`OSS answered ${status}, as if it had told us`)
  return grant
}

/** As the owner of the bucket may: past our grant. */
export async function putObject(
  { address }: Stage,
  key: string,
  { content, type }: { content: string; type: string },
): Promise<void> {
  const headers = signHeaders(
    { method: 'PUT', bucket: address.name, key, headers: { 'content-type': type } },
    { credentials: accessKey, region: address.region, now: new Date() },
  )
  const { status } = await fetch(objectUrl(address, key), { method: 'PUT', headers, body: content })
  if (status !== 200) throw new Error(`OSS answered ${status}`)
}

/** The body that OSS would send for this grant, its variables filled in as if the object were there. */
export function callbackBodyOf(grant: FormGrant, facts: Record<string, string> = {}): string {
  const { callbackBody, callbackBodyType } = JSON.parse(
    Buffer.from(grant.fields.callback ?? '', 'base64').toString(),
  ) as { callbackBody: string; callbackBodyType: string }
  const values: Record<string, string> = {
    bucket: 'uploads',
    object: grant.key,
    etag: '5D41402ABC4B2A76B9719D911017C592',
    size: '5',
    mimeType: 'text/plain',
    ...facts,
  }
  const write = (name: string) => {
    if (callbackBodyType !== 'application/json') return encodeURIComponent(values[name] ?? '')
    return name === 'size' ? (values[name] ?? 'null') : JSON.stringify(values[name] ?? null)
  }
  return callbackBody.replace(/\$\{([^}]+)\}/g, (_, name: string) => write(name))
}

function client(origin: string, caller: string): Client {
  const send: Client['send'] = async (method, path, body) => {
    const answer = await fetch(`${origin}/uploads${path}`, {
      method,
      redirect: 'manual',
      headers: {
        ...(caller === '' ? {} : { 'x-caller': caller }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    })
    const text = await answer.text()
    const isJson = answer.headers.get('content-type')?.includes('json')
    return { status: answer.status, headers: answer.headers, body: isJson ? JSON.parse(text) : text }
  }
  const ask = async <T extends Transport>(
    transport: T,
    file: object,
    route: string,
  ): Promise<Extract<Grant, { transport: T }>> => {
    const files = [{ name: 'a.txt', size: 5, type: 'text/plain', ...file }]
    const answer = await send('POST', '', { route, transport, files })
    const outcome = (answer.body as Partial<GrantAnswer>).grants?.[0]
    if (outcome?.ok && outcome.grant.transport === transport) return outcome.grant as never
    throw new Error(JSON.stringify(answer.body))
  }
  return {
    send,
    grant: (file = {}, route = 'demo') => ask('post', file, route),
    grantParts: (file, route) => ask('multipart', file, route),
    grantPut: (file = {}, route = 'demo') => ask('put', file, route),
    grantSession: (file = {}, route = 'demo') => ask('sts', file, route),
    async confirm(id) {
      const { status, body } = await send('POST', `/${id}/confirm`, {})
      return { status, body }
    },
    record: async (id) => (await send('GET', `/${id}`)).body as UploadRecord,
    list: async (query = '') => (await send('GET', query)).body as RecordPage,
  }
}

import { randomUUID } from 'node:crypto'
import type { BucketAddress, Credentials, CredentialsProvider, OssClient, SignatureVersion } from '@oss-direct/oss'
import {
  checkFile,
  formatBytes,
  type Grant,
  type GrantAnswer,
  type GrantOutcome,
  type GrantRequest,
  type Json,
  type RequestedFile,
  type Transport,
  UploadError,
} from '@oss-direct/shared'
import type { CallbackTarget } from './callback-target.ts'
import { type GrantSigning, signForm } from './form-grant.ts'
import { grantEnd } from './grant-end.ts'
import { checkDaySize, type LimitsBook, overQuota } from './limits.ts'
import { safeMimeType } from './object-headers.ts'
import { checkObjectKey, fileExtension } from './object-key.ts'
import { planParts } from './part-plan.ts'
import { refusalOf } from './problem.ts'
import { signPut } from './put-grant.ts'
import { parseInput } from './route-input.ts'
import { type OpenSession, sessionGrant } from './session-grant.ts'
import type { Store, StoredUpload, TraceEntry } from './store.ts'
import type { SweepSchedule } from './sweep-schedule.ts'
import type { Tickets } from './ticket.ts'
import { describeForm, describePut, describeSession, type Tracer } from './tracer.ts'
import { type Caller, MAX_REQUEST_BYTES, mayUse, type Routes, SENDS_IN_PARTS } from './upload-route.ts'

export interface GrantingOptions<C extends Caller> {
  routes: Routes<C>
  store: Store
  oss: OssClient
  publicAddress: BucketAddress
  credentials: CredentialsProvider
  version: SignatureVersion
  /** Nothing where uploads are settled by confirmation alone. */
  callbackTarget: CallbackTarget | undefined
  tickets: Tickets
  /** For the transport `sts`. */
  openSession: OpenSession
  /** How long a form is good to begin with. */
  policyLifetimeMs: number
  /** How much longer its transfer may take. */
  maxTransferMs: number
  schedule: SweepSchedule
  limits: LimitsBook<C>
  tracer: Tracer
}

/**
 * Permits uploads: by a form or a signed PUT that OSS takes for one file only, in parts whose addresses are asked for later,
 * or by temporary keys that are good for one object. The records are durable before anybody can use them, so that no object arrives that we know nothing of. One refused file never
 * refuses its siblings.
 *
 * Throws UploadError where the request as a whole is wrong.
 */
export function createGranting<C extends Caller>(options: GrantingOptions<C>) {
  const { routes, store, oss, publicAddress, version, callbackTarget, tickets, openSession, tracer } = options
  const { policyLifetimeMs, maxTransferMs, schedule, limits } = options

  return async (request: GrantRequest, caller: C): Promise<GrantAnswer> => {
    const route = findRoute(routes, request)
    if (!mayUse(caller, request.route)) throw forbidden(request.route)
    // The schema of this very route made it, for the hooks of this very route.
    const input = (await parseInput(route.input, request.input)) as never
    if (!(await route.authorize({ caller, input, files: request.files }))) {
      throw forbidden(request.route)
    }
    // By OSS's clock, since OSS judges it; a server whose own is wrong still grants forms that work.
    const now = oss.now()
    const credentials = await options.credentials()
    const formEnd = grantEnd(now, policyLifetimeMs, credentials)
    // Addresses of parts are signed when they are asked for, with the credentials of that time.
    const partsEnd = new Date(now.getTime() + policyLifetimeMs + maxTransferMs)
    const quota = limits.quotaOf(caller, now)
    const endOf = (transport: Transport, session: Session | undefined) =>
      session?.expiresAt ?? (transport === 'multipart' ? partsEnd : formEnd)

    const describeWay = (upload: StoredUpload, session: Session | undefined): Way => {
      const { id } = upload
      const ticket = tickets.sign(upload, upload.acceptedUntil)
      const callback = callbackTarget && { target: callbackTarget, route: route.callback, id, ticket }
      const signing: GrantSigning = { upload, bucket: publicAddress, credentials, version, now, callback }
      if (session !== undefined) {
        const grant = sessionGrant({ upload, bucket: publicAddress, session, callback })
        return { grant, describe: () => describeSession(grant, ticket) }
      }
      if (upload.transport === 'put') {
        const put = signPut(signing)
        return { grant: { transport: 'put', ...put }, describe: () => describePut(put, ticket) }
      }
      if (upload.transport === 'multipart') {
        const plan = { transport: 'multipart', ...planParts(upload.file.size, route.partBytes) } as const
        return { grant: plan, describe: () => plan }
      }
      const form = signForm(signing)
      return { grant: { transport: 'post', ...form }, describe: () => describeForm(form.fields, ticket) }
    }

    const grantFile = async (file: RequestedFile): Promise<Granted> => {
      const check = checkFile(file, route.rules)
      if (!check.ok) return { outcome: check }
      checkDaySize(file, quota)
      const transport = chooseTransport(file, request.transport, route.rules.transports)
      // Node draws the bits of many of them at once, but those of `randomBytes` each time.
      const id = randomUUID().replaceAll('-', '')
      const names = { id, route: request.route }
      const key = checkObjectKey(
        route.key({ ...names, caller, input, file, extension: fileExtension(file.name) }),
        names,
      )
      const session = transport === 'sts' ? await openSession({ id, key }) : undefined
      const expiresAt = endOf(transport, session)
      const upload: StoredUpload = {
        ...names,
        owner: caller.id,
        account: quota.account,
        caller,
        bucket: publicAddress.name,
        key,
        transport,
        file: {
          name: file.name,
          size: file.size,
          type: file.type,
          ...(file.crc64 === undefined ? {} : { crc64: file.crc64 }),
        },
        mimeType: safeMimeType(file.type),
        ...(input === undefined ? {} : { input: toJson(input) }),
        createdAt: now,
        expiresAt,
        // The plan of parts has room for their transfer already.
        acceptedUntil: transport === 'multipart' ? partsEnd : new Date(expiresAt.getTime() + maxTransferMs),
        status: 'granted',
        attempts: 0,
        dueAt: schedule.firstLook(now),
        ...(transport === 'multipart'
          ? { multipart: { partSize: planParts(file.size, route.partBytes).partSize } }
          : {}),
      }
      const { grant, describe } = describeWay(upload, session)
      return {
        outcome: { ok: true, grant: { id, key, expiresAt: expiresAt.toISOString(), ...grant } },
        upload,
        ...(tracer.isOn ? { trace: { id, ...tracer.entry('granted', describe()) } } : {}),
      }
    }

    const granted = await Promise.all(
      request.files.map((file) =>
        grantFile(file).catch((error: unknown): Granted => {
          // The application's `key` may refuse a file in its own words; a key that is none is a mistake to be seen.
          if (error instanceof UploadError && error.code !== 'internal') return { outcome: refusedFor(error) }
          throw error
        }),
      ),
    )
    const uploads = granted.flatMap(({ upload }) => upload ?? [])
    const trace = granted.flatMap(({ trace }) => trace ?? [])
    const excesses = await store.insert(uploads, trace, quota)
    const refusals = new Map(
      uploads.flatMap(({ id }, index) => {
        const excess = excesses[index]
        return excess === undefined ? [] : [[id, overQuota(excess, now)] as const]
      }),
    )
    const [first] = refusals.values()
    // As a whole, so that it has a Retry-After. Where anything else became of one of them, each hears of itself.
    if (first !== undefined && refusals.size === granted.length) throw first
    const grants = granted.map(({ outcome, upload }): GrantOutcome => {
      const refusal = upload && refusals.get(upload.id)
      return refusal === undefined ? outcome : refusedFor(refusal)
    })
    return { serverTime: now.toISOString(), grants }
  }
}

function refusedFor(error: UploadError): GrantOutcome {
  const { retryAfterMs } = error
  return { ok: false, error: { ...refusalOf(error), ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } }
}

type Session = Required<Credentials>

/** What is granted, and what the trace keeps of it. */
interface Way {
  grant: Transported
  describe(): Json
}
type Transported = Grant extends infer G ? (G extends Grant ? Omit<G, 'id' | 'key' | 'expiresAt'> : never) : never

/** What became of one file of a request. */
interface Granted {
  outcome: GrantOutcome
  upload?: StoredUpload
  trace?: TraceEntry & { id: string }
}

/** The one that was asked for, else the first that takes a file of this size. Throws UploadError `file-too-large`. */
function chooseTransport(
  { name, size }: RequestedFile,
  asked: Transport | undefined,
  offered: readonly Transport[],
): Transport {
  const fitting = offered.filter((transport) => SENDS_IN_PARTS.has(transport) || size <= MAX_REQUEST_BYTES)
  const chosen = asked === undefined ? fitting[0] : fitting.find((transport) => transport === asked)
  if (chosen !== undefined) return chosen
  throw new UploadError(
    'file-too-large',
    `${name} is ${formatBytes(size)}; one request takes at most ${formatBytes(MAX_REQUEST_BYTES)}`,
    { hint: 'Ask for a grant with the transport "multipart".' },
  )
}

function findRoute<C extends Caller>(routes: Routes<C>, { route: name, files, transport }: GrantRequest) {
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined
  if (route === undefined) {
    throw new UploadError('route-unknown', `There is no route "${name}"`, {
      hint: `The routes are: ${Object.keys(routes).join(', ')}.`,
    })
  }
  const { maxFiles, transports } = route.rules
  if (files.length > maxFiles) {
    throw new UploadError('too-many-files', `${files.length} files at once; "${name}" takes at most ${maxFiles}`, {
      hint: 'Choose fewer files.',
    })
  }
  if (transport !== undefined && !transports.includes(transport)) {
    throw new UploadError('transport-unsupported', `"${name}" does not take the transport "${transport}"`, {
      hint: `It takes: ${transports.join(', ')}.`,
    })
  }
  return route
}

function forbidden(route: string): UploadError {
  return new UploadError('forbidden', `You may not upload to "${route}"`, {
    hint: 'Sign in as somebody who may, or ask for access.',
  })
}

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

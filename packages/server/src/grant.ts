import { randomBytes } from 'node:crypto'
import type { BucketAddress, CredentialsProvider, OssClient, SignatureVersion } from '@oss-direct/oss'
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
import { safeMimeType, signForm } from './form-grant.ts'
import { grantEnd } from './grant-end.ts'
import { checkObjectKey, fileExtension } from './object-key.ts'
import { type PartPlan, planParts } from './part-plan.ts'
import { refusalOf } from './problem.ts'
import { parseInput } from './route-input.ts'
import type { Store, StoredUpload, TraceEntry } from './store.ts'
import type { SweepSchedule } from './sweep-schedule.ts'
import type { Tickets } from './ticket.ts'
import { describeForm, type Tracer } from './tracer.ts'
import { type Caller, MAX_FORM_BYTES, type Routes } from './upload-route.ts'

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
  /** How long a form is good to begin with. */
  policyLifetimeMs: number
  /** How much longer its transfer may take. */
  maxTransferMs: number
  schedule: SweepSchedule
  tracer: Tracer
}

/**
 * Permits uploads, each by a form that OSS takes for one file only, or in parts whose addresses are asked for later. The
 * records are durable before anybody can use them, so that no object arrives that we know nothing of. One refused file never
 * refuses its siblings.
 *
 * Throws UploadError where the request as a whole is wrong.
 */
export function createGranting<C extends Caller>(options: GrantingOptions<C>) {
  const { routes, store, oss, publicAddress, version, callbackTarget, tickets, tracer } = options
  const { policyLifetimeMs, maxTransferMs, schedule } = options

  return async (request: GrantRequest, caller: C): Promise<GrantAnswer> => {
    const route = findRoute(routes, request)
    // The schema of this very route made it, for the hooks of this very route.
    const input = (await parseInput(route.input, request.input)) as never
    if (!(await route.authorize({ caller, input, files: request.files }))) {
      throw new UploadError('forbidden', `You may not upload to "${request.route}"`, {
        hint: 'Sign in as somebody who may, or ask for access.',
      })
    }
    // By OSS's clock, since OSS judges it; a server whose own is wrong still grants forms that work.
    const now = oss.now()
    const credentials = await options.credentials()
    const formEnd = grantEnd(now, policyLifetimeMs, credentials)
    // Addresses of parts are signed when they are asked for, with the credentials of that time.
    const partsEnd = new Date(now.getTime() + policyLifetimeMs + maxTransferMs)
    const uploads: StoredUpload[] = []
    const trace: (TraceEntry & { id: string })[] = []

    const signedForm = (upload: StoredUpload): Way => {
      const { id } = upload
      const ticket = tickets.sign(upload, upload.acceptedUntil)
      const callback = callbackTarget && { target: callbackTarget, route: route.callback, id, ticket }
      const form = signForm({ upload, bucket: publicAddress, credentials, version, now, callback })
      return { grant: { transport: 'post', ...form }, describe: () => describeForm(form.fields, ticket) }
    }

    const grantFile = (file: RequestedFile): GrantOutcome => {
      const check = checkFile(file, route.rules)
      if (!check.ok) return check
      const transport = chooseTransport(file, request.transport, route.rules.transports)
      const id = randomBytes(16).toString('hex')
      const names = { id, route: request.route }
      const key = route.key({ ...names, caller, input, file, extension: fileExtension(file.name) })
      const plan = planParts(file.size, route.partBytes)
      const upload: StoredUpload = {
        ...names,
        owner: caller.id,
        caller,
        bucket: publicAddress.name,
        key: checkObjectKey(key, names),
        file: {
          name: file.name,
          size: file.size,
          type: file.type,
          ...(file.crc64 === undefined ? {} : { crc64: file.crc64 }),
        },
        mimeType: safeMimeType(file.type),
        ...(input === undefined ? {} : { input: toJson(input) }),
        createdAt: now,
        expiresAt: transport === 'post' ? formEnd : partsEnd,
        acceptedUntil: transport === 'post' ? new Date(formEnd.getTime() + maxTransferMs) : partsEnd,
        status: 'granted',
        attempts: 0,
        dueAt: schedule.firstLook(now),
        ...(transport === 'post' ? {} : { multipart: { partSize: plan.partSize } }),
      }
      const { grant, describe } = transport === 'post' ? signedForm(upload) : inParts(plan)
      uploads.push(upload)
      if (tracer.isOn) trace.push({ id, ...tracer.entry('granted', describe()) })
      return { ok: true, grant: { id, key: upload.key, expiresAt: upload.expiresAt.toISOString(), ...grant } }
    }

    const grants = request.files.map((file) => {
      try {
        return grantFile(file)
      } catch (error) {
        // The application's `key` may refuse a file in its own words; a key that is none is a mistake to be seen.
        if (error instanceof UploadError && error.code !== 'internal')
          return { ok: false as const, error: refusalOf(error) }
        throw error
      }
    })
    await store.insert(uploads, trace)
    return { serverTime: now.toISOString(), grants }
  }
}

/** What is granted, and what the trace keeps of it. */
interface Way {
  grant: Transported
  describe(): Json
}
type Transported = Grant extends infer G ? (G extends Grant ? Omit<G, 'id' | 'key' | 'expiresAt'> : never) : never

function inParts(plan: PartPlan): Way {
  const grant = { transport: 'multipart', ...plan } as const
  return { grant, describe: () => grant }
}

/** The one that was asked for, else the first that takes a file of this size. Throws UploadError `file-too-large`. */
function chooseTransport(
  { name, size }: RequestedFile,
  asked: Transport | undefined,
  offered: readonly Transport[],
): Transport {
  const fitting = offered.filter((transport) => transport !== 'post' || size <= MAX_FORM_BYTES)
  const chosen = asked === undefined ? fitting[0] : fitting.find((transport) => transport === asked)
  if (chosen !== undefined) return chosen
  throw new UploadError(
    'file-too-large',
    `${name} is ${formatBytes(size)}; one form takes at most ${formatBytes(MAX_FORM_BYTES)}`,
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

function toJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value)) as Json
}

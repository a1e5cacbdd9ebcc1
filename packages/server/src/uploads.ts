import { createOssClient, type OssClient, OssError, PRODUCTION_CALLBACK_KEY_URLS } from '@oss-direct/oss'
import {
  type CompleteRequest,
  type GrantAnswer,
  type GrantRequest,
  type Outcome,
  type PartsAnswer,
  type PartsRequest,
  type Problem,
  type RecordPage,
  type RoutesAnswer,
  type Settled,
  UploadError,
  type UploadRecord,
  type UploadTrace,
} from '@oss-direct/shared'
import { createAdmission } from './admission.ts'
import { type Arrival, createApplication } from './application.ts'
import { createCallbackReceiver, type ReceivedCallback } from './callback.ts'
import { createCallbackKeys } from './callback-keys.ts'
import { checkRouteCallback } from './callback-options.ts'
import { callbackTarget } from './callback-target.ts'
import { createGranting } from './grant.ts'
import { createLimits } from './limits.ts'
import { silentLogger } from './logger.ts'
import { createMultipart, notInParts } from './multipart.ts'
import { observeGrants, refusedCodes } from './observed-grants.ts'
import { createOwnUploads, type ListQuery } from './own-uploads.ts'
import { toProblem } from './problem.ts'
import { createRemoval } from './removal.ts'
import { checkSessionSeconds, createSessions, type OpenSession } from './session-grant.ts'
import { createSettling } from './settle.ts'
import type { StoredUpload } from './store.ts'
import { createSweepSchedule } from './sweep-schedule.ts'
import { createSweeper, type SweepReport } from './sweeper.ts'
import { createTickets } from './ticket.ts'
import { createTracer } from './tracer.ts'
import { toRecord } from './upload-record.ts'
import type { Caller, Routes } from './upload-route.ts'
import { guardObserver } from './uploads-event.ts'
import type { CallerContext, OssOptions, UploadsOptions } from './uploads-options.ts'

/** What the router calls; a router for another framework needs nothing else. Every verb throws UploadError. */
export interface Uploads {
  rules(): RoutesAnswer
  grant(request: GrantRequest, context: CallerContext): Promise<GrantAnswer>
  acceptCallback(callback: ReceivedCallback): Promise<Settled>
  confirm(id: string, context: CallerContext): Promise<Outcome>
  /** Addresses of parts, good for minutes, and what OSS holds already. */
  signParts(id: string, request: PartsRequest, context: CallerContext): Promise<PartsAnswer>
  /** Makes the object of its parts, and settles it; idempotent. A checksum stays with the record before the object is made. */
  complete(id: string, request: CompleteRequest, context: CallerContext): Promise<Outcome>
  find(id: string, context: CallerContext): Promise<UploadRecord>
  list(query: ListQuery, context: CallerContext): Promise<RecordPage>
  /** A signed address of the object, good for minutes. */
  content(id: string, context: CallerContext): Promise<string>
  trace(id: string, context: CallerContext): Promise<UploadTrace>
  /** Forgets the record; the object stays, or goes too. */
  remove(id: string, object: 'keep' | 'delete', context: CallerContext): Promise<void>
  /** Looks at what is due, as it does by itself every minute. */
  sweep(): Promise<SweepReport>
  /** What to answer for an error; logs those that the caller can do nothing about. */
  problem(error: unknown, requestId: string): Problem
  /** Stops sweeping, waits up to 5 s for hooks that still run, then closes the store. */
  close(): Promise<void>
}

/** Who may upload what, and what became of it. Knows nothing of Express. Throws at once where the options contradict. */
export function createUploads<C extends Caller>(options: UploadsOptions<C>): Uploads {
  const { identify, routes, oss, store, logger = silentLogger, now = () => new Date(), leaseMs = 15_000 } = options
  checkRouteNames(routes)
  const { publicAddress, internalAddress = publicAddress, credentials, signatureVersion: version = 'V4' } = oss
  if (internalAddress.name !== publicAddress.name) {
    throw new TypeError(
      `publicAddress is of the bucket "${publicAddress.name}", internalAddress of "${internalAddress.name}"`,
    )
  }
  const keyUrls = oss.callbackKeyUrls ?? PRODUCTION_CALLBACK_KEY_URLS
  const target =
    options.callbackUrl === 'none'
      ? undefined
      : callbackTarget({
          url: options.callbackUrl,
          host: options.callbackHost,
          sni: options.callbackSni,
          // Whoever brings a key of his own has a local OSS, which calls whom it likes.
          privateHosts: keyUrls.some(isProductionKey) ? 'forbidden' : 'allowed',
        })
  const world = options.fetch === undefined ? {} : { fetch: options.fetch }
  const client = createOssClient({ address: internalAddress, credentials, version, now, ...world })
  const tickets = createTickets([options.secret ?? []].flat())
  for (const [name, { callback: route }] of Object.entries(routes)) {
    const [id, ticket] = ['0'.repeat(32), tickets.sign({ id: '', key: '' }, now())]
    if (target) checkRouteCallback(name, { target, route, id, ticket })
  }
  const tracer = createTracer({ keepTrace: options.keepTrace ?? false, store, now, logger })
  const observe = guardObserver(options.observe ?? (() => {}), logger)
  const policyLifetimeMs = options.policyLifetimeMs ?? 15 * MINUTE
  const multipart = createMultipart({
    store,
    oss: client,
    publicAddress,
    credentials,
    urlLifetimeMs: policyLifetimeMs,
    tracer,
    logger,
  })
  const removeUpload = createRemoval({ store, multipart, oss: client, leaseMs, now })
  const schedule = createSweepSchedule(options.sweep)
  const answerWithinMs = options.answerWithinMs ?? 4000
  const settling = createSettling({
    application: createApplication({ routes, tracer, observe, logger }),
    multipart,
    store,
    oss: client,
    verify: options.verify ?? 'head',
    answerWithinMs,
    leaseMs,
    schedule,
    now,
    observe,
    logger,
    tracer,
  })
  const limits = createLimits(options.limits ?? {}, store.countRequest)
  const grantUploads = createGranting({
    routes,
    store,
    oss: client,
    publicAddress,
    credentials,
    version,
    callbackTarget: target,
    tickets,
    openSession: sessionsOf(oss, routes, { oss: client, fetch: options.fetch }),
    policyLifetimeMs,
    maxTransferMs: options.maxTransferMs ?? 24 * 60 * MINUTE,
    schedule,
    limits,
    tracer,
  })
  const receiveCallback =
    target &&
    createCallbackReceiver({
      target,
      keys: createCallbackKeys({ urls: keyUrls, now, ...world }),
      tickets,
      store,
      settling,
      observe,
      tracer,
      now: client.now,
      logger,
    })

  const sweeper = createSweeper({
    settling,
    sweep: options.sweep ?? {},
    patienceMs: answerWithinMs,
    now: client.now,
    observe,
    logger,
  })

  const requireCaller = createAdmission({ identify, limits, logger })
  const own = createOwnUploads({ store, oss: client, publicAddress, requireCaller })
  const observedGrants = observeGrants(observe, routes)

  /** Uploads that work only by confirmation look well; whoever runs the server should know why all the same. */
  let isCallbackAwaited = true
  const noteMissingCallback = (callbackUrl: string): void => {
    if (!isCallbackAwaited) return
    isCallbackAwaited = false
    logger.warn(
      { callbackUrl },
      'an upload was settled by confirmation, and no callback has got through yet: check that nothing in front of this address answers first, such as a login redirect or a firewall',
    )
  }

  const settleAsked = async (
    upload: StoredUpload,
    arrival: Arrival & { evidence: 'head' | 'complete' },
    { requestId }: CallerContext,
  ): Promise<Outcome> => {
    const { id } = upload
    const named = arrival.evidence === 'head' ? 'confirmation' : 'completion'
    const { outcome, ossRequestId } = await settling.settle(upload, arrival).catch((error: unknown) => {
      const known = error instanceof UploadError ? error : undefined
      const oss = known?.cause instanceof OssError ? known.cause.requestId : undefined
      const facts = { requestId, uploadId: id, ossRequestId: oss, code: known?.code ?? 'internal' }
      logger.info({ ...facts, detail: known?.message }, `${named} refused`)
      throw error
    })
    const facts = { requestId, uploadId: id, ossRequestId, status: outcome.status }
    if (outcome.status === 'settled') {
      logger.info(facts, arrival.evidence === 'head' ? 'upload confirmed' : 'upload completed')
      return outcome
    }
    logger.info(facts, 'upload not settled yet')
    return { id, status: 'pending', retryAfterMs: outcome.retryAfterMs }
  }

  return {
    rules: () => ({
      routes: Object.fromEntries(Object.entries(routes).map(([name, { rules }]) => [name, rules])),
    }),

    async grant(request, context) {
      const answer = await observedGrants(request, async () => grantUploads(request, await requireCaller(context)))
      const uploadIds = answer.grants.flatMap((outcome) => (outcome.ok ? [outcome.grant.id] : []))
      const refused = refusedCodes(answer)
      logger.info({ requestId: context.requestId, route: request.route, uploadIds, refused }, 'uploads granted')
      return answer
    },

    async acceptCallback(callback) {
      if (receiveCallback) {
        const settled = await receiveCallback(callback)
        isCallbackAwaited = false
        return settled
      }
      throw new UploadError('not-found', 'This server takes no callbacks', {
        hint: 'It was started without a callback URL.',
      })
    },

    async confirm(id, context) {
      const upload = await own.find(id, context)
      const outcome = await settleAsked(upload, { evidence: 'head' }, context)
      if (outcome.status === 'pending') return outcome
      // Uploads in parts have no callback.
      if (target && upload.status !== 'settled' && !upload.multipart) noteMissingCallback(target.url)
      return outcome
    },

    async signParts(id, { partNumbers }, context) {
      const upload = await own.find(id, context)
      const answer = await multipart.sign(upload, partNumbers)
      const facts = { requestId: context.requestId, uploadId: id, signed: partNumbers.length, held: answer.have.length }
      logger.info(facts, 'parts signed')
      return answer
    },

    async complete(id, { crc64 }, context) {
      const upload = await own.find(id, context)
      if (upload.multipart === undefined) throw notInParts(upload)
      return settleAsked(upload, { evidence: 'complete', crc64 }, context)
    },

    async find(id, context) {
      return toRecord(await own.find(id, context))
    },

    list: (query, context) => own.list(query, context),

    content: (id, context) => own.content(id, context),

    async trace(id, context) {
      const upload = await own.find(id, context)
      return tracer.read(upload.id)
    },

    async remove(id, object, context) {
      const upload = await own.find(id, context)
      await removeUpload(upload, object)
      logger.info({ requestId: context.requestId, uploadId: id, object }, 'upload removed')
    },

    problem(error, requestId) {
      const problem = toProblem(error, requestId)
      if (problem.code === 'internal') logger.error({ requestId, err: error }, 'unforeseen error')
      return problem
    },

    sweep: () => sweeper.sweep(),

    async close() {
      await sweeper.stop(5000)
      await settling.drain(5000)
      await store.close()
    },
  }
}

const MINUTE = 60_000

function checkRouteNames(routes: Readonly<Record<string, unknown>>): void {
  for (const name of Object.keys(routes)) {
    // It stands in keys, in addresses and in logs.
    if (!/^[a-z0-9][\w-]{0,63}$/i.test(name)) {
      throw new TypeError(
        `The route name ${JSON.stringify(name)} must be letters, digits, "-" and "_", 1 to 64 of them`,
      )
    }
  }
}

/** Throws TypeError where a route needs a role and there is none. */
function sessionsOf<C extends Caller>(
  { sessions, credentials, publicAddress }: OssOptions,
  routes: Routes<C>,
  world: { oss: OssClient; fetch: typeof fetch | undefined },
): OpenSession {
  if (sessions !== undefined) {
    const { durationSeconds = 900, ...given } = sessions
    const sts = { credentials, ...given, durationSeconds: checkSessionSeconds(durationSeconds) }
    return createSessions({ ...sts, now: world.oss.now, fetch: world.fetch }, publicAddress)
  }
  const [name] = Object.entries(routes).find(([, { rules }]) => rules.transports.includes('sts')) ?? []
  if (name === undefined) return () => Promise.reject(new TypeError('There are no sessions without a role'))
  throw new TypeError(
    `The route "${name}" has the transport "sts": say in oss.sessions which role its temporary keys are of`,
  )
}

function isProductionKey(url: string): boolean {
  return PRODUCTION_CALLBACK_KEY_URLS.some((known) => known === url)
}

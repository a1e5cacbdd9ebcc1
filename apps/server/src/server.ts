import { createServer, type Server } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type Caller,
  createUploads,
  type DatabaseConnections,
  identifyBy,
  identifyByApiKey,
  identifyBySession,
  openPostgresStore,
  openSqliteStore,
  type Routes,
  requestIdOf,
  type Store,
  type Uploads,
  uploadRouter,
} from '@oss-direct/server'
import cors, { type CorsOptions } from 'cors'
import express, { type RequestHandler } from 'express'
import helmet from 'helmet'
import { type Logger, pino } from 'pino'
import { pinoHttp } from 'pino-http'
import type { ServerConfig } from './config.ts'
import { listen } from './listen.ts'
import { localOssRoutes } from './local-oss.ts'
import { keepLocalSecret } from './local-secret.ts'
import { createMetrics } from './metrics.ts'
import { serveMetrics } from './metrics-server.ts'
import { trackAnswers } from './open-answers.ts'
import { readiness } from './readiness.ts'
import { createVisitors } from './visitor.ts'
import { webApp } from './web-app.ts'

export interface StartServerOptions {
  config: ServerConfig
  routes: Routes<Caller>
  /** @default pino at the configured level */
  logger?: Logger
}

export interface RunningServer {
  /** Where the page is. */
  origin: string
  server: Server
  uploads: Uploads
  /**
   * Is not ready from then on; takes no connections any more after `stopDelayMs`; waits a few seconds for answers that are under
   * way and for hooks that run, then closes everything.
   */
  close(): Promise<void>
}

/** The reference server: demo visitors, the uploads API at `/uploads`, the web app everywhere else. */
export async function startServer({ config, routes, logger }: StartServerOptions): Promise<RunningServer> {
  const log = logger ?? pino({ level: config.logLevel })
  const secrets = config.secrets.length > 0 ? config.secrets : [keepLocalSecret(config.dataDir)]
  const visitors = createVisitors(secrets, {
    secure: !config.isLocal && config.callbackUrl.startsWith('https:'),
    // On a laptop all of them have one address.
    limitedBy: config.isLocal ? 'cookie' : 'address',
  })
  const { store, connections } = await openStore(config, log)
  const metrics = config.metrics && createMetrics(connections)
  const uploads = createUploads({
    identify: identifyBy(
      identifyByApiKey({ keys: store.keys }),
      identifyBySession({ read: visitors.identify, origins: config.corsOrigins }),
    ),
    limits: config.limits,
    routes,
    oss: config.oss,
    callbackUrl: config.callbackUrl,
    ...(config.callbackHost === undefined ? {} : { callbackHost: config.callbackHost }),
    ...(config.callbackSni === undefined ? {} : { callbackSni: config.callbackSni }),
    secret: secrets,
    store,
    keepTrace: config.keepTrace,
    sweep: { intervalMs: config.sweepIntervalMs },
    logger: log,
    ...(metrics && { observe: metrics.observe }),
  })

  const app = express()
  const server = createServer(app)
  const answers = trackAnswers(server)
  app.disable('x-powered-by')
  app.set('trust proxy', config.trustedProxies)
  app.get('/healthz', (_request, response) => void response.json({ status: 'ok' }))
  app.get('/readyz', readiness({ store, isStopping: () => answers.isStopping, logger: log }))
  app.use(securityHeaders(config))
  app.use('/uploads', cors(corsRules(config)))
  // Below that level it would write nothing, and take a fiftieth of every request to do so.
  if (log.isLevelEnabled('debug')) app.use(requestLog(log))
  app.use(visitors.welcome)
  app.use('/uploads', uploadRouter(uploads))
  app.use(
    '/demo/local-oss',
    localOssRoutes(config.isLocal ? new URL(config.oss.internalAddress.url).origin : undefined),
  )
  app.use(webApp(config.webRoot))

  const { host, port } = config
  let metricsServer: { close(): Promise<void> } | undefined
  try {
    if (metrics && config.metrics) metricsServer = await serveMetrics(metrics, config.metrics, log)
    await listen(server, { host, port, variable: 'PORT' })
  } catch (error) {
    await metricsServer?.close()
    await uploads.close()
    throw error
  }
  return {
    origin: `http://localhost:${config.port}`,
    server,
    uploads,
    async close() {
      answers.announceStop()
      await sleep(config.stopDelayMs)
      await answers.finish(ANSWERS_WITHIN_MS)
      await uploads.close()
      await metricsServer?.close()
    },
  }
}

// OSS itself waits 5 s for the answer to a callback.
const ANSWERS_WITHIN_MS = 6000

/** Pages elsewhere that may call the uploads API with the visitor's cookie. Other pages of our own need none of it. */
function corsRules({ corsOrigins }: ServerConfig): CorsOptions {
  return {
    origin: [...corsOrigins],
    credentials: true,
    methods: ['GET', 'POST', 'DELETE'],
    exposedHeaders: ['Retry-After', 'X-Request-Id'],
    maxAge: 600,
  }
}

async function openStore(
  { database }: ServerConfig,
  logger: Logger,
): Promise<{ store: Store; connections?: () => DatabaseConnections }> {
  if ('file' in database) return { store: await openSqliteStore(database) }
  const store = await openPostgresStore({ ...database, logger })
  return { store, connections: store.connections }
}

/** One line a request at level debug: no headers, because cookies, callback signatures and signed addresses are among them. */
function requestLog(logger: Logger) {
  return pinoHttp({
    logger,
    useLevel: 'debug',
    // The uploads API takes its id from the same header, so both lines have one, and the answer too.
    genReqId: ({ headers }) => {
      const id = requestIdOf(headers['x-request-id'])
      headers['x-request-id'] = id
      return id
    },
    serializers: {
      req: ({ id, method, url }: { id: string; method: string; url: string }) => ({ id, method, url }),
      res: ({ statusCode }: { statusCode: number }) => ({ statusCode }),
    },
  })
}

/**
 * The page may talk to itself and to the bucket, and to nobody else. Pages elsewhere may show it in no frame; those that may
 * call this server may show the one page that is made for frames.
 */
function securityHeaders({ oss, corsOrigins }: ServerConfig): RequestHandler {
  const bucket = new URL(oss.publicAddress.url).origin
  const headers = (ancestors: readonly string[]) =>
    helmet({
      contentSecurityPolicy: {
        directives: {
          'connect-src': ["'self'", bucket],
          'img-src': ["'self'", 'data:', 'blob:', bucket],
          'media-src': ["'self'", 'blob:', bucket],
          'frame-ancestors': ["'self'", ...ancestors],
          // The page is served over http on a laptop; there is nothing to upgrade to.
          'upgrade-insecure-requests': null,
        },
      },
      // It knows no list of origins, and `frame-ancestors` says the same to every browser of today.
      xFrameOptions: ancestors.length === 0,
      strictTransportSecurity: false,
    })
  const [everywhere, inFrames] = [headers([]), headers(corsOrigins)]
  return (request, response, next) => (request.path === '/frame.html' ? inFrames : everywhere)(request, response, next)
}

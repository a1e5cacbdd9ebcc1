import { fileURLToPath } from 'node:url'
import express, { type RequestHandler, Router } from 'express'
import type { LocalOss } from '../http/exchange.ts'
import { bucketRoutes } from './bucket-routes.ts'
import { callbackRoutes } from './callback-routes.ts'
import { faultRoutes } from './fault-routes.ts'
import { requireOwnFetch, requireOwnPage } from './guard.ts'
import { requestRoutes } from './request-routes.ts'

// Served as it was written, from the sources and from the package alike.
const PAGE_FOLDER = fileURLToPath(new URL('./page', import.meta.url))

/** The console: a page, and under `/api` everything that it shows and does. For `hosts` alone, see `requireOwnPage`. */
export function createConsole(oss: LocalOss, hosts: readonly string[]): Router {
  const routes = Router()
  routes.use(requireOwnPage(hosts), sayWhatIsAllowed)

  const api = Router()
  api.use(requireOwnFetch)
  api.use((_request, response, next) => {
    response.set('Cache-Control', 'no-store')
    next()
  })
  api.use(express.json({ limit: '16kb' }))
  api.use(bucketRoutes(oss.store))
  api.use(requestRoutes(oss.requests))
  api.use(callbackRoutes(oss))
  api.use(faultRoutes(oss.faults))
  routes.use('/api', api)

  routes.use(
    express.static(PAGE_FOLDER, {
      cacheControl: false,
      setHeaders: (response) => response.set('Cache-Control', 'no-cache'),
    }),
  )
  return routes
}

/** Scripts and styles of this server alone, nothing written into the page, and in no frame. */
const sayWhatIsAllowed: RequestHandler = (_request, response, next) => {
  response.set({
    'Content-Security-Policy': [
      "default-src 'none'",
      "script-src 'self'",
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self'",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ].join('; '),
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
  })
  next()
}

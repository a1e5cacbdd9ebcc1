import { existsSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import express, { Router } from 'express'

/** The built web app: assets with a hash in their name for ever, the page itself asked for anew each time. */
export function webApp(root: string): Router {
  const router = Router()
  const page = join(root, 'index.html')
  if (!existsSync(page)) return router
  router.use('/assets', express.static(join(root, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }))
  router.use(express.static(root, { index: false, redirect: false, maxAge: '1h', setHeaders: askAnewForPages }))
  // Any other address is one of the app's own pages.
  router.get(/.*/, (request, response, next) => {
    if (!request.accepts('html')) return next()
    response.sendFile(page, { cacheControl: false, headers: FRESH })
  })
  return router
}

// A page names the assets of its own build, which are gone after the next one.
const FRESH = { 'cache-control': 'no-cache' }

function askAnewForPages(response: ServerResponse, path: string): void {
  if (path.endsWith('.html')) for (const [name, value] of Object.entries(FRESH)) response.setHeader(name, value)
}

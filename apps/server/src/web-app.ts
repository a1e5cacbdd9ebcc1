import { existsSync } from 'node:fs'
import { join } from 'node:path'
import express, { Router } from 'express'

/** The built web app: assets with a hash in their name for ever, the page itself asked for anew each time. */
export function webApp(root: string): Router {
  const router = Router()
  const page = join(root, 'index.html')
  if (!existsSync(page)) return router
  router.use('/assets', express.static(join(root, 'assets'), { immutable: true, maxAge: '1y', fallthrough: false }))
  router.use(express.static(root, { index: false, maxAge: '1h' }))
  // Any other address is one of the app's own pages.
  router.get(/.*/, (request, response, next) => {
    if (!request.accepts('html')) return next()
    response.sendFile(page, { cacheControl: false, headers: { 'cache-control': 'no-cache' } })
  })
  return router
}

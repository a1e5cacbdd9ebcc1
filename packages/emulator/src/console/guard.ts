import type { RequestHandler } from 'express'
import { Refusal } from './refusal.ts'

/**
 * Lets only this server's own pages and programs without a page in. A page elsewhere that had its own name point at this
 * machine (DNS rebinding) gives itself away by the Host header, any other by its Origin.
 */
export function requireOwnPage(hosts: readonly string[]): RequestHandler {
  return (request, _response, next) => {
    const { host = '', origin } = request.headers
    const hostname = host.replace(/:\d+$/, '')
    if (hosts.includes(hostname) && (origin === undefined || origin === `http://${host}`)) return next()
    throw new Refusal(403, `Host ${host} with origin ${origin ?? 'none'} may not use the console`)
  }
}

/**
 * For everything but the page itself: no other page may embed, link to or post to it. A form, a picture and a fetch that
 * expects no answer may come without an Origin; browsers say for all of them where they come from. What another port of
 * this machine serves is same-site, and not ours.
 */
export const requireOwnFetch: RequestHandler = (request, _response, next) => {
  const site = request.headers['sec-fetch-site'] ?? 'none'
  if (site === 'none' || site === 'same-origin') return next()
  throw new Refusal(403, `A page that is ${site} may not use the console`)
}

import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import { type CallerContext, networkOf } from '@oss-direct/server'
import { parse, serialize } from 'cookie'
import type { RequestHandler } from 'express'

/** Who uses the demo, without an account: whoever holds the cookie that we signed. */
interface Visitor {
  id: string
  account?: string
}

export interface Visitors {
  /** Gives every newcomer a cookie. */
  welcome: RequestHandler
  identify(context: Pick<CallerContext, 'headers'> & { ip?: string | undefined }): Visitor | null
}

export interface VisitorsOptions {
  /** The page is served over https. */
  secure: boolean
  /** Whoever drops his cookie is somebody new: only his address keeps him to one visitor's limits. */
  limitedBy: 'cookie' | 'address'
}

/** `secrets`: the first signs, all are accepted. */
export function createVisitors(secrets: readonly string[], { secure, limitedBy }: VisitorsOptions): Visitors {
  const sign = (id: string, secret = '') =>
    createHmac('sha256', secret).update(`oss-direct visitor\n${id}`).digest('base64url')

  const identify: Visitors['identify'] = ({ headers, ip }) => {
    const cookies = parse(typeof headers.cookie === 'string' ? headers.cookie : '')
    const [, id, mac] = VALUE.exec(cookies[COOKIE] ?? '') ?? []
    if (id === undefined || mac === undefined) return null
    if (!secrets.map((secret) => isEqual(mac, sign(id, secret))).includes(true)) return null
    return limitedBy === 'address' ? { id, account: `address:${networkOf(ip)}` } : { id }
  }

  return {
    identify,
    welcome(request, response, next) {
      if (identify(request) !== null) return next()
      const id = randomBytes(16).toString('hex')
      const value = `${id}.${sign(id, secrets[0])}`
      response.append(
        'set-cookie',
        serialize(COOKIE, value, { httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge: YEAR_SECONDS }),
      )
      // The very request that brought the cookie about is already the visitor's own.
      request.headers.cookie = [request.headers.cookie, `${COOKIE}=${value}`].filter(Boolean).join('; ')
      next()
    },
  }
}

const COOKIE = 'visitor'
const VALUE = /^([0-9a-f]{32})\.([\w-]{43})$/
const YEAR_SECONDS = 365 * 24 * 60 * 60

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))
}

import { UploadError } from '@oss-direct/shared'
import { bearerOf, type Identify } from './identity.ts'
import { checkOrigins } from './origins.ts'
import type { Caller } from './upload-route.ts'
import type { CallerContext } from './uploads-options.ts'

export interface SessionIdentityOptions<C extends Caller> {
  /** Reads the application's own session; null where there is none, or where it has ended. */
  read: Identify<C>
  /**
   * Origins of other pages that may change something with the session: `https://shop.example`. The same list as CORS has. Needed
   * for the server's own pages too where a proxy changes `Host` and they are served over plain http. @default none
   */
  origins?: readonly string[]
}

/**
 * The session cookie of the application, with protection against pages that have the browser send it along (CSRF): a request
 * that changes something is taken only from the server's own pages and those in `origins`.
 *
 * The browser says where a request comes from, in headers that no page can set: `Origin` with every POST and DELETE, and
 * `Sec-Fetch-Site` over https and on localhost. A request with neither is refused, because a cookie without a browser is a
 * script's: it does better with a key. A hidden token in forms would protect as well, and need a page of ours to put it in.
 *
 * A request with `Authorization: Bearer` is known by that and not by its cookie. Throws TypeError for what is no origin, and
 * UploadError `forbidden` for a request from elsewhere.
 */
export function identifyBySession<C extends Caller>({ read, origins = [] }: SessionIdentityOptions<C>): Identify<C> {
  const allowed = new Set(checkOrigins('origins', origins))
  return async (context) => {
    if (bearerOf(context.headers) !== undefined) return null
    const caller = await read(context)
    if (caller !== null && !READS.has(context.method) && !isFromAllowedPage(context, allowed))
      throw foreignPage(context)
    return caller
  }
}

const READS: ReadonlySet<string> = new Set(['GET', 'HEAD'])

function isFromAllowedPage({ headers }: CallerContext, allowed: ReadonlySet<string>): boolean {
  const { origin, host } = headers
  if (origin !== undefined && allowed.has(origin)) return true
  const site = headers['sec-fetch-site']
  // `same-site` is not enough: any subdomain would do, also one that somebody else writes pages for.
  if (site !== undefined) return site === 'same-origin'
  // Over plain http browsers send no Sec-Fetch-Site.
  return origin !== undefined && host !== undefined && URL.canParse(origin) && new URL(origin).host === host
}

function foreignPage({ headers }: CallerContext): UploadError {
  const from = headers.origin === undefined ? 'from no page that is named' : `from ${JSON.stringify(headers.origin)}`
  return new UploadError('forbidden', `A request by cookie comes ${from.slice(0, 200)}`, {
    hint: 'Pages of other origins must be listed by whoever runs this server. Programs send a key or a token instead of a cookie.',
  })
}

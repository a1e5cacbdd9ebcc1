import { callbackFormFields, OssError, parseCallback } from '@oss-direct/oss'
import { callbackBody } from './callback-body.ts'
import type { CallbackTarget } from './callback-target.ts'
import type { RouteCallback } from './upload-route.ts'

export interface CallbackRequest {
  target: CallbackTarget
  route: RouteCallback
  id: string
  ticket: string
}

/** What a form carries so that OSS calls us: `callback`, and one `x:` field a variable. */
export function callbackFields({ target, route, id, ticket }: CallbackRequest): Record<string, string> {
  const host = route.host ?? target.host
  return callbackFormFields({
    url: target.url,
    ...callbackBody(route, { id, ticket }),
    ...(host === undefined ? {} : { host }),
    sni: route.sni ?? target.sni,
    ...(route.variables === undefined ? {} : { variables: route.variables }),
  })
}

/** Has OSS's own rules judge the callback of a route, before its first upload does. Throws TypeError that names the route. */
export function checkRouteCallback(name: string, request: CallbackRequest): void {
  try {
    const { callback = '', ...variables } = callbackFields(request)
    parseCallback(callback, variables, { privateHosts: 'allowed' })
  } catch (cause) {
    if (!(cause instanceof OssError)) throw cause
    throw new TypeError(`OSS would refuse the callback of the route "${name}": ${cause.message}`, { cause })
  }
}

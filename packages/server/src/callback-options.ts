import { type CallbackOptions, callbackFormFields, callbackParameters, OssError, parseCallback } from '@oss-direct/oss'
import { callbackBody } from './callback-body.ts'
import type { CallbackTarget } from './callback-target.ts'
import type { RouteCallback } from './upload-route.ts'

export interface CallbackRequest {
  target: CallbackTarget
  route: RouteCallback
  id: string
  ticket: string
}

/** What OSS has to be told so that it calls us; a form, headers and an SDK each have their own words for it. */
export function callbackOptions({ target, route, id, ticket }: CallbackRequest): CallbackOptions {
  const host = route.host ?? target.host
  return {
    url: target.url,
    ...callbackBody(route, { id, ticket }),
    ...(host === undefined ? {} : { host }),
    sni: route.sni ?? target.sni,
    ...(route.variables === undefined ? {} : { variables: route.variables }),
  }
}

/** Has OSS's own rules judge the callback of a route, before its first upload does. Throws TypeError that names the route. */
export function checkRouteCallback(name: string, request: CallbackRequest): void {
  const options = callbackOptions(request)
  try {
    const { callback = '', ...variables } = callbackFormFields(options)
    parseCallback(callback, variables, { privateHosts: 'allowed' })
    // All variables together have a limit only where they are one header.
    callbackParameters(options)
  } catch (cause) {
    if (!(cause instanceof OssError)) throw cause
    throw new TypeError(`OSS would refuse the callback of the route "${name}": ${cause.message}`, { cause })
  }
}

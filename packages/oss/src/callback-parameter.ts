import { isIP } from 'node:net'
import type { CallbackBodyType } from './callback.ts'
import { ossError } from './oss-error.ts'
import type { OssErrorName } from './oss-error-table.ts'
import { isBase64 } from './post-policy-document.ts'

/** A callback parameter that OSS would take. */
export interface Callback {
  /** In the order in which OSS tries them; each with its scheme. */
  urls: readonly string[]
  host: string | undefined
  /** The template, not filled in yet. */
  body: string
  bodyType: CallbackBodyType
  sni: boolean
  additionalHeaders: Readonly<Record<string, string>>
  /** By name with its `x:`. */
  variables: Readonly<Record<string, string>>
}

export interface CallbackRules {
  /** OSS forbids loopback, private and dotless hosts; a local OSS has no others to call. */
  privateHosts: 'allowed' | 'forbidden'
}

/**
 * Reads a callback parameter as OSS does *before* it stores anything: a mistake in it refuses the upload.
 *
 * `variables` is Base64 JSON (header and query), or the form's `x:` fields. Gives null where `callbackUrl` is empty: no callback.
 * Throws OssError `InvalidArgument` with `ArgumentName` and `ArgumentValue`.
 *
 * Source: OSS Developer Reference, Callback; EC pages 0007-00000001 to 0007-00000105.
 */
export function parseCallback(
  callback: string,
  variables: string | Readonly<Record<string, string>> | undefined,
  rules: CallbackRules,
): Callback | null {
  const refuse = (name: OssErrorName, argument = 'callback', value = callback): never => {
    throw ossError(name, { details: { ArgumentName: argument, ArgumentValue: value } })
  }
  if (callback.length > MAX_BYTES) refuse('CallbackTooLong')
  if (!isBase64(callback)) refuse('CallbackNotBase64')
  const json = parseObject(Buffer.from(callback, 'base64').toString()) ?? refuse('CallbackNotJson')

  const { callbackUrl, callbackHost, callbackBody, callbackBodyType, callbackSNI, additionalHeaders } = json
  if (callbackUrl === undefined || callbackUrl === '') return null
  if (typeof callbackUrl !== 'string') return refuse('CallbackUrl')
  const texts = callbackUrl.split(';').filter((text) => text !== '')
  if (texts.length > MAX_URLS) refuse('CallbackUrlCount')
  const urls = texts.map((text) => parseUrl(text, rules) ?? refuse('CallbackUrl'))
  if (urls.length === 0) refuse('CallbackUrl')
  if (rules.privateHosts === 'forbidden' && urls.some(({ url }) => isPrivate(url.hostname)))
    refuse('CallbackPrivateAddress')

  if (callbackHost !== undefined && (typeof callbackHost !== 'string' || !/^[^\s/?#@]*$/.test(callbackHost)))
    refuse('CallbackHost')
  if (callbackBody === undefined || callbackBody === '') refuse('CallbackBodyEmpty')
  if (typeof callbackBody !== 'string') return refuse('CallbackBody')
  if (/\$(?!\{)/.test(callbackBody)) refuse('CallbackDollar', 'ReplaceKeyPrefix', callbackBody)
  const bodyType = parseBodyType(callbackBodyType) ?? refuse('CallbackBodyType')

  return {
    urls: urls.map(({ text }) => text),
    host: callbackHost === '' ? undefined : (callbackHost as string | undefined),
    body: callbackBody,
    bodyType,
    sni: callbackSNI === true || callbackSNI === 'true',
    additionalHeaders: parseAdditionalHeaders(additionalHeaders) ?? refuse('CallbackAdditionalHeader'),
    variables: typeof variables === 'object' ? variables : parseVariables(variables ?? '', refuse),
  }
}

const MAX_BYTES = 5 * 1024
const MAX_URLS = 5

// The text is kept beside the URL, which drops a final `?`: one SDK always sends it, and it is signed.
function parseUrl(text: string, { privateHosts }: CallbackRules): { text: string; url: URL } | undefined {
  // The scheme may be left out and then means http. Text that has no scheme, and no name or number in front of its first
  // slash or colon, is caught by the URL parser: `host:test` has a port that is no number.
  const absolute = /^https?:\/\//i.test(text) ? text : `http://${text}`
  if (!URL.canParse(absolute) || /[\s\u0080-\uffff]/.test(text)) return undefined
  const url = new URL(absolute)
  if (url.hostname.startsWith('[') || url.username !== '' || url.password !== '') return undefined
  const dotless = !url.hostname.includes('.')
  return dotless && privateHosts === 'forbidden' ? undefined : { text: absolute, url }
}

function isPrivate(hostname: string): boolean {
  return isIP(hostname) === 4 && /^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2\d|3[01]))\./.test(hostname)
}

function parseBodyType(type: unknown): CallbackBodyType | undefined {
  if (type === undefined || type === '' || type === 'application/x-www-form-urlencoded')
    return 'application/x-www-form-urlencoded'
  return type === 'application/json' ? type : undefined
}

function parseAdditionalHeaders(value: unknown): Record<string, string> | undefined {
  if (value === undefined) return {}
  if (typeof value !== 'object' || value === null) return undefined
  const headers = Object.entries(value).map(([name, text]) => [name.toLowerCase(), String(text)] as const)
  return headers.some(([name]) => name.startsWith('x-oss-') || !/^[a-z0-9-]+$/.test(name))
    ? undefined
    : Object.fromEntries(headers)
}

function parseVariables(
  base64: string,
  refuse: (name: OssErrorName, argument: string, value: string) => never,
): Record<string, string> {
  if (base64 === '') return {} // one SDK sends the header even when it has no variables
  if (base64.length > MAX_BYTES) return refuse('CallbackVarTooLong', 'callback-var', base64)
  if (!isBase64(base64)) return refuse('CallbackVarNotJson', 'callback-var', base64)
  const json = parseObject(Buffer.from(base64, 'base64').toString())
  if (json === undefined) return refuse('CallbackVarNotJson', 'callback-var', base64)
  return Object.fromEntries(
    Object.entries(json).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  )
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

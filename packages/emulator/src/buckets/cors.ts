import { escapeXml, ossError, type XmlElement } from '@oss-direct/oss'

export interface CorsRule {
  /** Origins as browsers send them, `https://app.example.com`; one `*` may stand for anything. */
  allowedOrigins: string[]
  /** GET, PUT, POST, DELETE, HEAD. */
  allowedMethods: string[]
  /** Request headers, one `*` each. @default none */
  allowedHeaders?: string[]
  /** Answer headers that a page may read; no `*`. @default none */
  exposeHeaders?: string[]
  /** How long a browser may keep the answer of a preflight, seconds. */
  maxAgeSeconds?: number
}

export interface CorsConfiguration {
  rules: CorsRule[]
  /** Send `Vary: Origin` always. */
  responseVary: boolean
}

export interface CorsRequest {
  origin: string
  method: string
  /** Lower-case names of `Access-Control-Request-Headers`; none outside a preflight. */
  requestedHeaders: readonly string[]
}

/** The first rule that allows the request, as OSS picks it. */
export function findCorsRule(cors: CorsConfiguration, request: CorsRequest): CorsRule | undefined {
  return cors.rules.find(
    (rule) =>
      rule.allowedOrigins.some((pattern) => matches(pattern, request.origin)) &&
      rule.allowedMethods.includes(request.method) &&
      request.requestedHeaders.every((name) =>
        rule.allowedHeaders?.some((pattern) => matches(pattern.toLowerCase(), name)),
      ),
  )
}

/** What a rule adds to an answer. */
export function corsHeaders(cors: CorsConfiguration, rule: CorsRule, request: CorsRequest): Record<string, string> {
  const anyone = rule.allowedOrigins.includes('*')
  return {
    'Access-Control-Allow-Origin': anyone ? '*' : request.origin,
    'Access-Control-Allow-Methods': request.method,
    ...(request.requestedHeaders.length > 0 && { 'Access-Control-Allow-Headers': request.requestedHeaders.join(', ') }),
    ...(rule.exposeHeaders?.length && { 'Access-Control-Expose-Headers': rule.exposeHeaders.join(', ') }),
    ...(rule.maxAgeSeconds !== undefined && { 'Access-Control-Max-Age': String(rule.maxAgeSeconds) }),
    // Without it a cache may hand the answer for one origin to another.
    ...((cors.responseVary || !anyone) && { Vary: 'Origin' }),
  }
}

function matches(pattern: string, text: string): boolean {
  const [before = '', after] = pattern.split('*', 2)
  if (after === undefined) return pattern === text
  return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after)
}

/**
 * Reads the body of PutBucketCors, or rules that were given in code: the same checks for both.
 * Throws OssError MalformedXML or InvalidArgument. Source: OSS API reference, PutBucketCors.
 */
export function parseCorsXml(root: XmlElement): CorsConfiguration {
  if (root.name !== 'CORSConfiguration') throw ossError('MalformedXml')
  const rules = root.children.filter(({ name }) => name === 'CORSRule').map(readRule)
  const responseVary = textsOf(root, 'ResponseVary')[0] === 'true'
  return checkCors({ rules, responseVary })
}

const METHODS = ['GET', 'PUT', 'POST', 'DELETE', 'HEAD']

export function checkCors(cors: CorsConfiguration): CorsConfiguration {
  const { rules } = cors
  if (rules.length === 0 || rules.length > 10) throw refusal(`1 to 10 rules are needed, not ${rules.length}`)
  for (const rule of rules) {
    const { allowedOrigins, allowedMethods, allowedHeaders = [], exposeHeaders = [], maxAgeSeconds } = rule
    if (allowedOrigins.length === 0) throw refusal('a rule needs an AllowedOrigin')
    if (allowedMethods.length === 0) throw refusal('a rule needs an AllowedMethod')
    const method = allowedMethods.find((name) => !METHODS.includes(name))
    if (method !== undefined) throw refusal(`AllowedMethod ${method} is none of ${METHODS.join(', ')}`)
    const pattern = [...allowedOrigins, ...allowedHeaders].find((text) => text.split('*').length > 2)
    if (pattern !== undefined) throw refusal(`${pattern} has more than one *`)
    const exposed = exposeHeaders.find((name) => name.includes('*'))
    if (exposed !== undefined) throw refusal(`ExposeHeader ${exposed} may not have a *`)
    if (maxAgeSeconds !== undefined && !(Number.isInteger(maxAgeSeconds) && maxAgeSeconds >= 0))
      throw refusal('MaxAgeSeconds must be a whole number of seconds')
  }
  return cors
}

export function corsToXml({ rules, responseVary }: CorsConfiguration): string {
  const all = (name: string, texts: readonly (string | number)[] = []) =>
    texts.map((text) => `<${name}>${escapeXml(String(text))}</${name}>`)
  const lines = rules.flatMap((rule) => [
    '<CORSRule>',
    ...all('AllowedOrigin', rule.allowedOrigins),
    ...all('AllowedMethod', rule.allowedMethods),
    ...all('AllowedHeader', rule.allowedHeaders),
    ...all('ExposeHeader', rule.exposeHeaders),
    ...all('MaxAgeSeconds', rule.maxAgeSeconds === undefined ? [] : [rule.maxAgeSeconds]),
    '</CORSRule>',
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<CORSConfiguration>',
    ...lines,
    `<ResponseVary>${responseVary}</ResponseVary>`,
    '</CORSConfiguration>',
  ].join('\n')
}

function readRule(rule: XmlElement): CorsRule {
  const [maxAge] = textsOf(rule, 'MaxAgeSeconds')
  return {
    allowedOrigins: textsOf(rule, 'AllowedOrigin'),
    allowedMethods: textsOf(rule, 'AllowedMethod'),
    allowedHeaders: textsOf(rule, 'AllowedHeader'),
    exposeHeaders: textsOf(rule, 'ExposeHeader'),
    ...(maxAge !== undefined && { maxAgeSeconds: Number(maxAge) }),
  }
}

function textsOf(parent: XmlElement, name: string): string[] {
  return parent.children.filter((child) => child.name === name).map((child) => child.text.trim())
}

function refusal(reason: string) {
  return ossError('InvalidArgument', { message: `The CORS configuration is invalid: ${reason}.` })
}

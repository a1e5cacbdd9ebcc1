import { ossError } from './oss-error.ts'

/** A policy that a form brought, decoded and found well-formed; nothing is said yet about whether it holds. */
export interface PostPolicy {
  expiresAt: Date
  conditions: readonly PolicyCondition[]
}

export type PolicyCondition =
  | { mode: 'content-length-range'; min: number; max: number }
  | { mode: 'eq' | 'starts-with'; field: string; operand: string; printed: string }
  | { mode: 'in' | 'not-in'; field: string; operand: readonly string[]; printed: string }

/**
 * Decodes the `policy` field of a form. Throws OssError `InvalidPolicyDocument` with the EC of the mistake.
 *
 * Source: OSS API reference, PostObject, appendix "Policy"; EC pages 0006-00000201 to 0006-00000224.
 */
export function parsePostPolicy(base64: string): PostPolicy {
  const document = parseJson(decodeText(base64))
  if (!isObject(document)) throw ossError('PolicyInvalid')
  const { expiration, conditions, ...others } = document
  if (Object.keys(others).length > 0) throw ossError('PolicyUnknownMember')
  if (expiration === undefined && conditions === undefined) throw ossError('PolicyBothMissing')
  if (conditions === undefined) throw ossError('PolicyConditionsMissing')
  if (expiration === undefined) throw ossError('PolicyExpirationMissing')
  const expiresAt = parseExpiration(expiration)
  if (!Array.isArray(conditions)) throw ossError('PolicyConditionsNoList')
  if (conditions.length === 0) throw ossError('PolicyConditionsEmpty')
  return { expiresAt, conditions: conditions.map(parseCondition) }
}

function decodeText(base64: string): string {
  if (!isBase64(base64)) throw ossError('PolicyNotBase64')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(base64, 'base64'))
  } catch {
    throw ossError('PolicyNotUtf8')
  }
}

/** Whether a text is Base64 of at least one byte. Node's decoder alone would take anything. */
export function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text)
}

function parseJson(text: string): unknown {
  // The documented escape `\$` is not JSON. In JSON a backslash only stands inside a string, and always before the
  // character that it escapes, so taking them in pairs finds exactly the escapes.
  const json = text.replace(/\\(.)/gs, (pair, character: string) => (character === '$' ? '$' : pair))
  try {
    return JSON.parse(json)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw ossError('PolicyNotJson', { message: `Invalid Policy: Invalid JSON: ${reason}` })
  }
}

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/

function parseExpiration(expiration: unknown): Date {
  if (typeof expiration !== 'string') throw ossError('PolicyExpirationNoText')
  if (expiration === '') throw ossError('PolicyExpirationEmpty')
  const date = new Date(expiration)
  if (!ISO_TIME.test(expiration) || Number.isNaN(date.getTime())) throw ossError('PolicyExpirationNoTime')
  return date
}

function parseCondition(condition: unknown): PolicyCondition {
  if (Array.isArray(condition)) return parseListCondition(condition)
  if (!isObject(condition)) throw ossError('PolicyConditionShape')
  const [entry, ...more] = Object.entries(condition)
  if (entry === undefined || more.length > 0) throw ossError('PolicySimpleCondition')
  const [name, value] = entry
  return matchCondition('eq', `$${name}`, value)
}

function parseListCondition(list: readonly unknown[]): PolicyCondition {
  const [mode, name, value] = list
  if (typeof mode !== 'string' || mode === '') throw ossError('PolicyModeMissing')
  const known = mode.toLowerCase()
  switch (known) {
    case 'content-length-range':
      requireThree(list)
      return rangeCondition(name, value)
    case 'eq':
    case 'starts-with':
    case 'in':
    case 'not-in':
      requireThree(list)
      if (typeof name !== 'string') throw ossError('PolicyParameterType')
      return matchCondition(known, name, value)
    default:
      throw ossError('PolicyModeUnknown')
  }
}

function requireThree(list: readonly unknown[]): void {
  if (list.length !== 3) throw ossError('PolicyParameterCount')
}

function rangeCondition(min: unknown, max: unknown): PolicyCondition {
  if (!isCount(min) || !isCount(max)) throw ossError('PolicyRangeBound')
  if (max < min) throw ossError('PolicyRangeReversed')
  return { mode: 'content-length-range', min, max }
}

function matchCondition(mode: 'eq' | 'starts-with' | 'in' | 'not-in', name: string, value: unknown): PolicyCondition {
  // Fields compare without letter case; some examples of the vendor leave the `$` out.
  const field = name.replace(/^\$/, '').toLowerCase()
  if (mode === 'in' || mode === 'not-in') {
    if (!Array.isArray(value) || !value.every((entry) => typeof entry === 'string'))
      throw ossError('PolicyParameterType')
    const entries = value.map((entry) => JSON.stringify(entry)).join(', ')
    const printed = `["${mode}", ${JSON.stringify(name)}, [${entries}]]`
    return { mode, field, operand: value.map(unescapeDollar), printed }
  }
  if (typeof value !== 'string') throw ossError('PolicyParameterType')
  const printed = `["${mode}", ${JSON.stringify(name)}, ${JSON.stringify(value)}]`
  return { mode, field, operand: unescapeDollar(value), printed }
}

// The SDKs' own samples put a backslash *into* the value, which JSON then keeps: it means the dollar all the same.
function unescapeDollar(text: string): string {
  return text.replaceAll('\\$', '$')
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

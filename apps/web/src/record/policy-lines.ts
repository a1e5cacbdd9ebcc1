import type { Json } from '@oss-direct/shared'

/** What a condition of a POST policy is about; each has a sentence of its own. */
export type PolicyTopic =
  | 'expiration'
  | 'bucket'
  | 'key'
  | 'keyPrefix'
  | 'size'
  | 'sizeRange'
  | 'type'
  | 'disposition'
  | 'status'
  | 'overwrite'
  | 'callback'
  | 'variable'
  | 'signatureVersion'
  | 'credential'
  | 'date'
  | 'token'
  | 'other'

/** One line of a policy, ready to be explained. */
export interface PolicyLine {
  topic: PolicyTopic
  /** As it stands in the policy. */
  condition: string
  /** What it binds to; two of them for a range. */
  values: readonly string[]
}

/** Reads a policy line by line, the end of its life first. A condition that is not known is still a line. */
export function readPolicy(policy: Readonly<Record<string, Json>>): PolicyLine[] {
  const { expiration, conditions } = policy
  const lines = Array.isArray(conditions) ? conditions.flatMap(readCondition) : []
  if (typeof expiration !== 'string') return lines
  const condition = JSON.stringify({ expiration })
  return [{ topic: 'expiration', condition, values: [expiration] }, ...lines]
}

function readCondition(condition: Json): PolicyLine[] {
  if (Array.isArray(condition)) return [readList(condition)]
  if (typeof condition !== 'object' || condition === null) return [unknown(condition)]
  return Object.entries(condition).map(([field, value]) => ({
    topic: topicOf(field),
    condition: JSON.stringify({ [field]: value }),
    values: [String(value)],
  }))
}

function readList(condition: Json[]): PolicyLine {
  const [operator, second, third] = condition
  const text = JSON.stringify(condition)
  if (operator === 'content-length-range') {
    const topic = second === third ? 'size' : 'sizeRange'
    return { topic, condition: text, values: [String(second), String(third)] }
  }
  if (typeof second !== 'string' || !second.startsWith('$')) return unknown(condition)
  const topic = topicOf(second.slice(1))
  const values = Array.isArray(third) ? third.map(String) : [String(third)]
  if (operator === 'eq') return { topic, condition: text, values }
  return operator === 'starts-with' && topic === 'key'
    ? { topic: 'keyPrefix', condition: text, values }
    : unknown(condition)
}

function unknown(condition: Json): PolicyLine {
  return { topic: 'other', condition: JSON.stringify(condition), values: [] }
}

function topicOf(field: string): PolicyTopic {
  const name = field.toLowerCase()
  if (name.startsWith('x:')) return 'variable'
  return TOPICS.get(name) ?? 'other'
}

const TOPICS = new Map<string, PolicyTopic>([
  ['bucket', 'bucket'],
  ['key', 'key'],
  ['content-type', 'type'],
  ['x-oss-content-type', 'type'],
  ['content-disposition', 'disposition'],
  ['success_action_status', 'status'],
  ['x-oss-forbid-overwrite', 'overwrite'],
  ['callback', 'callback'],
  ['x-oss-signature-version', 'signatureVersion'],
  ['x-oss-credential', 'credential'],
  ['x-oss-date', 'date'],
  ['x-oss-security-token', 'token'],
])

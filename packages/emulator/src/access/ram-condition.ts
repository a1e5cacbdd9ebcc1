import { BlockList, isIP } from 'node:net'
import { matchesPattern } from './wildcard-pattern.ts'

/** What a request is, apart from action and resource; undefined where that means nothing to it. */
export interface ConditionValues {
  /** Of a list; empty where it has none. */
  'oss:Prefix'?: string | undefined
  'oss:Delimiter'?: string | undefined
  'acs:SourceIp'?: string | undefined
  /** `true` or `false` */
  'acs:SecureTransport'?: string | undefined
}

type ConditionKey = keyof ConditionValues

interface Operator {
  keys: readonly ConditionKey[]
  /** The test for one value of the policy; nothing where the value is malformed. */
  makeTest(wanted: string): ((actual: string) => boolean) | undefined
  /** Met where no value fits, and where the request has none. */
  negated?: true
}

const TEXTS: readonly ConditionKey[] = ['oss:Prefix', 'oss:Delimiter']
const equals = { keys: TEXTS, makeTest: (wanted: string) => (actual: string) => actual === wanted }
const equalsIgnoreCase = {
  keys: TEXTS,
  makeTest: (wanted: string) => (actual: string) => actual.toLowerCase() === wanted.toLowerCase(),
}
const like = { keys: TEXTS, makeTest: (wanted: string) => (actual: string) => matchesPattern(wanted, actual) }
const address: Operator = { keys: ['acs:SourceIp'], makeTest: parseAddress }

const OPERATORS: Readonly<Record<string, Operator>> = {
  StringEquals: equals,
  StringNotEquals: { ...equals, negated: true },
  StringEqualsIgnoreCase: equalsIgnoreCase,
  StringNotEqualsIgnoreCase: { ...equalsIgnoreCase, negated: true },
  StringLike: like,
  StringNotLike: { ...like, negated: true },
  IpAddress: address,
  NotIpAddress: { ...address, negated: true },
  Bool: {
    keys: ['acs:SecureTransport'],
    makeTest: (wanted) => (/^(true|false)$/.test(wanted) ? (actual) => actual === wanted : undefined),
  },
}

/**
 * The test that a statement's Condition is: of its operators and keys all must be met, of a key's values one.
 * Throws what `makeError` makes of the reason, also for operators and keys that RAM has and we have not.
 */
export function parseCondition(
  condition: unknown,
  makeError: (reason: string) => Error,
): (values: ConditionValues) => boolean {
  const tests = entriesOf(condition, makeError).flatMap(([name, keys]) => {
    const operator = Object.hasOwn(OPERATORS, name) ? OPERATORS[name] : undefined
    if (!operator) {
      throw makeError(`the condition ${name} is not implemented; there are ${Object.keys(OPERATORS).join(', ')}`)
    }
    return entriesOf(keys, makeError).map(([keyName, wanted]) => {
      const key = operator.keys.find((known) => known.toLowerCase() === keyName.toLowerCase())
      if (!key) throw makeError(`the condition ${name} takes ${operator.keys.join(' or ')}, not ${keyName}`)
      const fits = (Array.isArray(wanted) ? wanted : [wanted]).map((value) => {
        const test = ['string', 'boolean'].includes(typeof value) ? operator.makeTest(String(value)) : undefined
        if (!test) throw makeError(`${JSON.stringify(value)} is no value for the condition ${name}`)
        return test
      })
      return (values: ConditionValues) => {
        const actual = values[key]
        return (actual !== undefined && fits.some((test) => test(actual))) !== (operator.negated ?? false)
      }
    })
  })
  return (values) => tests.every((test) => test(values))
}

function entriesOf(value: unknown, makeError: (reason: string) => Error): [string, unknown][] {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return Object.entries(value)
  throw makeError('a Condition is made of objects: { operator: { key: values } }')
}

/** One address, or a network: `192.168.0.0/16`. */
function parseAddress(text: string): ((actual: string) => boolean) | undefined {
  const [network = '', bits, ...more] = text.split('/')
  const family = familyOf(network)
  const most = family === 'ipv4' ? 32 : 128
  if (family === undefined || more.length > 0) return undefined
  if (bits !== undefined && !(/^\d{1,3}$/.test(bits) && Number(bits) <= most)) return undefined
  const list = new BlockList()
  list.addSubnet(network, Number(bits ?? most), family)
  return (actual) => {
    const ownFamily = familyOf(actual)
    return ownFamily !== undefined && list.check(actual, ownFamily)
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' | undefined {
  return ({ 4: 'ipv4', 6: 'ipv6' } as const)[isIP(address)]
}

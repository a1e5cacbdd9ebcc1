import { type OssError, ossError } from '@oss-direct/oss'
import { type ConditionValues, parseCondition } from './ram-condition.ts'
import { matchesPattern } from './wildcard-pattern.ts'

/** What somebody wants to do, in the words of RAM. */
export interface RamRequest {
  /** `oss:PutObject` */
  action: string
  /** `photos`, `photos/u/1.jpg`; `*` for what concerns the account. */
  resource: string
  /** Bare: `cn-hangzhou`. */
  region: string
  conditions: ConditionValues
}

/** `none` where no statement is about the request: then an ACL may still allow it. */
export type Verdict = 'allow' | 'deny' | 'none'

export interface Statement {
  effect: 'Allow' | 'Deny'
  covers(request: RamRequest): boolean
}

export type RamPolicy = readonly Statement[]

/** A deny anywhere wins over every allow. */
export function judgeByPolicy(policy: RamPolicy, request: RamRequest): Verdict {
  const effects = policy.filter((statement) => statement.covers(request)).map(({ effect }) => effect)
  if (effects.includes('Deny')) return 'deny'
  return effects.includes('Allow') ? 'allow' : 'none'
}

/**
 * Reads a policy of RAM, as JSON has it: version 1, statements with Effect, Action or NotAction, Resource or NotResource,
 * and a Condition.
 *
 * Throws OssError `InvalidParameter.PolicyGrammar` that says what is wrong with it, also where it is one that RAM knows
 * and we do not.
 *
 * Source: RAM User Guide, "Policy structure and syntax"; OSS Developer Guide, "RAM policy".
 */
export function parseRamPolicy(document: unknown): RamPolicy {
  const { Version, Statement } = readMembers(document, 'The policy', ['Version', 'Statement'])
  if (Version !== '1') throw grammarError(`Version is ${JSON.stringify(Version)}, it must be "1"`)
  const statements = Array.isArray(Statement) ? Statement : [Statement]
  if (statements.length === 0) throw grammarError('Statement is empty')
  return statements.map(parseStatement)
}

/** Where `text` is no JSON, the same error. */
export function parseRamPolicyText(text: string): RamPolicy {
  let document: unknown
  try {
    document = JSON.parse(text)
  } catch {
    throw grammarError('it is no JSON')
  }
  return parseRamPolicy(document)
}

const MEMBERS = ['Effect', 'Action', 'NotAction', 'Resource', 'NotResource', 'Condition']

function parseStatement(value: unknown): Statement {
  const statement = readMembers(value, 'A statement', MEMBERS)
  const { Effect, Condition } = statement
  if (Effect !== 'Allow' && Effect !== 'Deny') throw grammarError(`Effect is ${JSON.stringify(Effect)}`)
  const isAction = parseEither(statement, 'Action', parseAction)
  const isResource = parseEither(statement, 'Resource', parseResource)
  const isMet = Condition === undefined ? () => true : parseCondition(Condition, grammarError)
  return {
    effect: Effect,
    covers: (request) => isAction(request) && isResource(request) && isMet(request.conditions),
  }
}

type Test = (request: RamRequest) => boolean

/** `Action` or `NotAction`, one of the two; any of its patterns fits, or none. */
function parseEither(
  statement: Readonly<Record<string, unknown>>,
  name: 'Action' | 'Resource',
  parse: (pattern: string) => Test,
): Test {
  const wanted = statement[name]
  const unwanted = statement[`Not${name}`]
  if ((wanted === undefined) === (unwanted === undefined)) throw grammarError(`a statement has ${name} or Not${name}`)
  const value = wanted ?? unwanted
  const patterns: unknown[] = Array.isArray(value) ? value : [value]
  if (patterns.length === 0) throw grammarError(`${name} is empty`)
  const tests = patterns.map((pattern) => {
    if (typeof pattern !== 'string') throw grammarError(`${name} ${JSON.stringify(pattern)} is no text`)
    return parse(pattern)
  })
  return (request) => tests.some((test) => test(request)) === (wanted !== undefined)
}

function parseAction(pattern: string): Test {
  if (!/^(\*|[a-z0-9-]+:[a-z0-9*?]+)$/i.test(pattern)) throw grammarError(`the action ${pattern} is malformed`)
  const lower = pattern.toLowerCase()
  return ({ action }) => matchesPattern(lower, action.toLowerCase())
}

/**
 * `acs:oss:REGION:ACCOUNT:BUCKET/KEY`. Any account number stands for the one account that there is here, so that the
 * policies of a real one can be tried. Regions count, with or without `oss-` in front.
 */
function parseResource(pattern: string): Test {
  if (pattern === '*') return () => true
  const [scheme, service = '', region = '', account = '', ...rest] = pattern.split(':')
  const isFormed = scheme === 'acs' && /^[a-z0-9*?-]+$/i.test(service) && /^[\d*?]*$/.test(account) && rest.length > 0
  if (!isFormed) throw grammarError(`the resource ${pattern} is malformed`)
  const path = rest.join(':')
  return (request) =>
    matchesPattern(service, 'oss') &&
    [request.region, `oss-${request.region}`].some((name) => region === '' || matchesPattern(region, name)) &&
    matchesPattern(path, request.resource)
}

function readMembers(value: unknown, what: string, known: readonly string[]): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw grammarError(`${what} is no object`)
  const stranger = Object.keys(value).find((name) => !known.includes(name))
  if (stranger !== undefined) throw grammarError(`${what} has an unknown member ${stranger}`)
  return { ...value }
}

function grammarError(reason: string): OssError {
  return ossError('StsPolicyGrammar', { message: `The parameter Policy has not passed grammar check: ${reason}.` })
}

import { type BucketClient, OssError, writeXmlElement, type XmlElement } from '@oss-direct/oss'
import type { Command } from 'commander'
import type { Outputs } from '../command.ts'
import { Exit } from '../exit.ts'
import { corsGaps, withCorsRule } from './cors-rule.ts'
import { lifecycleGaps, withLifecycleRules } from './lifecycle-rule.ts'
import { leastPolicy } from './ram-policy.ts'
import { type BucketFlags, readBucketSettings, withBucketOptions } from './settings.ts'
import { clientsOf, describeError } from './site.ts'

interface SetupFlags extends BucketFlags {
  prefix?: string[]
  apply?: true
}

/** One configuration of the bucket: what it has, and what is to be put in its place. */
interface Plan {
  name: 'cors' | 'lifecycle'
  title: string
  /** Rules that are there and stay. */
  kept: number
  /** Rules that it lacks. */
  added: readonly XmlElement[]
  wanted: XmlElement | undefined
}

/** `oss-direct setup` */
export function addSetup(program: Command, { environment, write }: Outputs): void {
  const command = program
    .command('setup')
    .description('show which rules a bucket lacks, and with --apply set them')
    .option('--prefix <text>', 'what keys of the server begin with (repeatable; default: demo/)', several)
    .option('--apply', 'set the rules; those that are there stay')
  withBucketOptions(command).action(async ({ prefix: prefixes = ['demo/'], apply, json, ...flags }: SetupFlags) => {
    const settings = readBucketSettings(environment, flags)
    const { name } = settings.internalAddress
    const { bucket } = clientsOf(settings, settings.internalAddress)
    const plans = [await planCors(bucket, settings.origins), await planLifecycle(bucket, prefixes)]
    for (const plan of apply ? plans : []) await carryOut(bucket, plan)
    const policy = leastPolicy(name, prefixes)
    write(json ? toJson(plans, policy, apply === true) : toText(plans, policy, apply === true))
  })
}

const several = (value: string, before: string[] = []) => [...before, value]

async function planCors(bucket: BucketClient, origins: readonly string[]): Promise<Plan> {
  const document = await read(bucket, 'cors')
  const gaps = corsGaps(document, origins)
  return planOf('cors', 'CORS rule', document, gaps.length === 0 ? undefined : withCorsRule(document, gaps))
}

async function planLifecycle(bucket: BucketClient, prefixes: readonly string[]): Promise<Plan> {
  const document = await read(bucket, 'lifecycle')
  const gaps = lifecycleGaps(document, prefixes)
  const wanted = gaps.length === 0 ? undefined : withLifecycleRules(document, gaps)
  return planOf('lifecycle', 'lifecycle rule for unfinished parts', document, wanted)
}

function planOf(name: Plan['name'], title: string, document: XmlElement | undefined, wanted: Plan['wanted']): Plan {
  const before = document?.children ?? []
  return {
    name,
    title,
    kept: before.filter(isRule).length,
    added: (wanted?.children ?? []).filter((child) => !before.includes(child)),
    wanted,
  }
}

const isRule = ({ name }: XmlElement) => name === 'CORSRule' || name === 'Rule'

async function read(bucket: BucketClient, name: Plan['name']): Promise<XmlElement | undefined> {
  try {
    return await bucket.readConfiguration(name)
  } catch (error) {
    throw failure(`The ${name} configuration of the bucket cannot be read`, RIGHTS_TO_READ[name], error)
  }
}

async function carryOut(bucket: BucketClient, { name, wanted }: Plan): Promise<void> {
  if (wanted === undefined) return
  try {
    await bucket.writeConfiguration(name, wanted)
  } catch (error) {
    throw failure(`The ${name} configuration of the bucket cannot be set`, RIGHTS_TO_WRITE[name], error)
  }
}

const RIGHTS_TO_READ = { cors: 'oss:GetBucketCors', lifecycle: 'oss:GetBucketLifecycle' }
const RIGHTS_TO_WRITE = { cors: 'oss:PutBucketCors', lifecycle: 'oss:PutBucketLifecycle' }

function failure(what: string, right: string, error: unknown): Exit {
  const isRefused = error instanceof OssError && error.code === 'AccessDenied'
  const advice = isRefused
    ? `It takes ${right}, which the server's own key should not have: run setup with the key of an administrator.`
    : 'oss-direct doctor says more.'
  return new Exit(1, `${what}: ${describeError(error).replace(/\.$/, '')}. ${advice}`)
}

function toJson(plans: readonly Plan[], policy: object, isApplied: boolean): string {
  const shown = plans.map(({ name, kept, added }) => ({ name, kept, added: added.map(writeXmlElement) }))
  return `${JSON.stringify({ applied: isApplied, configurations: shown, ramPolicy: policy }, null, 2)}\n`
}

function toText(plans: readonly Plan[], policy: object, isApplied: boolean): string {
  const parts = plans.map((plan) => describePlan(plan, isApplied))
  const open = plans.some(({ added }) => added.length > 0) && !isApplied
  return [
    ...parts,
    `RAM policy of the server's key, to be set in the RAM console:\n\n${JSON.stringify(policy, null, 2)}\n`,
    ...(open ? ['Nothing was changed: --apply sets the rules above.\n'] : []),
  ].join('\n')
}

function describePlan({ title, kept, added }: Plan, isApplied: boolean): string {
  const others = `${kept} ${kept === 1 ? 'rule' : 'rules'} there`
  if (added.length === 0) return `${title}: nothing to do, ${others}.\n`
  const lines = added.flatMap((rule) => indented(rule, 0)).map((line) => `+ ${line}`)
  const outcome = isApplied ? 'set' : 'to be set'
  return `${title}: ${outcome}, ${others}${kept === 0 ? '' : ' kept'}.\n\n${lines.join('\n')}\n`
}

function indented(element: XmlElement, depth: number): string[] {
  const space = '  '.repeat(depth)
  if (element.children.length === 0) return [space + writeXmlElement(element)]
  const children = element.children.flatMap((child) => indented(child, depth + 1))
  return [`${space}<${element.name}>`, ...children, `${space}</${element.name}>`]
}

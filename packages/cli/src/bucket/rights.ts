import { type Finding, reporter } from './finding.ts'
import { isRefusal, type Site } from './site.ts'

const { ok, warning, wrong, skipped } = reporter('rights')
const LEAST = 'Give the server a RAM user, or a role, with nothing but the policy that oss-direct setup prints.'

/** Tries, without changing anything, what the server never does. Whoever steals its key could do it too. */
export async function* checkRights(
  { settings, objects, bucket, keyStem }: Site,
  prefix: string,
): AsyncGenerator<Finding> {
  if (settings.isLocal) {
    yield skipped('the key of the local OSS may do everything')
    return
  }
  const acl = await bucket.readAcl().catch(() => undefined)
  if (acl !== undefined && acl !== 'private') {
    yield wrong(
      `The bucket is ${acl}: everybody reads what was uploaded`,
      'Make it private: objects are read by signed URLs.',
    )
  }
  const outside = `oss-direct-doctor-${keyStem.slice(prefix.length)}`
  const tries: [what: string, call: () => Promise<unknown>][] = [
    ['list all keys of the bucket', () => bucket.listKeys({ prefix: '', most: 1 })],
    ["list the account's buckets", () => bucket.listBuckets()],
    ["read the bucket's ACL", () => bucket.readAcl()],
    ["read the bucket's policy", () => bucket.readPolicy()],
    ...(prefix === ''
      ? []
      : [[`read objects outside of ${prefix}`, () => objects.head(outside)] as (typeof tries)[number]]),
  ]
  const outcomes = await Promise.all(tries.map(async ([what, call]) => ({ what, outcome: await outcomeOf(call) })))
  const allowed = outcomes.filter(({ outcome }) => outcome === 'allowed').map(({ what }) => what)
  const unknown = outcomes.filter(({ outcome }) => outcome === 'unknown').map(({ what }) => what)
  if (allowed.length > 0) yield warning(`The key may do more than the server needs: ${allowed.join(', ')}`, LEAST)
  else if (unknown.length > 0) yield skipped(`whether the key may do this was not answered: ${unknown.join(', ')}`)
  else yield ok('The key was refused all that the server does not need')
}

async function outcomeOf(call: () => Promise<unknown>): Promise<'allowed' | 'refused' | 'unknown'> {
  try {
    await call()
    return 'allowed'
  } catch (error) {
    return isRefusal(error) ? 'refused' : 'unknown'
  }
}

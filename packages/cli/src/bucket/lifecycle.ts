import { type Finding, reporter } from './finding.ts'
import { lifecycleGaps } from './lifecycle-rule.ts'
import { describeError, isRefusal, type Site } from './site.ts'

const { ok, warning, skipped } = reporter('lifecycle')

/** Whether a rule drops the parts that nobody completes: they cost storage, and no list of objects shows them. */
export async function* checkLifecycle({ bucket }: Site, prefix: string): AsyncGenerator<Finding> {
  try {
    const [gap] = lifecycleGaps(await bucket.readConfiguration('lifecycle'), [prefix])
    if (gap === undefined) yield ok('A rule drops parts that are never completed')
    else {
      yield warning(
        `No lifecycle rule drops the unfinished parts of ${prefix || 'the bucket'}, which are paid for`,
        'Set the rule: oss-direct setup shows it, and --apply sets it.',
      )
    }
  } catch (error) {
    if (isRefusal(error))
      yield skipped('the key may not read lifecycle rules, as it should be; oss-direct setup shows them')
    else yield skipped(`the lifecycle rules could not be read: ${describeError(error)}`)
  }
}

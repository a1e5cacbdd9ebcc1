import { matchesType, type RouteRules } from '@oss-direct/shared'

/** What can be said of files while they are still held over the page. */
export type DragVerdict = 'accept' | 'reject' | 'unknown'

/**
 * During a drag the browser tells the types of files and not their names or sizes, and of some not even the type.
 * So `reject` is only said where none of them could be taken; a mixture is sorted out after the drop.
 */
export function judgeDrag(types: readonly string[], rules: Pick<RouteRules, 'accept'> | undefined): DragVerdict {
  if (rules === undefined || types.length === 0) return 'unknown'
  if (rules.accept.length === 0) return 'accept'
  const taken = types.filter((type) => type !== '' && matchesType({ name: '', type }, rules.accept)).length
  if (taken === types.length) return 'accept'
  const byExtension = rules.accept.some((entry) => entry.trim().startsWith('.'))
  if (taken > 0 || byExtension || types.includes('')) return 'unknown'
  return 'reject'
}

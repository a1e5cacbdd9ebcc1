import { childText, type XmlElement } from '@oss-direct/oss'
import { element } from './cors-rule.ts'

const DAYS = 7

/** Prefixes whose unfinished parts no rule ever drops. */
export function lifecycleGaps(document: XmlElement | undefined, prefixes: readonly string[]): string[] {
  const dropping = (document?.children ?? []).filter(dropsParts).map((rule) => childText(rule, 'Prefix')?.trim() ?? '')
  return prefixes.filter((prefix) => !dropping.some((covered) => prefix.startsWith(covered)))
}

/** The same document with a rule more for each of these prefixes. */
export function withLifecycleRules(document: XmlElement | undefined, prefixes: readonly string[]): XmlElement {
  const rules = prefixes.map((prefix) =>
    element('Rule', [
      element('ID', `oss-direct unfinished parts of ${prefix === '' ? 'all' : prefix}`),
      element('Prefix', prefix),
      element('Status', 'Enabled'),
      element('AbortMultipartUpload', [element('Days', String(DAYS))]),
    ]),
  )
  return element('LifecycleConfiguration', [...(document?.children ?? []), ...rules])
}

/** A rule that is bound to tags, or takes something out, leaves some of them. */
function dropsParts({ name, children }: XmlElement): boolean {
  const has = (wanted: string) => children.some((child) => child.name === wanted)
  const isEnabled = children.some((child) => child.name === 'Status' && child.text.trim() === 'Enabled')
  return name === 'Rule' && isEnabled && has('AbortMultipartUpload') && !has('Tag') && !has('Filter')
}

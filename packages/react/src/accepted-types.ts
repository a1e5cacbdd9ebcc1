import type { Formats } from './formats.ts'
import type { Messages } from './messages.ts'

/** A route's `accept` as people say it: `images or PDF`. */
export function describeTypes(accept: readonly string[], { typeFamily }: Messages, formats: Formats): string {
  return formats.anyOf([...new Set(accept.map((entry) => describeType(entry.trim().toLowerCase(), typeFamily)))])
}

function describeType(entry: string, families: Messages['typeFamily']): string {
  if (entry.startsWith('.')) return entry.slice(1).toUpperCase()
  const [family = '', subtype = ''] = entry.split('/')
  if (subtype === '*') return isFamily(family, families) ? families[family] : family
  const short = subtype.replace(/^x-/, '').replace(/\+.*$/, '')
  // `vnd.openxmlformats-officedocument.wordprocessingml.document` is no word; the type itself can at least be looked up.
  return /^[a-z0-9]{1,8}$/.test(short) ? short.toUpperCase() : entry
}

function isFamily(family: string, families: Messages['typeFamily']): family is keyof Messages['typeFamily'] {
  return Object.hasOwn(families, family)
}

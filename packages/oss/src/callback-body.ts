import type { Callback } from './callback-parameter.ts'
import { percentEncode } from './percent-encoding.ts'

/** Values of the system variables: `object`, `size`, `imageInfo.width` … Numbers are numbers, and bare in JSON. */
export type CallbackValues = Readonly<Record<string, string | number | undefined>>

/**
 * Fills a callback body in as OSS does: textually, the rest of the template byte for byte.
 *
 * As a form a value is percent-encoded and an unknown one is empty; as JSON a string comes with its own quotes, a number
 * without, and an unknown one is `null`.
 *
 * Source: recorded callbacks, `vectors/callback-substitution.json`.
 */
export function renderCallbackBody(
  callback: Pick<Callback, 'body' | 'bodyType' | 'variables'>,
  values: CallbackValues,
): string {
  const { body, bodyType, variables } = callback
  const write = bodyType === 'application/json' ? writeJson : writeForm
  // Custom names begin with `x:`, so neither kind of variable can stand in for the other; a Map knows no `constructor`.
  const custom = Object.entries(variables).filter(([name]) => name.startsWith('x:'))
  const known = new Map<string, string | number | undefined>([...Object.entries(values), ...custom])
  return body.replace(/\$\{([^}]*)\}/g, (_token, name: string) => write(known.get(name)))
}

function writeForm(value: string | number | undefined): string {
  return value === undefined ? '' : percentEncode(String(value))
}

function writeJson(value: string | number | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}

import type { CallbackBodyType } from './callback.ts'
import { percentEncode } from './percent-encoding.ts'

/** Values of system variables (`object`, `size`, `imageInfo.width` …) and custom ones (`x:uid`). Numbers are numbers. */
export type CallbackValues = Readonly<Record<string, string | number | undefined>>

/**
 * Fills a callback body in as OSS does: textually, the rest of the template byte for byte.
 *
 * As a form a value is percent-encoded and an unknown one is empty; as JSON a string comes with its own quotes, a number
 * without, and an unknown one is `null`.
 *
 * Source: recorded callbacks, `vectors/callback-substitution.json`.
 */
export function renderCallbackBody(template: string, bodyType: CallbackBodyType, values: CallbackValues): string {
  const write = bodyType === 'application/json' ? writeJson : writeForm
  return template.replace(/\$\{([^}]*)\}/g, (_token, name: string) => write(values[name]))
}

function writeForm(value: string | number | undefined): string {
  return value === undefined ? '' : percentEncode(String(value))
}

function writeJson(value: string | number | undefined): string {
  return value === undefined ? 'null' : JSON.stringify(value)
}

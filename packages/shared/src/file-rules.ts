import type { Refusal, RouteRules } from './wire.ts'

/** What is known of a file before it is sent. */
export interface FileFacts {
  name: string
  size: number
  type: string
}

export type FileRules = Pick<RouteRules, 'accept' | 'minBytes' | 'maxBytes'>
export type Check = { ok: true } | { ok: false; error: Refusal }

/** A route that does not limit the number of files says this, because JSON has no infinity. */
export const UNLIMITED_FILES = Number.MAX_SAFE_INTEGER

/** Whether a route takes this file, and if not, why, with the values. Browser and server ask the same function. */
export function checkFile(file: FileFacts, rules: FileRules): Check {
  const { name, size } = file
  if (size > rules.maxBytes) {
    return refuse(
      'file-too-large',
      `${name} is ${formatBytes(size)}; at most ${formatBytes(rules.maxBytes)} are allowed`,
    )
  }
  if (size < rules.minBytes) {
    const detail = size === 0 ? `${name} is empty` : `${name} is ${formatBytes(size)}`
    return refuse('file-too-small', `${detail}; at least ${formatBytes(rules.minBytes)} are needed`)
  }
  if (!matchesType(file, rules.accept)) {
    const type = file.type === '' ? 'has no known type' : `is ${file.type}`
    return refuse('file-type-refused', `${name} ${type}; allowed: ${rules.accept.join(', ')}`)
  }
  return { ok: true }
}

/**
 * Whether a file is of an accepted type. Like the `accept` attribute of a file input: an entry is a MIME type, a family
 * (`image/*`) or an extension (`.pdf`), letter case does not matter, and no entry at all accepts everything.
 */
export function matchesType(file: Pick<FileFacts, 'name' | 'type'>, accept: readonly string[]): boolean {
  if (accept.length === 0) return true
  const name = file.name.toLowerCase()
  const type = file.type.toLowerCase().split(';', 1)[0]?.trim() ?? ''
  return accept.some((entry) => {
    const wanted = entry.trim().toLowerCase()
    if (wanted.startsWith('.')) return name.endsWith(wanted)
    if (wanted === '*/*') return true
    if (wanted.endsWith('/*')) return type.startsWith(wanted.slice(0, -1))
    return type === wanted
  })
}

const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

/** `48.0 MiB`, `312 B`. In English, for messages of the API; what people see goes through `Intl`. */
export function formatBytes(bytes: number): string {
  const exponent = bytes < 1024 ? 0 : Math.min(Math.floor(Math.log2(bytes) / 10), UNITS.length - 1)
  const value = bytes / 1024 ** exponent
  return `${exponent === 0 ? value : value.toFixed(1)} ${UNITS[exponent]}`
}

function refuse(code: Refusal['code'], detail: string): Check {
  return { ok: false, error: { code, detail } }
}

import { UploadError, type UploadErrorCode } from './upload-error.ts'

/**
 * A reader of unknown JSON that names the place it stumbles over: `files[3].size must be a whole number, 0 or more`.
 * Our own, twenty lines deep, because the browser carries it too: a schema library would weigh more than the uploader.
 */
export interface Shape {
  object(value: unknown, path: string): Record<string, unknown>
  array(value: unknown, path: string, bounds: { min: number; max: number }): unknown[]
  text(value: unknown, path: string, bounds?: { min?: number; max?: number }): string
  count(value: unknown, path: string, bounds?: { min?: number; max?: number }): number
  oneOf<const T extends string>(value: unknown, path: string, allowed: readonly T[]): T
  refuse(path: string, wanted: string): never
}

export function shapeReader(code: UploadErrorCode, hint: string): Shape {
  const refuse = (path: string, wanted: string): never => {
    throw new UploadError(code, `${path} must be ${wanted}`, { hint })
  }
  return {
    refuse,
    object(value, path) {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'an object')
      return value as Record<string, unknown>
    },
    array(value, path, { min, max }) {
      if (!Array.isArray(value)) return refuse(path, 'a list')
      if (value.length < min || value.length > max)
        return refuse(path, `a list of ${min} to ${max}, not ${value.length}`)
      return value
    },
    text(value, path, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
      if (typeof value !== 'string') return refuse(path, 'a text')
      if (value.length < min) return refuse(path, `a text of at least ${min} characters`)
      if (value.length > max) return refuse(path, `a text of at most ${max} characters, not ${value.length}`)
      return value
    },
    count(value, path, { min = 0, max = Number.MAX_SAFE_INTEGER } = {}) {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < min || value > max) {
        return refuse(
          path,
          max === Number.MAX_SAFE_INTEGER ? `a whole number, ${min} or more` : `a whole number, ${min} to ${max}`,
        )
      }
      return value
    },
    oneOf(value, path, allowed) {
      const found = allowed.find((candidate) => candidate === value)
      return found ?? refuse(path, `one of ${allowed.join(', ')}`)
    },
  }
}

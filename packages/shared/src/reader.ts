import type { Json } from './json.ts'
import { UploadError, type UploadErrorCode } from './upload-error.ts'

// Schemas of unknown JSON that name the place they stumble over: `files[3].size must be a whole number, 0 or more`. Our own,
// because the browser carries them too: a schema library would weigh more than the uploader. The marks on the functions let a
// bundler leave out the schemas that nobody uses.

/** Gives the value as a T; what is at fault it tells to `refuse`. `path` is empty for the whole. */
export type Reader<T> = (value: unknown, path: string, refuse: Refuse) => T
type Refuse = (path: string, wanted: string) => never

/** A member that may be left out gives undefined where it is. */
type Members<T> = {
  [Name in keyof T]-?: Record<string, never> extends Pick<T, Name> ? Reader<T[Name] | undefined> : Reader<T[Name]>
}

const MANY = Number.MAX_SAFE_INTEGER

/** Makes a parser of a schema. It throws UploadError of that code. `whole`: what to call all of it. */
/* @__NO_SIDE_EFFECTS__ */ export function parserOf<T>(
  read: Reader<T>,
  { code, whole, hint }: { code: UploadErrorCode; whole: string; hint: string },
): (body: unknown) => T {
  return (body) =>
    read(body, '', (path, wanted) => {
      throw new UploadError(code, `${path || whole} must be ${wanted}`, { hint })
    })
}

/** Members that it does not name are left out. */
/* @__NO_SIDE_EFFECTS__ */ export function object<T>(members: Members<T>): Reader<T> {
  return (value, path, refuse) => {
    const found = asObject(value, path, refuse)
    const read: Record<string, unknown> = {}
    for (const name of Object.keys(members) as (keyof T & string)[]) {
      const member = members[name](found[name], path ? `${path}.${name}` : name, refuse)
      if (member !== undefined) read[name] = member
    }
    return read as T
  }
}

/** Names that are not known beforehand. */
/* @__NO_SIDE_EFFECTS__ */ export function mapOf<T>(item: Reader<T>): Reader<Record<string, T>> {
  return (value, path, refuse) =>
    Object.fromEntries(
      Object.entries(asObject(value, path, refuse)).map(([name, member]) => [
        name,
        item(member, `${path}.${name}`, refuse),
      ]),
    )
}

/** One of several objects, told apart by the text of one member. */
/* @__NO_SIDE_EFFECTS__ */ export function oneOfObjects<T>(
  tag: string,
  variants: Readonly<Record<string, Reader<T>>>,
): Reader<T> {
  const readTag = object<Record<string, string>>({ [tag]: oneOf(...Object.keys(variants)) })
  return (value, path, refuse) => {
    const name = readTag(value, path, refuse)[tag]
    return (variants[name ?? ''] as Reader<T>)(value, path, refuse)
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function list<T>(item: Reader<T>, min = 0, max = MANY): Reader<T[]> {
  return (value, path, refuse) => {
    if (!Array.isArray(value)) return refuse(path, 'a list')
    if (value.length < min || value.length > max) refuse(path, `a list of ${min} to ${max}, not ${value.length}`)
    return value.map((member, index) => item(member, `${path}[${index}]`, refuse))
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function text(min = 0, max = MANY): Reader<string> {
  return (value, path, refuse) => {
    if (typeof value !== 'string') return refuse(path, 'a text')
    if (value.length < min) refuse(path, `a text of at least ${min} characters`)
    if (value.length > max) refuse(path, `a text of at most ${max} characters, not ${value.length}`)
    return value
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function count(min = 0, max = MANY): Reader<number> {
  return (value, path, refuse) => {
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
    return refuse(path, `a whole number, ${min} ${max === MANY ? 'or more' : `to ${max}`}`)
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, path, refuse) => {
    return allowed.find((candidate) => candidate === value) ?? refuse(path, `one of ${allowed.join(', ')}`)
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, path, refuse) => (value === undefined ? undefined : read(value, path, refuse))
}

export const boolean: Reader<boolean> = (value, path, refuse) =>
  typeof value === 'boolean' ? value : refuse(path, 'true or false')

export const time: Reader<string> = (value, path, refuse) => {
  const found = text()(value, path, refuse)
  return Number.isNaN(Date.parse(found)) ? refuse(path, 'an ISO 8601 time') : found
}

/** Anything; what JSON has no word for is not there. */
export const json: Reader<Json> = (value, path, refuse) =>
  value === undefined ? refuse(path, 'present') : (value as Json)

function asObject(value: unknown, path: string, refuse: Refuse): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(path, 'an object')
  return value as Record<string, unknown>
}

import type { Json } from './json.ts'
import { UploadError, type UploadErrorCode } from './upload-error.ts'

// Schemas of unknown JSON that name the place they stumble over: `files[3].size must be a whole number, 0 or more`. Our own,
// because the browser carries them too: a schema library would weigh more than the uploader. The marks on the functions let a
// bundler leave out the schemas that nobody uses.

/** Gives the value as a T. What is at fault it tells to `refuse`. */
export type Reader<T> = (value: unknown, refuse: Refuse) => T
/** `place`: where it is inside of the value, as `.files[3].size`; left out where it is the value itself. */
type Refuse = (wanted: string, place?: string) => never

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
    read(body, (wanted, place = '') => {
      throw new UploadError(code, `${place.replace(/^\./, '') || whole} must be ${wanted}`, { hint })
    })
}

/** Members that it does not name are left out. */
/* @__NO_SIDE_EFFECTS__ */ export function object<T>(members: Members<T>): Reader<T> {
  return (value, refuse) => {
    const found = asObject(value, refuse)
    const read: Record<string, unknown> = {}
    for (const name of Object.keys(members) as (keyof T & string)[]) {
      const member = members[name](found[name], inside(refuse, `.${name}`))
      if (member !== undefined) read[name] = member
    }
    return read as T
  }
}

/** Names that are not known beforehand. */
/* @__NO_SIDE_EFFECTS__ */ export function mapOf<T>(item: Reader<T>): Reader<Record<string, T>> {
  return (value, refuse) =>
    Object.fromEntries(
      Object.entries(asObject(value, refuse)).map(([name, member]) => [name, item(member, inside(refuse, `.${name}`))]),
    )
}

/** One of several objects, told apart by the text of one member, which the readers of the others leave out. */
/* @__NO_SIDE_EFFECTS__ */ export function oneOfObjects<T, Tag extends keyof T & string>(
  tag: Tag,
  variants: { readonly [Name in T[Tag] & string]: Reader<Omit<Extract<T, Record<Tag, Name>>, Tag>> },
): Reader<T> {
  const readTag = oneOf(...(Object.keys(variants) as (keyof typeof variants)[]))
  return (value, refuse) => {
    const name = readTag(asObject(value, refuse)[tag], inside(refuse, `.${tag}`))
    return { ...variants[name](value, refuse), [tag]: name } as T
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function list<T>(item: Reader<T>, min = 0, max = MANY): Reader<T[]> {
  return (value, refuse) => {
    if (!Array.isArray(value)) return refuse('a list')
    if (value.length < min || value.length > max) refuse(`a list of ${min} to ${max}, not ${value.length}`)
    return value.map((member, index) => item(member, inside(refuse, `[${index}]`)))
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function text(min = 0, max = MANY): Reader<string> {
  return (value, refuse) => {
    if (typeof value !== 'string') return refuse('a text')
    if (value.length < min) refuse(`a text of at least ${min} characters`)
    if (value.length > max) refuse(`a text of at most ${max} characters, not ${value.length}`)
    return value
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function count(min = 0, max = MANY): Reader<number> {
  return (value, refuse) => {
    if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
    return refuse(`a whole number, ${min} ${max === MANY ? 'or more' : `to ${max}`}`)
  }
}

/* @__NO_SIDE_EFFECTS__ */ export function oneOf<const T extends string>(...allowed: readonly T[]): Reader<T> {
  return (value, refuse) => allowed.find((candidate) => candidate === value) ?? refuse(`one of ${allowed.join(', ')}`)
}

/* @__NO_SIDE_EFFECTS__ */ export function optional<T>(read: Reader<T>): Reader<T | undefined> {
  return (value, refuse) => (value === undefined ? undefined : read(value, refuse))
}

export const boolean: Reader<boolean> = (value, refuse) =>
  typeof value === 'boolean' ? value : refuse('true or false')

export const time: Reader<string> = (value, refuse) =>
  typeof value === 'string' && !Number.isNaN(Date.parse(value)) ? value : refuse('an ISO 8601 time')

/** Anything; what JSON has no word for is not there. */
export const json: Reader<Json> = (value, refuse) => (value === undefined ? refuse('present') : (value as Json))

function asObject(value: unknown, refuse: Refuse): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse('an object')
  return value as Record<string, unknown>
}

function inside(refuse: Refuse, step: string): Refuse {
  return (wanted, place = '') => refuse(wanted, step + place)
}

import type { JsonObject } from '@oss-direct/shared'

// JSON schemas that the compiler compares with the types of the wire: a member that is new there, or has become optional, or has
// another word, does not compile here until it is described.

/** The schema of exactly a T. */
export interface Schema<T> {
  readonly json: JsonObject
  /** Never there. In both places, so that neither a wider nor a narrower type passes. */
  readonly of?: (value: T) => T
}
/** Of a member that may be left out. */
interface Optional<T> {
  readonly optional: Schema<T>
}
type Shown = Pick<Schema<never>, 'json'>
type Members<T> = {
  [Name in keyof T]-?: Record<string, never> extends Pick<T, Name>
    ? Optional<Exclude<T[Name], undefined>>
    : Schema<T[Name]>
}

/** Other members are left open: a newer server may have more, and a caller should pass over them. */
export function object<T>(members: Members<T>): Schema<T> {
  const entries: [string, Shown | { optional: Shown }][] = Object.entries(members)
  const required = entries.flatMap(([name, member]) => ('optional' in member ? [] : [name]))
  const properties = entries.map(([name, member]) => [name, ('optional' in member ? member.optional : member).json])
  return {
    json: {
      type: 'object',
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
    },
  }
}

export const optional = <T>(schema: Schema<T>): Optional<T> => ({ optional: schema })

export const mapOf = <T>(item: Schema<T>): Schema<Record<string, T>> => ({
  json: { type: 'object', additionalProperties: item.json },
})

export const list = <T>(item: Schema<T>, minItems = 0, maxItems?: number): Schema<T[]> => ({
  json: { type: 'array', items: item.json, minItems, ...(maxItems === undefined ? {} : { maxItems }) },
})

export const text = (minLength = 0, maxLength?: number): Schema<string> => ({
  json: { type: 'string', minLength, ...(maxLength === undefined ? {} : { maxLength }) },
})

/** A text of a form that a regular expression has. */
export const pattern = (expression: RegExp): Schema<string> => ({
  json: { type: 'string', pattern: expression.source },
})

export const count = (minimum = 0, maximum: number = Number.MAX_SAFE_INTEGER): Schema<number> => ({
  json: { type: 'integer', minimum, maximum },
})

export const boolean: Schema<boolean> = { json: { type: 'boolean' } }
export const time: Schema<string> = { json: { type: 'string', format: 'date-time' } }
export const uri: Schema<string> = { json: { type: 'string', format: 'uri' } }

/** Every word has to be there: as members of an object they can be neither forgotten nor wrong. */
export const oneOf = <Word extends string>(words: Record<Word, true>): Schema<Word> => ({
  json: { type: 'string', enum: Object.keys(words) },
})

export const always = <const Value extends string | boolean>(value: Value): Schema<Value> => ({
  json: { const: value },
})

export const described = <T>(schema: Schema<T>, description: string): Schema<T> => ({
  json: { ...schema.json, description },
})

/** What `JSON.parse` can return. */
export type Json = string | number | boolean | null | Json[] | JsonObject
export interface JsonObject {
  [name: string]: Json
}

// biome-ignore format: one case a line reads as the table it is
/**
 * The type of a value after `JSON.parse(JSON.stringify(value))`: dates are strings, functions and `undefined` are gone.
 * What a route's `onUploaded` returns reaches the browser as this.
 */
export type Jsonify<T> =
  T extends { toJSON(): infer U } ? Jsonify<U> :
  T extends string | number | boolean | null ? T :
  T extends undefined | symbol | ((...args: never[]) => unknown) ? never :
  T extends bigint ? never :
  T extends readonly unknown[] ? { [K in keyof T]: JsonElement<T[K]> } :
  T extends object ? JsonifiedObject<T> :
  unknown extends T ? Json :
  never

// In an array `JSON.stringify` writes null for what it leaves out of an object.
type JsonElement<T> = T extends undefined | symbol | ((...args: never[]) => unknown) ? null : Jsonify<T>

type Unwritten = symbol | ((...args: never[]) => unknown)
type KeptKeys<T> = {
  [K in keyof T]-?: K extends symbol ? never : [Exclude<T[K], undefined>] extends [Unwritten] ? never : K
}[keyof T]
type OptionalKeys<T> = { [K in KeptKeys<T>]: undefined extends T[K] ? K : never }[KeptKeys<T>]

type JsonifiedObject<T> = Flatten<
  { [K in Exclude<KeptKeys<T>, OptionalKeys<T>>]: Jsonify<T[K]> } & {
    [K in OptionalKeys<T>]?: Jsonify<Exclude<T[K], undefined>>
  }
>
type Flatten<T> = { [K in keyof T]: T[K] }

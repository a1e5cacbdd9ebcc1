import type { Json, Jsonify } from '@oss-direct/shared'
import type { Upload } from './upload.ts'

// The types of a server's routes, read off `typeof routes` by their shape: the browser imports nothing but the type.

/** Routes of which nothing is known. */
export type AnyRoutes = Record<string, unknown>

export type RouteName<Routes> = Extract<keyof Routes, string>

/** What is sent as `input`: what the route's schema takes; `undefined` where it has none. */
export type RouteInput<Routes, Name extends keyof Routes> = Routes[Name] extends { readonly input: infer Schema }
  ? SchemaInput<Schema>
  : Json | undefined

/** What the route's `onUploaded` returns, as JSON leaves it. */
export type RouteResult<Routes, Name extends keyof Routes> = Routes[Name] extends {
  readonly onUploaded: (event: never) => infer Result
}
  ? Jsonify<Awaited<Result>>
  : Json

/** An upload of any of the routes: once `route` is known, so is the type of `result`. */
export type UploadOf<Routes> = {
  [Name in RouteName<Routes>]: Upload<RouteResult<Routes, Name>> & { route: Name }
}[RouteName<Routes>]

// The part of the Standard Schema interface that carries types. Source: standardschema.dev, version 1.
type SchemaInput<Schema> =
  Exclude<Schema, undefined> extends never
    ? undefined
    : Schema extends { readonly '~standard': { readonly types?: { readonly input: infer Input } | undefined } }
      ? Input
      : Json | undefined

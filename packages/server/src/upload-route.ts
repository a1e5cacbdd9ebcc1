import type { CallbackBodyType } from '@oss-direct/oss'
import {
  type Evidence,
  type Jsonify,
  matchesType,
  type RequestedFile,
  type RouteRules,
  type Transport,
  UNLIMITED_FILES,
  type UploadError,
} from '@oss-direct/shared'
import { MAX_MULTIPART_BYTES, MAX_PART_BYTES, MIN_PART_BYTES } from './part-plan.ts'

/**
 * Who calls, as the application's own `identify` says. It is kept with the record as JSON, so that a hook that runs after a
 * restart still knows whose upload it is: put ids in it, not open connections.
 */
export interface Caller {
  /** 1 to 255 characters, no control characters. */
  readonly id: string
  /** Whose limits it counts against, where several callers share them: the company, the address. @default id */
  readonly account?: string
  /** The only routes that this caller may use, and whose records it sees. @default all */
  readonly routes?: readonly string[]
}

export interface UploadRouteOptions<C extends Caller, Schema extends AnySchema, Result> {
  /** MIME types (`image/png`, `image/*`) and extensions (`.pdf`). @default [] which takes everything */
  accept?: readonly string[]
  /**
   * `declaration`: a file is what its name and type say. `content`: the bucket is asked for the first bytes as well, and an
   * object that is something else is deleted. It costs one more read an upload. @default 'declaration'
   */
  acceptBy?: 'declaration' | 'content'
  /** Inclusive. @default 0 */
  minBytes?: number
  /** Inclusive; OSS takes at most 5 GB in one request, 48.8 TB in parts. @default 100 MiB */
  maxBytes?: number
  /** In one request. @default no limit but the 50 of one request */
  maxFiles?: number
  /**
   * How files may be sent, the preferred way first. `post`: one form. `multipart`: in parts, which can be sent side by side and
   * resumed; needs rights and a CORS rule of its own. `put`: one signed request, for clients without forms. `sts`: temporary
   * keys for one object, for SDKs; neither of the last two binds the size before the bytes are there. @default ['post']
   */
  transports?: readonly Transport[]
  /** Of files in parts, 100 KiB to 5 GiB; larger for files of more than 10,000 such parts. @default 8 MiB */
  partBytes?: number
  /** What the application wants to know with each upload: any Standard Schema (zod, valibot, arktype). @default no input */
  input?: Schema
  /** False, or a thrown `UploadError`, refuses the whole request. @default every caller is allowed */
  authorize?: (request: AuthorizeRequest<C, OutputOf<Schema>>) => boolean | Promise<boolean>
  /** Makes the object key; the record's `id` must be in it. @default `{route}/{id}{extension}` */
  key?: (request: KeyRequest<C, OutputOf<Schema>>) => string
  /** What OSS sends us besides the facts of the object. */
  callback?: RouteCallback
  /**
   * The object is there, checked with the bucket. What it returns, as JSON, is what the browser shows and the record keeps.
   * It runs at least once, and once at a time; when it throws, the sweeper or a confirmation runs it again.
   */
  onUploaded: (event: UploadedEvent<C, Jsonify<OutputOf<Schema>>>) => Result | Promise<Result>
  /** What arrived was not what was granted; the object has been deleted. @default nothing */
  onFailed?: (event: FailedEvent<C, Jsonify<OutputOf<Schema>>>) => void | Promise<void>
}

export interface RouteCallback {
  /** Custom variables (`x:`) by name without the prefix, with their values; recorded, never believed. @default none */
  variables?: Readonly<Record<string, string>>
  /** `Host` of the callback request. @default the one of `createUploads` */
  host?: string
  /** Send the server name in the TLS handshake. @default the one of `createUploads` */
  sni?: boolean
  /** Ask OSS for width, height and format. Only where every accepted type is an image: OSS fails on others. @default false */
  imageInfo?: boolean
  /** How OSS writes the body; both are understood. @default 'application/x-www-form-urlencoded' */
  bodyType?: CallbackBodyType
}

export interface AuthorizeRequest<C extends Caller, Input> {
  caller: C
  input: Input
  files: readonly RequestedFile[]
}

export interface KeyRequest<C extends Caller, Input> {
  /** The record's id: random, and unique for ever. */
  id: string
  route: string
  caller: C
  input: Input
  file: RequestedFile
  /** `.jpg`, in lower case, or empty where the name has none that is safe. */
  extension: string
}

export interface UploadedEvent<C extends Caller = Caller, Input = unknown> {
  id: string
  route: string
  caller: C
  bucket: string
  key: string
  /** Size, type, ETag and CRC64 come from the bucket, not from whoever uploaded. */
  size: number
  mimeType: string
  etag: string
  crc64?: string
  imageInfo?: ImageInfo
  /** Custom variables as they came with the callback; whoever uploads with an SDK could have set them. */
  variables: Readonly<Record<string, string>>
  input: Input
  /** What the browser said of the file. Its `crc64`, where it said one, was compared with the bucket's. */
  file: { name: string; type: string; size: number; crc64?: string }
  evidence: Evidence
  /** As OSS saw the uploader. */
  clientIp?: string
  /** OSS's request id of the upload. */
  requestId?: string
}

export interface FailedEvent<C extends Caller = Caller, Input = unknown>
  extends Pick<UploadedEvent<C, Input>, 'id' | 'route' | 'caller' | 'bucket' | 'key' | 'input' | 'file'> {
  error: UploadError
}

export interface ImageInfo {
  width: number
  height: number
  format: string
}

/** A route as the server runs it. `Parsed` is what the schema makes of the input. */
export interface UploadRoute<C extends Caller, Schema, Parsed, Result> {
  readonly rules: RouteRules
  readonly input: Schema
  readonly authorize: (request: AuthorizeRequest<C, Parsed>) => boolean | Promise<boolean>
  readonly key: (request: KeyRequest<C, Parsed>) => string
  readonly callback: RouteCallback
  readonly partBytes: number
  readonly acceptBy: 'declaration' | 'content'
  readonly onUploaded: (event: UploadedEvent<C, Jsonify<Parsed>>) => Result | Promise<Result>
  readonly onFailed: (event: FailedEvent<C, Jsonify<Parsed>>) => void | Promise<void>
}

/** Routes by name. `never`: what a schema parsed goes to the hooks of the same route and to nobody else. */
export type Routes<C extends Caller> = Readonly<Record<string, UploadRoute<C, AnySchema, never, unknown>>>
type AnySchema = StandardSchema<unknown, unknown> | undefined

/** What the browser sends as `input` to a route; `undefined` where it takes none. */
export type RouteInput<R, Name extends keyof R> = R[Name] extends { readonly input: infer S } ? InputOf<S> : never

/** What a route's `onUploaded` returns, as JSON leaves it: `RouteResult<typeof routes, 'avatar'>`. */
export type RouteResult<R, Name extends keyof R> = R[Name] extends {
  readonly onUploaded: (event: never) => infer Result
}
  ? Jsonify<Awaited<Result>>
  : never

/** The part of the Standard Schema interface that we call. Source: standardschema.dev, version 1. */
export interface StandardSchema<Input, Output> {
  readonly '~standard': {
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>
    readonly types?: { readonly input: Input; readonly output: Output } | undefined
  }
}

type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly SchemaIssue[] }
interface SchemaIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}
type InputOf<S> = S extends StandardSchema<infer Input, unknown> ? Input : undefined
type OutputOf<S> = S extends StandardSchema<unknown, infer Output> ? Output : undefined

const MiB = 1024 * 1024
/** Of one form, or one PUT. */
export const MAX_REQUEST_BYTES = 5 * 1024 * MiB
/** Those that can send more than one request takes. */
export const SENDS_IN_PARTS: ReadonlySet<Transport> = new Set(['multipart', 'sts'])

/** Says what may be uploaded, where it goes and what the application does with it. Throws where the rules contradict. */
export function uploadRoute<Result, C extends Caller = Caller, Schema extends AnySchema = undefined>(
  options: UploadRouteOptions<C, Schema, Result>,
): UploadRoute<C, Schema, OutputOf<Schema>, Result> {
  const { accept = [], minBytes = 0, maxBytes = 100 * MiB, maxFiles = UNLIMITED_FILES, callback = {} } = options
  const { transports = ['post'], partBytes = 8 * MiB } = options
  requireCount('minBytes', minBytes, 0)
  requireCount('maxBytes', maxBytes, 1)
  requireCount('maxFiles', maxFiles, 1)
  if (minBytes > maxBytes) throw new RangeError(`minBytes (${minBytes}) is more than maxBytes (${maxBytes})`)
  if (transports.length === 0 || new Set(transports).size < transports.length) {
    throw new TypeError(`transports must name at least one way, and each once, not: ${transports.join(', ')}`)
  }
  const inParts = transports.some((transport) => SENDS_IN_PARTS.has(transport))
  if (maxBytes > (inParts ? MAX_MULTIPART_BYTES : MAX_REQUEST_BYTES)) {
    const limit = inParts ? `${MAX_MULTIPART_BYTES} (48.8 TB) in parts` : `${MAX_REQUEST_BYTES} (5 GiB) in one request`
    throw new RangeError(`maxBytes is ${maxBytes}; OSS takes at most ${limit}`)
  }
  requireCount('partBytes', partBytes, MIN_PART_BYTES)
  if (partBytes > MAX_PART_BYTES) {
    throw new RangeError(`partBytes is ${partBytes}; OSS takes at most ${MAX_PART_BYTES} (5 GiB) in one part`)
  }
  if (callback.imageInfo && !acceptsOnlyImages(accept)) {
    throw new TypeError(
      'callback.imageInfo needs `accept` to hold images only, as MIME types: OSS fails the callback on other files',
    )
  }
  return {
    rules: { accept: [...accept], minBytes, maxBytes, maxFiles, transports: [...transports] },
    // Left out, `Schema` is undefined itself.
    input: options.input as Schema,
    authorize: options.authorize ?? (() => true),
    key: options.key ?? (({ route, id, extension }) => `${route}/${id}${extension}`),
    callback,
    partBytes,
    acceptBy: options.acceptBy ?? 'declaration',
    onUploaded: options.onUploaded,
    onFailed: options.onFailed ?? (() => {}),
  }
}

export function mayUse({ routes }: Caller, route: string): boolean {
  return routes === undefined || routes.includes(route)
}

function requireCount(name: string, value: number, min: number): void {
  if (!Number.isSafeInteger(value) || value < min) {
    throw new RangeError(`${name} must be a whole number, ${min} or more, not ${value}`)
  }
}

function acceptsOnlyImages(accept: readonly string[]): boolean {
  return accept.length > 0 && accept.every((entry) => matchesType({ name: '', type: entry }, ['image/*']))
}

import { type Json, UploadError, type UploadTrace } from '@oss-direct/shared'
import type { Logger } from './logger.ts'
import type { SignedPut } from './put-grant.ts'
import type { SessionGrant } from './session-grant.ts'
import type { Store, TraceEntry } from './store.ts'

export interface Tracer {
  entry(event: string, detail: Json): TraceEntry
  add(id: string, event: string, detail: Json): Promise<void>
  read(id: string): Promise<UploadTrace>
  readonly isOn: boolean
}

export interface TracerOptions {
  keepTrace: boolean
  store: Store
  now: () => Date
  logger: Logger
}

/** What happened to an upload, step by step, for whoever wants to see inside. Costs one write a step, so it is opt-in. */
export function createTracer({ keepTrace, store, now, logger }: TracerOptions): Tracer {
  const entry = (event: string, detail: Json): TraceEntry => ({ at: now(), event, detail })
  return {
    isOn: keepTrace,
    entry,
    async add(id, event, detail) {
      if (!keepTrace) return
      // A missing line of the trace must not cost anybody an upload.
      await store.addTrace(id, entry(event, detail)).catch((error: unknown) => {
        logger.warn({ uploadId: id, event, err: error }, 'a line of the trace was lost')
      })
    },
    async read(id) {
      if (!keepTrace) {
        throw new UploadError('trace-off', 'This server keeps no traces', {
          hint: 'Turn on `keepTrace`, and upload again.',
        })
      }
      const entries = await store.trace(id)
      return { id, events: entries.map(({ at, event, detail }) => ({ at: at.toISOString(), event, detail })) }
    },
  }
}

/** The form as it was signed, readable, and without what would let a reader use it again. */
export function describeForm(fields: Readonly<Record<string, string>>, ticket: string): Json {
  const hide = (text: string) => text.replaceAll(ticket, '[ticket]')
  const shown = Object.entries(fields).map(([name, value]) => {
    if (SECRET_FIELDS.test(name)) return [name, '[hidden]'] as const
    return [name, ENCODED_FIELDS.has(name) ? hide(decode(value)) : value] as const
  })
  const policy = JSON.parse(decode(fields.policy ?? ''), (name, value) => {
    if (name === 'x-oss-security-token') return '[hidden]'
    return typeof value === 'string' && value === fields.callback ? hide(decode(value)) : value
  }) as Json
  return { policy, fields: Object.fromEntries(shown.filter(([name]) => name !== 'policy')) }
}

/** The same of a signed PUT. */
export function describePut({ url, headers }: SignedPut, ticket: string): Json {
  const { origin, pathname, searchParams } = new URL(url)
  const query = [...searchParams].map(([name, value]) => [name, SECRET_FIELDS.test(name) ? '[hidden]' : value])
  return { url: origin + pathname, query: Object.fromEntries(query), headers: describeHeaders(headers, ticket) }
}

/** The same of temporary keys: whose they are, and not what they are. */
export function describeSession(grant: SessionGrant, ticket: string): Json {
  const { credentials, callback, headers, endpoint, addressing, region, bucket } = grant
  const { accessKeyId, expiresAt } = credentials
  return {
    ...{ endpoint, addressing, region, bucket, headers },
    credentials: { accessKeyId, expiresAt, accessKeySecret: '[hidden]', securityToken: '[hidden]' },
    ...(callback === undefined ? {} : { callback: hideTicket(callback.plain, ticket) }),
  }
}

function describeHeaders(headers: Readonly<Record<string, string>>, ticket: string): Json {
  const shown = Object.entries(headers).map(([name, value]) => {
    return [name, name.startsWith('x-oss-callback') ? hideTicket(JSON.parse(decode(value)), ticket) : value]
  })
  return Object.fromEntries(shown)
}

/** It has no character that JSON escapes. */
function hideTicket(value: unknown, ticket: string): Json {
  return JSON.parse(JSON.stringify(value).replaceAll(ticket, '[ticket]')) as Json
}

export interface HeardCallback {
  /** The path and query that OSS signed. */
  path: string
  headers: Readonly<Record<string, string | string[] | undefined>>
  body: Uint8Array
}

/**
 * The callback as it came, with the headers that OSS itself writes: a proxy on the way may have added a session or an
 * address that are nobody's business. Signature and ticket stay out, since together they are the whole callback again.
 */
export function describeCallback({ path, headers, body }: HeardCallback, ticket: string): Json {
  const shown = Object.entries(headers).flatMap(([name, value]) => {
    if (name === 'authorization') return [[name, '[hidden]'] as const]
    return OSS_HEADERS.test(name) && value !== undefined ? [[name, String(value)] as const] : []
  })
  const text = new TextDecoder().decode(body).replaceAll(ticket, '[ticket]')
  return { method: 'POST', path, headers: Object.fromEntries(shown), body: text }
}

const OSS_HEADERS = /^(host|date|user-agent|content-(type|length|md5)|x-oss-(?!security-token).+)$/

const SECRET_FIELDS = /signature$|security-token$/i
const ENCODED_FIELDS = new Set(['callback', 'policy'])

function decode(base64: string): string {
  return Buffer.from(base64, 'base64').toString()
}

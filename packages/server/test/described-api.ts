import { Ajv2020 } from 'ajv/dist/2020.js'
import addFormats from 'ajv-formats'
import { expect } from 'vitest'
import type { Stage } from './stage.ts'

/** The part of an OpenAPI document that answers are compared with. */
export interface ApiDocument {
  paths: Record<string, Record<string, { responses: Record<string, DescribedResponse> }>>
}

interface DescribedResponse {
  content?: Record<string, { schema: object }>
  'x-codes'?: string[]
}

export interface HeardAnswer {
  status: number
  body: unknown
  headers: Headers
}

export interface DescribedApi {
  document: ApiDocument
  /** Fails where the answer is not as the document says of that call. */
  check(method: string, path: string, answer: HeardAnswer): void
  /** Whether that component of the document describes the value. */
  describes(name: string, value: unknown): boolean
  /** Statuses of calls that no answer has had yet. */
  unseen(): string[]
}

/** What a running server says of itself. `ownCode`: with what its application refuses, which no document can know. */
export async function describedApi({ origin }: Stage, ownCode: string): Promise<DescribedApi> {
  const document = (await (await fetch(`${origin}/uploads/openapi.json`)).json()) as ApiDocument
  const ajv = addFormats.default(new Ajv2020({ strict: false, allErrors: true }))
  ajv.addSchema(Object.assign(closed(document) as object, { $id: API }))
  const seen = new Set<string>()

  return {
    document,
    check(method, path, { status, body, headers }) {
      const [pattern, verb] = [patternOf(path), method.toLowerCase()]
      const responses = document.paths[pattern]?.[verb]?.responses ?? {}
      const isOwn = (body as { code?: string } | null)?.code === ownCode
      const key = String(status) in responses && !isOwn ? String(status) : 'default'
      seen.add(`${verb} ${pattern} ${key}`)
      const told = `${method} ${path} answered ${status} ${JSON.stringify(body)}`
      const response = responses[key]
      expect(response, told).toBeDefined()
      expect(headers.get('x-request-id'), told).toEqual(expect.any(String))
      const type = headers.get('content-type')
      expect(type === null ? [] : [type], told).toEqual(Object.keys(response?.content ?? {}))
      if (type === null) return
      const place = ['paths', pattern, verb, 'responses', key, 'content', type, 'schema']
      const pointer = place.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1')).join('/')
      const matches = ajv.getSchema(`${API}#/${encodeURI(pointer)}`)
      const isRight = matches?.(body)
      expect(isRight, `${told}: ${ajv.errorsText(matches?.errors)}`).toBe(true)
      if (status >= 400 && !isOwn) expect(response?.['x-codes'], told).toContain((body as { code: string }).code)
    },
    describes: (name, value) => ajv.validate(`${API}#/components/schemas/${name}`, value) === true,
    unseen: () =>
      Object.entries(document.paths).flatMap(([path, operations]) =>
        Object.entries(operations).flatMap(([verb, { responses }]) =>
          Object.keys(responses).flatMap((key) =>
            seen.has(`${verb} ${path} ${key}`) ? [] : [`${verb} ${path} ${key}`],
          ),
        ),
      ),
  }
}

const API = 'https://uploads.test/'

/** With no room for members that nobody described: what the document leaves open for newer servers is not open here. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const members = Object.fromEntries(Object.entries(value).map(([name, member]) => [name, closed(member)]))
  return 'properties' in members && members.type === 'object' ? { ...members, additionalProperties: false } : members
}

function patternOf(path: string): string {
  const plain = path.replace(/\?.*/, '').replace(/\/$/, '')
  if (['', '/routes', '/openapi.json', '/callback'].includes(plain)) return plain || '/'
  return plain.replace(/^\/[^/]+/, '/{id}')
}

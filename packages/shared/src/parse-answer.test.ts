import { describe, expect, it } from 'vitest'
import { parseGrantAnswer } from './parse-grant.ts'
import { parseOutcome } from './parse-outcome.ts'
import { parsePartsAnswer } from './parse-parts.ts'
import { parseProblem } from './parse-problem.ts'
import { parseRecord, parseRecordPage, parseTrace } from './parse-record.ts'
import { parseRouteRules } from './parse-rules.ts'
import { UploadError } from './upload-error.ts'
import type { Grant, GrantAnswer, PartsAnswer, RouteRules, UploadRecord } from './wire.ts'

const common = { id: 'u1', key: 'avatar/u1.png', expiresAt: '2030-01-01T00:00:00.000Z' }
const grants: Grant[] = [
  { ...common, transport: 'post', url: 'https://b.example/', fields: { key: 'avatar/u1.png' } },
  { ...common, transport: 'multipart', partSize: 1_048_576, partCount: 3 },
]

const record: UploadRecord = {
  id: 'u1',
  route: 'avatar',
  key: 'avatar/u1.png',
  status: 'settled',
  file: { name: '猫.png', size: 3, type: 'image/png', crc64: '18446744073709551615' },
  createdAt: '2026-01-01T00:00:00.000Z',
  settledAt: '2026-01-01T00:00:01.000Z',
  evidence: 'callback',
  object: { size: 3, mimeType: 'image/png', etag: 'ABC', crc64: '18446744073709551615' },
  result: { url: '/x', nested: [1, null, true] },
}

describe('parseGrantAnswer', () => {
  it('reads a grant of each transport that browsers use, and a refusal among them', () => {
    const answer: GrantAnswer = {
      serverTime: '2026-01-01T00:00:00.000Z',
      grants: [
        ...grants.map((grant) => ({ ok: true as const, grant })),
        { ok: false, error: { code: 'file-too-large', detail: 'too large', hint: 'smaller' } },
      ],
    }
    expect(parseGrantAnswer(throughJson(answer))).toEqual(answer)
  })

  it('keeps the sentence of a refusal whose code it does not know', () => {
    const answer = {
      serverTime: '2026-01-01T00:00:00Z',
      grants: [{ ok: false, error: { code: 'file-cursed', detail: 'It is cursed' } }],
    }
    expect(parseGrantAnswer(answer).grants).toEqual([
      { ok: false, error: { code: 'internal', detail: 'It is cursed' } },
    ])
  })

  it.each([
    ['a login page', '<!doctype html>', 'the answer must be an object'],
    ['no grants', { serverTime: '2026-01-01T00:00:00Z' }, 'grants must be a list'],
    ['a bad time', { serverTime: 'soon', grants: [] }, 'serverTime must be an ISO 8601 time'],
    [
      'a form field that is a number',
      { serverTime: '2026-01-01T00:00:00Z', grants: [{ ok: true, grant: { ...grants[0], fields: { key: 1 } } }] },
      'grants[0].grant.fields.key must be a text',
    ],
    [
      'a grant for an SDK, which a browser does not ask for',
      { serverTime: '2026-01-01T00:00:00Z', grants: [{ ok: true, grant: { ...common, transport: 'sts' } }] },
      'grants[0].grant.transport must be one of post, multipart',
    ],
  ])('refuses %s with a hint', (_case, body, message) => {
    expect(() => parseGrantAnswer(body)).toThrow(
      expect.objectContaining({ code: 'answer-invalid', message, hint: expect.any(String) }),
    )
  })
})

describe('parsePartsAnswer', () => {
  const answer: PartsAnswer = {
    urls: [{ partNumber: 10_000, url: 'https://b.example/k?partNumber=10000' }],
    expiresAt: '2026-01-01T00:00:00.000Z',
    have: [{ partNumber: 1, size: 0 }],
  }

  it('reads addresses, their end, and what is there', () => {
    expect(parsePartsAnswer(throughJson(answer))).toEqual(answer)
  })

  it.each([
    [{ ...answer, urls: [] }, 'urls must be a list of 1 to 100, not 0'],
    [{ ...answer, urls: [{ partNumber: 0, url: 'x' }] }, 'urls[0].partNumber must be a whole number, 1 to 10000'],
    [{ ...answer, urls: [{ partNumber: 1 }] }, 'urls[0].url must be a text'],
    [{ ...answer, expiresAt: 'soon' }, 'expiresAt must be an ISO 8601 time'],
    [{ ...answer, have: [{ partNumber: 1, size: -1 }] }, 'have[0].size must be a whole number, 0 or more'],
    [{ ...answer, have: [7] }, 'have[0] must be an object'],
  ])('refuses %j', (body, message) => {
    expect(() => parsePartsAnswer(body)).toThrow(expect.objectContaining({ code: 'answer-invalid', message }))
  })
})

describe('parseOutcome', () => {
  it.each([
    { id: 'u1', status: 'settled', result: { url: '/x' } },
    { id: 'u1', status: 'settled', result: null },
    { id: 'u1', status: 'pending', retryAfterMs: 800 },
  ])('reads %j', (outcome) => {
    expect(parseOutcome(outcome)).toEqual(outcome)
  })

  it.each([{ Status: 'OK' }, { id: 'u1', status: 'settled' }, { id: 'u1', status: 'failed' }, null])(
    'refuses %j',
    (body) => {
      expect(() => parseOutcome(body)).toThrow(expect.objectContaining({ code: 'answer-invalid' }))
    },
  )
})

describe('parseTrace', () => {
  const at = '2026-01-01T00:00:00.000Z'

  it('reads events, with whatever they tell', () => {
    const events = [
      { at, event: 'granted', detail: { policy: {} } },
      { at, event: 'parts begun', detail: null },
    ]
    expect(parseTrace(throughJson({ id: 'u1', events }))).toEqual({ id: 'u1', events })
  })

  it.each([
    [{ id: 'u1' }, 'events must be a list'],
    [{ id: 'u1', events: [{ at: 'then', event: 'x' }] }, 'events[0].at must be an ISO 8601 time'],
    [{ id: 'u1', events: [{ at }] }, 'events[0].event must be a text'],
  ])('refuses %j', (body, message) => {
    expect(() => parseTrace(body)).toThrow(message)
  })
})

describe('parseRecord and parseRecordPage', () => {
  it('read a full record and the smallest one', () => {
    const { id, route, key, createdAt } = record
    const file = { name: '', size: 0, type: '' }
    const fresh: UploadRecord = { id, route, key, file, createdAt, status: 'granted' }
    expect(parseRecord(throughJson(record))).toEqual(record)
    expect(parseRecordPage(throughJson({ items: [record, fresh], nextCursor: 'c' }))).toEqual({
      items: [record, fresh],
      nextCursor: 'c',
    })
    expect(parseRecordPage({ items: [] })).toEqual({ items: [] })
  })

  it('read how an application that fails is tried again', () => {
    const error = { code: 'application-failed', detail: 'd', hint: 'h' } as const
    const waiting: UploadRecord = {
      ...record,
      status: 'granted',
      error,
      retry: { attempts: 2, nextAttemptAt: '2026-01-01T00:00:20.000Z', gaveUp: false },
    }
    const over: UploadRecord = { ...waiting, retry: { attempts: 30, gaveUp: true } }
    expect([waiting, over].map((item) => parseRecord(throughJson(item)))).toEqual([waiting, over])
  })

  it.each([
    [{ attempts: 0, gaveUp: false }, 'retry.attempts must be a whole number, 1 or more'],
    [{ attempts: 1, gaveUp: 'no' }, 'retry.gaveUp must be true or false'],
    [{ attempts: 1, gaveUp: false, nextAttemptAt: 'soon' }, 'retry.nextAttemptAt must be an ISO 8601 time'],
    [true, 'retry must be an object'],
  ])('refuse the retry %j', (retry, message) => {
    expect(() => parseRecord({ ...record, retry })).toThrow(message)
  })

  it('name the member at fault', () => {
    expect(() => parseRecordPage({ items: [record, { ...record, status: 'eaten' }] })).toThrow(
      'items[1].status must be one of granted, settled, failed, aborted, expired',
    )
  })
})

describe('parseRouteRules', () => {
  it('reads the rules by route', () => {
    const avatar: RouteRules = { accept: ['image/*'], minBytes: 1, maxBytes: 10, maxFiles: 2, transports: ['post'] }
    expect(parseRouteRules({ routes: { avatar } })).toEqual({ avatar })
  })
})

describe('parseProblem', () => {
  const said = { code: 'oss-refused', title: 'x', status: 502, detail: 'd', requestId: 'r' }

  it('is the error that it tells of, with what OSS said beside what we say', () => {
    const oss = { code: 'AccessDenied', ec: '0003-1', requestId: '5F' }
    const error = parseProblem({ ...said, hint: 'h', oss: { ...oss, bucket: 'b' } })
    expect(error).toBeInstanceOf(UploadError)
    expect(error).toMatchObject({ code: 'oss-refused', message: 'd', hint: 'h', cause: oss })
    expect(error?.cause).not.toHaveProperty('bucket')
  })

  it('has no cause where OSS was not asked, and no hint where there is none', () => {
    const error = parseProblem({ ...said, hint: 7, oss: {} })
    expect([error?.code, error?.hint, error?.cause]).toEqual(['oss-refused', undefined, undefined])
  })

  it.each(['<html>', null, {}, { code: 'no-such-code', detail: 'x' }])('is nothing for %j', (body) => {
    expect(parseProblem(body)).toBeUndefined()
  })
})

function throughJson<T>(value: T): unknown {
  return JSON.parse(JSON.stringify(value))
}

import { expect, it } from 'vitest'
import { readBody, readCallbackParameter, readTrace } from './trace-reading.ts'

const at = '2026-01-01T00:00:00.000Z'
const request = { method: 'POST', path: '/cb', headers: { host: 'a' }, body: 'size=5' }

it('a trace is sorted by who spoke, and each callback has its own answer', () => {
  const story = readTrace({
    id: '1',
    events: [
      { at, event: 'granted', detail: { policy: { conditions: [] }, fields: { key: 'k' } } },
      { at, event: 'callback received', detail: { request, keyUrl: 'https://key' } },
      { at, event: 'application failed', detail: { reason: 'broken' } },
      { at, event: 'callback answered', detail: { refused: 'application-failed' } },
      { at, event: 'callback received', detail: { request, keyUrl: 'https://key' } },
      { at, event: 'application answered', detail: { result: { url: '/a' } } },
      { at, event: 'callback answered', detail: { status: 200, body: { id: '1' } } },
      { at, event: 'something newer', detail: { a: 1 } },
    ],
  })
  expect(story).toEqual({
    form: { policy: { conditions: [] }, fields: { key: 'k' } },
    callbacks: [
      { at, request, keyUrl: 'https://key', answered: { refused: 'application-failed' } },
      { at, request, keyUrl: 'https://key', answered: { status: 200, body: { id: '1' } } },
    ],
    application: { result: { url: '/a' } },
  })
})

it('a grant in parts is a plan, and what is not as expected is passed over', () => {
  expect(readTrace({ id: '1', events: [{ at, event: 'granted', detail: { partSize: 5, partCount: 2 } }] })).toEqual({
    plan: { partSize: 5, partCount: 2 },
    callbacks: [],
  })
  const odd = ['granted', 'callback received', 'callback answered', 'application answered']
  for (const detail of [null, 'x', [], {}]) {
    expect(() => readTrace({ id: '1', events: odd.map((event) => ({ at, event, detail })) })).not.toThrow()
  }
})

it.each([
  [
    'size=${size}&name=a%20b+c&id=1',
    'application/x-www-form-urlencoded',
    [
      ['size', '${size}'],
      ['name', 'a b c'],
      ['id', '1'],
    ],
  ],
  [
    '{"size":${size},"id":"1"}',
    'application/json',
    [
      ['size', '${size}'],
      ['id', '1'],
    ],
  ],
  [
    '{"size":5,"crc64":null}',
    'application/json',
    [
      ['size', '5'],
      ['crc64', 'null'],
    ],
  ],
  ['broken', 'application/json', []],
  ['100%', 'text/plain', [['100%', '']]],
])('the body %s as %s', (body, type, pairs) => {
  expect(readBody(body, type)).toEqual(pairs)
})

it('the callback parameter is read, with what OSS takes for granted', () => {
  expect(readCallbackParameter('{"callbackUrl":"http://a/","callbackBody":"a=b","callbackSNI":true}')).toEqual({
    url: 'http://a/',
    body: 'a=b',
    bodyType: 'application/x-www-form-urlencoded',
    sni: true,
  })
  expect(readCallbackParameter('eyJ9')).toBeUndefined()
})

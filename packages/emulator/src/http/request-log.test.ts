import { expect, it } from 'vitest'
import { type CallbackDelivery, createRequestLog, type LoggedRequest } from './request-log.ts'

const request = (requestId: string, more: Partial<LoggedRequest> = {}): LoggedRequest => ({
  requestId,
  startedAt: new Date().toISOString(),
  method: 'PUT',
  bucket: 'photos',
  key: 'a.txt',
  query: '',
  headers: {},
  operation: 'PutObject',
  status: 200,
  bytesReceived: 0,
  durationMs: 1,
  callbacks: [],
  ...more,
})

const delivery = (body: string): CallbackDelivery => ({
  id: 'one',
  sentAt: new Date().toISOString(),
  url: 'http://127.0.0.1:1/',
  headers: {},
  body,
  stringToSign: `/\n${body}`,
  signature: '',
  serverName: '',
  status: 200,
  durationMs: 1,
})

it('keeps the newest 1000', () => {
  const log = createRequestLog()
  for (let number = 1; number <= 2500; number += 1) log.add(request(`${number}`))
  expect(log.list()).toHaveLength(1000)
  expect([log.list()[0]?.requestId, log.list().at(-1)?.requestId]).toEqual(['1501', '2500'])
})

it('keeps fewer where their callbacks are long, and the newest in any case', () => {
  const log = createRequestLog()
  const long = 'x'.repeat(7 * 1024 * 1024)
  for (const id of ['a', 'b', 'c']) {
    const one = request(id, { callbacks: [delivery(long)] })
    log.add(one)
    log.settle(one)
  }
  expect(log.list().map(({ requestId }) => requestId)).toEqual(['b', 'c'])
  const huge = request('huge', { callbacks: [delivery(long.repeat(3))] })
  log.add(huge)
  log.settle(huge)
  expect(log.list().map(({ requestId }) => requestId)).toEqual(['huge'])
})

it('keeps no more of a key than the longest key there is', () => {
  const log = createRequestLog()
  const form = request('a', { key: 'k'.repeat(2_000_000) })
  log.add(form)
  log.settle(form)
  expect(log.list()[0]?.key).toHaveLength(1023)
})

it('tells its watchers of what is new, what has changed, and that it was cleared, until they have enough', () => {
  const log = createRequestLog()
  const heard: (string | undefined)[] = []
  const unwatch = log.watch((each) => heard.push(each?.requestId))
  const one = request('a')
  log.add(one)
  log.settle(one)
  log.clear()
  expect(log.list()).toEqual([])
  unwatch()
  log.add(one)
  expect(heard).toEqual(['a', 'a', undefined])
})

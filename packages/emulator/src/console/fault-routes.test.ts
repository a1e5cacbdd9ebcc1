import { expect, it } from 'vitest'
import { send, startOss } from '../stage/stage.fixture.ts'

const json = (method: string, body?: unknown) => ({
  method,
  headers: { 'content-type': 'application/json' },
  ...(body === undefined ? {} : { body: JSON.stringify(body) }),
})

it('sets, lists and clears faults', async () => {
  const oss = await startOss()
  const api = `${oss.origin}/_console/api/faults`
  const { status, text } = await send(api, json('POST', { name: 'lose-answer', count: 1 }))
  const { id } = JSON.parse(text) as { id: string }
  expect(status).toBe(201)
  expect(JSON.parse((await send(api)).text)).toEqual({ faults: [{ id, name: 'lose-answer', count: 1 }] })
  expect((await send(`${api}/${id}`, { method: 'DELETE' })).status).toBe(204)
  expect(oss.faults.list()).toEqual([])
  oss.faults.set({ name: 'clock', offsetMs: 1 })
  expect((await send(api, { method: 'DELETE' })).status).toBe(204)
  expect(oss.faults.list()).toEqual([])
})

it.each([
  [{ name: 'gremlins' }, 'There is no fault "gremlins"'],
  [{ name: 'slow' }, 'The fault slow needs bytesPerSecond'],
])('refuses the fault %j with a sentence', async (fault, sentence) => {
  const oss = await startOss()
  const { status, text } = await send(`${oss.origin}/_console/api/faults`, json('POST', fault))
  expect([status, text]).toEqual([400, expect.stringContaining(JSON.stringify(sentence).slice(1, -1))])
})

it.each([
  ['broken JSON', '{', 400],
  ['more than 16 KB', `{"name":"${'x'.repeat(20_000)}"}`, 413],
])('refuses %s', async (_what, body, status) => {
  const oss = await startOss()
  const headers = { 'content-type': 'application/json' }
  const answer = await send(`${oss.origin}/_console/api/faults`, { method: 'POST', headers, body })
  expect(answer.status).toBe(status)
  expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) })
})

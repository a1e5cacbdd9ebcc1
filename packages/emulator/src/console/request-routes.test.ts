import { expect, it } from 'vitest'
import { post, send, signedFields, startOss } from '../stage/stage.fixture.ts'

it('shows the requests, newest first, and neither signature nor secret', async () => {
  const oss = await startOss()
  const fields = signedFields(oss)
  await post(oss, [...fields, { content: 'hello' }])
  await post(oss, [...fields, ['key', 'evil'], { content: 'hello' }])
  const { text } = await send(`${oss.origin}/_console/api/requests`)
  expect(JSON.parse(text)).toMatchObject({
    requests: [
      { operation: 'PostObject', key: 'evil', status: 403, code: 'AccessDenied', ec: '0006-00000227' },
      { operation: 'PostObject', method: 'POST', bucket: 'photos', key: 'a.txt', status: 204, callbacks: [] },
    ],
    next: null,
  })
  const signature = new Map(fields).get('x-oss-signature') ?? 'none'
  expect(text).not.toContain(signature)
  expect(text).not.toContain('local-access-key-secret')
})

it('shows them page by page', async () => {
  const oss = await startOss()
  for (const key of ['1', '2', '3', '4', '5']) await fetch(`${oss.origin}/photos/${key}`)
  const keysOf = async (query: string) => {
    const { text } = await send(`${oss.origin}/_console/api/requests?${query}`)
    const { requests, next } = JSON.parse(text) as { requests: { key: string }[]; next: string | null }
    return { keys: requests.map(({ key }) => key).join(''), next }
  }
  const first = await keysOf('limit=2')
  expect(first.keys).toBe('54')
  const second = await keysOf(`limit=2&after=${first.next}`)
  expect(second.keys).toBe('32')
  expect(await keysOf(`limit=2&after=${second.next}`)).toEqual({ keys: '1', next: null })
})

it.each([
  ['limit=0', 400],
  ['limit=1001', 400],
  ['limit=1&limit=2', 400],
  ['limit=ten', 400],
  ['after=NOSUCHREQUEST', 410],
])('refuses %s', async (query, status) => {
  const oss = await startOss()
  const answer = await send(`${oss.origin}/_console/api/requests?${query}`)
  expect(answer.status).toBe(status)
  expect(JSON.parse(answer.text)).toEqual({ error: expect.any(String) })
})

it('clears them', async () => {
  const oss = await startOss()
  await fetch(`${oss.origin}/photos/a`)
  expect((await send(`${oss.origin}/_console/api/requests`, { method: 'DELETE' })).status).toBe(204)
  expect(oss.requests.list()).toEqual([])
})

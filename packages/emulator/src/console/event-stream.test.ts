import { request as requestHttp } from 'node:http'
import { expect, it, onTestFinished } from 'vitest'
import { encodeCallback, post, signedFields, startApplication, startOss } from '../stage/stage.fixture.ts'

interface Listener {
  status: number
  /** What came until now, as text. */
  heard(): string
  leave(): void
}

function listen(origin: string): Promise<Listener> {
  return new Promise((resolve, reject) => {
    const request = requestHttp(`${origin}/_console/api/events`, { agent: false }, (response) => {
      let text = ''
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk
      })
      response.on('error', () => undefined)
      resolve({ status: response.statusCode ?? 0, heard: () => text, leave: () => request.destroy() })
    })
    request.on('error', reject).end()
    onTestFinished(() => void request.destroy())
  })
}

function eventsIn(text: string): { name: string; data: { requests: { key: string; status: number }[] } }[] {
  return [...text.matchAll(/^event: (\w+)\ndata: (.*)$/gm)].map(([, name = '', data = '']) => ({
    name,
    data: JSON.parse(data),
  }))
}

it('tells of requests while they run and when they are over, and of a log that was cleared', async () => {
  const oss = await startOss()
  const application = await startApplication()
  const listener = await listen(oss.origin)
  const callback = encodeCallback({ callbackUrl: application.origin, callbackBody: 'x' })
  await post(oss, [...signedFields(oss, { fields: { callback } }), { content: 'hello' }])
  await expect
    .poll(() => eventsIn(listener.heard()).at(-1)?.data.requests)
    .toMatchObject([{ key: 'a.txt', status: 200, callbacks: [{ url: application.origin, status: 200 }] }])
  oss.requests.clear()
  await expect.poll(() => eventsIn(listener.heard()).at(-1)?.name).toBe('cleared')
})

it('gathers what comes together', async () => {
  const oss = await startOss()
  const listener = await listen(oss.origin)
  await Promise.all(Array.from({ length: 50 }, (_, number) => fetch(`${oss.origin}/photos/${number}`)))
  const keys = () => new Set(eventsIn(listener.heard()).flatMap(({ data }) => data.requests.map(({ key }) => key)))
  await expect.poll(() => keys().size).toBe(50)
  expect(eventsIn(listener.heard()).length).toBeLessThan(20)
})

it('serves 16 at most, and another one when one has left', async () => {
  const oss = await startOss()
  const listeners = await Promise.all(Array.from({ length: 16 }, () => listen(oss.origin)))
  expect(listeners.map(({ status }) => status)).toEqual(Array(16).fill(200))
  expect((await listen(oss.origin)).status).toBe(503)
  listeners[0]?.leave()
  await expect.poll(async () => (await listen(oss.origin)).status).toBe(200)
})

it('keeps nobody from closing the local OSS', async () => {
  const oss = await startOss()
  await listen(oss.origin)
  await oss.close()
  await expect(fetch(oss.origin)).rejects.toThrow()
})

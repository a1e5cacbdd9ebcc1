import { expect, it } from 'vitest'
import { send, startOss } from '../stage/stage.fixture.ts'

it('shows its callback key to everybody, also to an application that knows it by another name', async () => {
  const oss = await startOss()
  const { status, text, headers } = await send(oss.callbackKeyUrl, { headers: { origin: 'http://app.example' } })
  expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('application/x-pem-file')])
  expect(text).toContain('-----BEGIN PUBLIC KEY-----')
})

it('has nothing else', async () => {
  const oss = await startOss()
  for (const path of ['/_console/api/secrets', '/_console/nothing', '/_other', '/_callback/']) {
    expect((await send(oss.origin + path)).status, path).toBe(404)
  }
})

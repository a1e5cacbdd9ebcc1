import { bucketAddress, presignUrl, signHeaders } from '@oss-direct/oss'
import { expect, it } from 'vitest'
import { accessKey, send, startOss } from '../stage/stage.fixture.ts'
import { shownHeaders, shownQuery } from './shown-request.ts'

it.each(['V1', 'V4'] as const)(
  'a request signed by %s leaves neither signature nor token in the log',
  async (version) => {
    const oss = await startOss()
    const credentials = { ...accessKey, securityToken: 'CAIS-a-security-token' }
    const options = { credentials, version, now: new Date() }
    const target = { method: 'GET', bucket: 'photos', key: 'a.txt' }
    const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', endpoint: oss.origin })
    const headers = signHeaders(target, { ...options, region: 'cn-hangzhou' })
    const url = presignUrl({ ...options, method: 'GET', key: 'a.txt', address, expiresInSeconds: 60 })
    await send(`${oss.origin}/photos/a.txt`, { headers: { ...headers, cookie: 'session=of-somebody' } })
    await send(url)

    const log = JSON.stringify(oss.requests.list())
    expect(oss.requests.list().map(({ operation }) => operation)).toEqual(['GetObject', 'GetObject'])
    const inUrl = [...new URL(url).searchParams].filter(([name]) => /signature$/i.test(name)).map(([, value]) => value)
    const inHeader = /(?:Signature=|OSS .*:)(.{20,})$/.exec(headers.authorization ?? '')?.[1]
    const secrets = ['CAIS', accessKey.accessKeySecret, 'of-somebody', inHeader, ...inUrl]
    expect(inUrl).toHaveLength(1)
    for (const secret of secrets) expect(log).not.toContain(secret)
  },
)

it('shows what a request wants, and hides every value that it does not know to be harmless', () => {
  expect(
    shownQuery([
      ['uploads', ''],
      ['prefix', 'a/'],
      ['Signature', 'secret'],
      ['callback', 'eyJ9'],
    ]),
  ).toBe('uploads&prefix=a/&Signature=…&callback=…')
  expect(
    shownHeaders({ host: 'a', authorization: 'secret', 'x-oss-security-token': 's', 'content-type': 'text/plain' }),
  ).toEqual({ host: 'a', 'content-type': 'text/plain' })
})

it('keeps no more than a line of a header or a query', () => {
  expect(shownHeaders({ 'user-agent': 'x'.repeat(60_000) })['user-agent']).toHaveLength(1024)
  expect(shownQuery([['prefix', 'x'.repeat(60_000)]])).toHaveLength(1024)
})

import { type Credentials, percentEncode, signHeaders } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { type Emulator, startEmulator } from '../emulator.ts'
import { type Answer, accessKey, post, send, signedFields, startOss } from '../stage/stage.fixture.ts'
import type { AccessKey } from './accounts.ts'

const team: AccessKey = {
  accessKeyId: 'team',
  accessKeySecret: 'secret',
  allow: [{ bucket: 'photos', prefix: 'team/' }, { bucket: 'shared' }],
}
const buckets = [{ name: 'photos' }, { name: 'shared' }, { name: 'other' }]
const DENIED = 'AccessDenied 0003-00000001'

describe('a key that is limited to a prefix and a bucket', () => {
  it.each([
    ['PUT', 'photos', 'team/a', 'done'],
    ['GET', 'photos', 'team/own', 'done'],
    ['HEAD', 'photos', 'team/own', 'done'],
    ['DELETE', 'photos', 'team/own', 'done'],
    ['PUT', 'photos', 'team', DENIED],
    ['PUT', 'photos', 'teammate/a', DENIED],
    ['PUT', 'photos', 'Team/a', DENIED],
    ['PUT', 'photos', 'a/team/', DENIED],
    ['GET', 'photos', 'secret', DENIED],
    ['HEAD', 'photos', 'secret', DENIED],
    ['DELETE', 'photos', 'secret', DENIED],
    ['GET', 'photos', 'absent', DENIED],
    ['PUT', 'shared', 'anything', 'done'],
    ['PUT', 'other', 'team/a', DENIED],
    ['GET', 'photos', '?bucketInfo', 'done'],
    ['GET', 'photos', '?acl', 'done'],
    ['GET', 'other', '?bucketInfo', DENIED],
    ['PUT', 'photos', '?acl', DENIED],
    ['PUT', 'shared', '?acl', DENIED],
    ['PUT', 'shared', '?cors', DENIED],
    ['DELETE', 'shared', '?cors', DENIED],
    ['PUT', 'photos', '', DENIED],
    ['PUT', 'fresh-bucket', '', DENIED],
    ['DELETE', 'shared', '', DENIED],
    ['DELETE', 'photos', '', DENIED],
    ['GET', 'photos', '?prefix=team%2F', 'done'],
    ['GET', 'photos', '?prefix=team%2Fmine%2F&list-type=2', 'done'],
    ['GET', 'photos', '?prefix=team', DENIED],
    ['GET', 'photos', '?prefix=', DENIED],
    ['GET', 'photos', '', DENIED],
    ['GET', 'photos', '?list-type=2', DENIED],
    ['GET', 'photos', '?uploads&prefix=t', DENIED],
    ['GET', 'shared', '', 'done'],
    ['GET', 'other', '?prefix=team%2F', DENIED],
  ])('asks to %s %s %s: %s', async (method, bucket, what, outcome) => {
    const oss = await startOss({ accessKeys: [accessKey, team], buckets })
    for (const key of ['team/own', 'secret']) await call(oss, accessKey, 'PUT', 'photos', key)
    expect(outcomeOf(await call(oss, team, method, bucket, what))).toBe(outcome)
  })

  it('sees its buckets in the list, and no others', async () => {
    const oss = await startOss({ accessKeys: [accessKey, team], buckets })
    const namesSeenBy = async (key: Credentials) =>
      [...(await call(oss, key, 'GET', '', '')).text.matchAll(/<Name>(.*?)</g)].map(([, name]) => name)
    expect(await namesSeenBy(accessKey)).toEqual(['other', 'photos', 'shared'])
    expect(await namesSeenBy(team)).toEqual(['photos', 'shared'])
    const nothing = { accessKeyId: 'none', accessKeySecret: 'secret', allow: [] }
    const strict = await startOss({ accessKeys: [nothing], buckets })
    expect((await call(strict, nothing, 'GET', '', '')).text).not.toContain('<Name>')
  })

  it('signs forms for its own keys only', async () => {
    const oss = await startOss({ accessKeys: [team], buckets })
    const form = (key: string) => post(oss, [...signedFields(oss, { key, credentials: team }), { content: 'x' }])
    expect((await form('team/a')).status).toBe(204)
    expect(outcomeOf(await form('a'))).toBe(DENIED)
    // Where the file's name leads out, the key that results is judged.
    const named = [...signedFields(oss, { key: 'team/../${filename}', credentials: team }), { content: 'x', name: 'a' }]
    expect((await post(oss, named)).status).toBe(204)
    expect((await call(oss, team, 'GET', 'photos', 'team/../a')).text).toBe('x')
  })

  it('reads and writes what everybody may', async () => {
    const open = [{ name: 'photos', acl: 'public-read-write' as const }]
    const oss = await startOss({ accessKeys: [team], buckets: open })
    expect(outcomeOf(await call(oss, team, 'PUT', 'photos', 'anything'))).toBe('done')
    expect(outcomeOf(await call(oss, team, 'GET', 'photos', 'anything'))).toBe('done')
    expect(outcomeOf(await call(oss, team, 'GET', 'photos', ''))).toBe(DENIED)
  })

  it('takes a star in its prefix as it is', async () => {
    const odd = { accessKeyId: 'odd', accessKeySecret: 'secret', allow: [{ bucket: 'photos', prefix: '*/' }] }
    const oss = await startOss({ accessKeys: [odd], buckets })
    expect(outcomeOf(await call(oss, odd, 'PUT', 'photos', '*/a'))).toBe('done')
    expect(outcomeOf(await call(oss, odd, 'PUT', 'photos', 'x/a'))).toBe(DENIED)
  })
})

describe('a key with a policy of RAM', () => {
  const all = { Effect: 'Allow', Action: 'oss:*', Resource: '*' }
  const start = (Statement: object[], acl: 'private' | 'public-read' = 'private') => {
    const { allow: _none, ...key } = { ...team, policy: { Version: '1', Statement } }
    return startOss({ accessKeys: [accessKey, key], buckets: [{ name: 'photos', acl }] })
  }

  it('may do what it allows', async () => {
    const oss = await start([{ Effect: 'Allow', Action: 'oss:PutObject', Resource: 'acs:oss:*:*:photos/u/*' }])
    expect(outcomeOf(await call(oss, team, 'PUT', 'photos', 'u/a'))).toBe('done')
    expect(outcomeOf(await call(oss, team, 'PUT', 'photos', 'a'))).toBe(DENIED)
    expect(outcomeOf(await call(oss, team, 'GET', 'photos', 'u/a'))).toBe(DENIED)
    expect(outcomeOf(await call(oss, team, 'GET', '', ''))).toBe(DENIED)
  })

  it('may not do what it denies, whatever the ACL opens', async () => {
    const oss = await start(
      [all, { Effect: 'Deny', Action: 'oss:GetObject', Resource: 'acs:oss:*:*:photos/secret' }],
      'public-read',
    )
    await call(oss, accessKey, 'PUT', 'photos', 'secret')
    expect((await fetch(`${oss.origin}/photos/secret`)).status).toBe(200)
    expect(outcomeOf(await call(oss, team, 'GET', 'photos', 'secret'))).toBe('AccessDenied 0003-00000201')
  })

  it('knows where a request comes from, and that it comes without TLS', async () => {
    const only = (Condition: object) => start([{ ...all, Condition }])
    const put = async (oss: Emulator) => outcomeOf(await call(oss, team, 'PUT', 'photos', 'a'))
    expect(await put(await only({ IpAddress: { 'acs:SourceIp': '127.0.0.1' } }))).toBe('done')
    expect(await put(await only({ IpAddress: { 'acs:SourceIp': '10.0.0.0/8' } }))).toBe(DENIED)
    expect(await put(await only({ Bool: { 'acs:SecureTransport': 'true' } }))).toBe(DENIED)
  })
})

describe('keys that are none', () => {
  it.each([
    ['an id', [{ accessKeyId: '', accessKeySecret: 'x' }], /has an accessKeyId and an accessKeySecret/],
    ['a bucket', [{ ...team, allow: [{ bucket: '' }] }], /has a bucket/],
    ['a limit that is spelt so', [{ ...team, allow: [{ bucket: 'photos', prefx: 'team/' } as never] }], /has no prefx/],
    ['a list', [{ ...team, allow: { bucket: 'photos' } as never }], /allow is a list/],
    ['one limit', [{ ...team, policy: { Version: '1' } }], /takes one of them/],
    ['a policy', [{ accessKeyId: 'a', accessKeySecret: 'b', policy: { Version: '2' } }], /grammar check: Version/],
  ])('stop the start: without %s', async (_what, accessKeys, sentence) => {
    await expect(startEmulator({ accessKeys })).rejects.toThrow(sentence)
  })
})

/** `what`: a key, or a query. */
function call(oss: Emulator, credentials: Credentials, method: string, bucket: string, what: string): Promise<Answer> {
  const [key = '', search] = what.split('?')
  const query = Object.fromEntries(new URLSearchParams(search))
  const headers = signHeaders({ method, bucket, key, query }, { credentials, region: 'cn-hangzhou', now: new Date() })
  // Slashes escaped, or the client itself would resolve `..`.
  const path = bucket === '' ? '/' : `/${bucket}/${percentEncode(key)}`
  const body = method === 'PUT' && search === undefined ? Buffer.from('x') : undefined
  return send(`${oss.origin}${path}${search === undefined ? '' : `?${search}`}`, {
    method,
    headers,
    ...(body && { body }),
  })
}

function outcomeOf({ status, error }: Answer): string {
  return status < 300 ? 'done' : `${error.code} ${error.ec}`
}

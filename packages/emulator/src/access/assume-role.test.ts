import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  bucketAddress,
  type Credentials,
  childText,
  readXml,
  signHeaders,
  signPostPolicy,
  signRpc,
} from '@oss-direct/oss'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { accessKey, post, send, startOss } from '../stage/stage.fixture.ts'

const ROLE = 'acs:ram::1746495857602745:role/uploader'
const region = 'cn-hangzhou'

describe('an answer of AssumeRole', () => {
  const arn = `${ROLE}/alice`

  it('is JSON where that was asked for', async () => {
    const oss = await startOss()
    const startedAt = Date.now()
    const { status, body, headers } = await call(oss)
    expect(status).toBe(200)
    expect(headers.get('content-type')).toBe('application/json;charset=utf-8')
    expect(body).toEqual({
      RequestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
      AssumedRoleUser: { Arn: arn, AssumedRoleId: expect.stringMatching(/^\d{18}:alice$/) },
      Credentials: {
        AccessKeyId: expect.stringMatching(/^STS\.[0-9a-f]{24}$/),
        AccessKeySecret: expect.stringMatching(/^[\w-]{43}$/),
        SecurityToken: expect.stringMatching(/^[A-Za-z0-9+/]{200,}={0,2}$/),
        Expiration: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      },
    })
    const lifetime = (Date.parse(body.Credentials?.Expiration ?? '') - startedAt) / 1000
    expect(lifetime).toBeGreaterThan(3598)
    expect(lifetime).toBeLessThan(3605)
  })

  it('is XML otherwise', async () => {
    const oss = await startOss()
    for (const Format of ['XML', undefined]) {
      const answer = await call(oss, { Format })
      const root = readXml(answer.text)
      expect([answer.status, root?.name]).toEqual([200, 'AssumeRoleResponse'])
      expect(
        childText(
          root?.children.find(({ name }) => name === 'AssumedRoleUser'),
          'Arn',
        ),
      ).toBe(arn)
      const refusal = readXml((await call(oss, { Format, RoleArn: 'role-1' })).text)
      expect([refusal?.name, childText(refusal, 'Code'), childText(refusal, 'HostId')]).toEqual([
        'Error',
        'InvalidParameter.RoleArn',
        new URL(oss.origin).host,
      ])
    }
  })

  it('comes for parameters in the body, in the query, or in both', async () => {
    const oss = await startOss()
    for (const way of ['post-body', 'post-query', 'post-both', 'get'] as const) {
      const { status, body } = await call(oss, {}, { way })
      expect([way, status, body.AssumedRoleUser?.Arn]).toEqual([way, 200, arn])
    }
    expect(oss.requests.list().map(({ operation }) => operation)).toEqual(Array(4).fill('AssumeRole'))
  })

  it('leaves the list of buckets at its place, and tells a form without bucket so', async () => {
    const oss = await startOss()
    const headers = signHeaders(
      { method: 'GET', bucket: '', key: '' },
      { credentials: accessKey, region, now: new Date() },
    )
    expect((await send(oss.origin, { headers })).text).toContain('<ListAllMyBucketsResult>')
    const lost = await send(oss.origin, { method: 'POST', body: new FormData() })
    expect([lost.status, lost.error.code]).toEqual([405, 'MethodNotAllowed'])
  })
})

describe('AssumeRole is refused', () => {
  it.each([
    ['with no role', { RoleArn: undefined }, 400, 'MissingRoleArn'],
    ['with a name for a role', { RoleArn: 'uploader' }, 400, 'InvalidParameter.RoleArn'],
    ['with a user for a role', { RoleArn: 'acs:ram::17:user/alice' }, 400, 'InvalidParameter.RoleArn'],
    ['with a path in the role', { RoleArn: `${ROLE}/../admin` }, 400, 'InvalidParameter.RoleArn'],
    ['with no session name', { RoleSessionName: undefined }, 400, 'MissingRoleSessionName'],
    ['with a session name of one character', { RoleSessionName: 'a' }, 400, 'InvalidParameter.RoleSessionName'],
    ['with one of 65', { RoleSessionName: 'a'.repeat(65) }, 400, 'InvalidParameter.RoleSessionName'],
    ['with a star in it', { RoleSessionName: 'abc*abc' }, 400, 'InvalidParameter.RoleSessionName'],
    ['with a line end in it', { RoleSessionName: 'abc\n' }, 400, 'InvalidParameter.RoleSessionName'],
    ['for 899 seconds', { DurationSeconds: '899' }, 400, 'InvalidParameter.DurationSeconds'],
    ['for 43201 seconds', { DurationSeconds: '43201' }, 400, 'InvalidParameter.DurationSeconds'],
    ['for half seconds', { DurationSeconds: '900.5' }, 400, 'InvalidParameter.DurationSeconds'],
    ['for ever', { DurationSeconds: 'Infinity' }, 400, 'InvalidParameter.DurationSeconds'],
    ['with an external id of one character', { ExternalId: 'x' }, 400, 'InvalidParameter.ExternalId'],
    [
      'with a policy that is too long',
      { Policy: `{"Version":"1"${' '.repeat(2048)}}` },
      400,
      'InvalidParameter.PolicySize',
    ],
    ['with half a policy', { Policy: '{"Version":"1"' }, 400, 'InvalidParameter.PolicyGrammar'],
    ['with another version', { Version: '2014-05-26' }, 400, 'InvalidVersion'],
    ['without a version', { Version: undefined }, 400, 'MissingVersion'],
    ['in another format', { Format: 'YAML' }, 400, 'InvalidFormat'],
    ['as another action', { Action: 'GetCallerIdentity' }, 404, 'InvalidAction.NotFound'],
    ['by another signature method', { SignatureMethod: 'HMAC-SHA256' }, 400, 'InvalidSignatureMethod'],
    ['without a nonce', { SignatureNonce: undefined }, 400, 'MissingSignatureNonce'],
    ['from an unknown key', { AccessKeyId: 'nobody' }, 404, 'InvalidAccessKeyId.NotFound'],
    ['at a time that is none', { Timestamp: '2026-13-01T00:00:00Z' }, 400, 'InvalidTimeStamp.Format'],
    ['at a time of another form', { Timestamp: new Date().toUTCString() }, 400, 'InvalidTimeStamp.Format'],
    ['16 minutes late', { Timestamp: at(-16) }, 400, 'InvalidTimeStamp.Expired'],
    ['16 minutes early', { Timestamp: at(16) }, 400, 'InvalidTimeStamp.Expired'],
  ])('%s', async (_case, change, status, code) => {
    const oss = await startOss()
    const answer = await call(oss, change)
    expect(answer.status).toBe(status)
    const text = answer.body.Code ?? childText(readXml(answer.text), 'Code')
    expect(text).toBe(code)
    expect(answer.text).not.toContain('SecurityToken')
  })

  it('with another secret, or one parameter more than was signed', async () => {
    const oss = await startOss()
    for (const options of [{ secret: 'wrong' }, { more: { Policy: '{}' } }, { more: { SignatureNonce: 'x' } }]) {
      const { status, body } = await call(oss, {}, options)
      expect([status, body.Code]).toEqual([400, 'SignatureDoesNotMatch'])
      expect(body.Message).toContain('server string to sign is:POST&%2F&')
    }
  })

  it('the second time it is sent, and again within half an hour whatever the rest says', async () => {
    const oss = await startOss()
    const nonce = { SignatureNonce: '0.4711' }
    expect((await call(oss, nonce)).status).toBe(200)
    expect((await call(oss, nonce)).body.Code).toBe('SignatureNonceUsed')
    expect((await call(oss, { ...nonce, RoleSessionName: 'bob' })).body.Code).toBe('SignatureNonceUsed')
    oss.faults.set({ name: 'clock', offsetMs: 14 * 60_000 })
    expect((await call(oss, nonce)).body.Code).toBe('SignatureNonceUsed')
    // A refused call has not used its nonce: nobody but the key's holder could have.
    expect((await call(oss, { SignatureNonce: 'b' }, { secret: 'wrong' })).body.Code).toBe('SignatureDoesNotMatch')
    expect((await call(oss, { SignatureNonce: 'b' })).status).toBe(200)
  })

  it('for temporary keys, whose token is asked for first', async () => {
    const oss = await startOss()
    const { Credentials } = (await call(oss)).body
    const key = { AccessKeyId: Credentials?.AccessKeyId, SecurityToken: Credentials?.SecurityToken }
    const secret = { secret: Credentials?.AccessKeySecret ?? '' }
    expect((await call(oss, key, secret)).body).toMatchObject({ Code: 'NoPermission' })
    expect((await call(oss, key, secret)).status).toBe(403)
    expect((await call(oss, { ...key, SecurityToken: 'x' }, secret)).body.Code).toBe('InvalidSecurityToken.Malformed')
    expect((await call(oss, { ...key, SecurityToken: undefined }, secret)).body.Code).toBe('MissingSecurityToken')
    oss.faults.set({ name: 'clock', offsetMs: 3601_000 })
    const late = { ...key, Timestamp: at(60) }
    expect((await call(oss, late, secret)).body.Code).toBe('InvalidSecurityToken.Expired')
  })

  it('with a body that no RPC call has', async () => {
    const oss = await startOss()
    const { error, status } = await send(`${oss.origin}/?Action=AssumeRole`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ Policy: ' '.repeat(70_000) }),
    })
    expect([status, error.code]).toEqual([400, 'InvalidArgument'])
  })

  it('by the fault error, in the format of the call', async () => {
    const oss = await startOss()
    oss.faults.set({ name: 'error', operation: 'AssumeRole', status: 503, code: 'ServiceUnavailable', count: 1 })
    const { status, body } = await call(oss)
    expect([status, body.Code]).toEqual([503, 'ServiceUnavailable'])
    expect((await call(oss)).status).toBe(200)
  })
})

describe('temporary keys', () => {
  it('sign forms, within their policy and with their token', async () => {
    const oss = await startOss()
    const credentials = await temporary(oss, { Action: 'oss:PutObject', Resource: 'acs:oss:*:*:photos/u/*' })
    const form = (version: 'V1' | 'V4', key: string, signer: Credentials = credentials) => {
      const now = new Date()
      const { fields } = signPostPolicy({
        bucket: bucketAddress({ bucket: 'photos', region, endpoint: oss.origin }),
        key,
        sizeRange: [0, 10],
        now,
        expiresAt: new Date(now.getTime() + 7_200_000),
        credentials: signer,
        version,
      })
      return post(oss, [...Object.entries(fields), { content: 'hello' }])
    }
    for (const version of ['V1', 'V4'] as const) {
      expect((await form(version, 'u/1')).status).toBe(204)
      expect((await form(version, 'v/1')).error).toMatchObject({ code: 'AccessDenied', ec: '0003-00000301' })
      const { securityToken: _token, ...tokenless } = credentials
      expect((await form(version, 'u/2', tokenless)).error).toMatchObject({
        code: 'InvalidSecurityToken',
        ec: '0002-00000006',
      })
    }
    // A form dies with its token, whatever its own expiration says.
    oss.faults.set({ name: 'clock', offsetMs: 3_601_000 })
    for (const version of ['V1', 'V4'] as const) {
      expect((await form(version, 'u/1')).error).toMatchObject({ code: 'SecurityTokenExpired', ec: '0002-00000007' })
    }
  })

  it('outlive a restart with their folder, and end with the key that they were made by', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'oss-sts-'))
    onTestFinished(() => rm(dataDir, { recursive: true, force: true }))
    const first = await startOss({ dataDir })
    const credentials = await temporary(first)
    await first.close()
    const list = (oss: Emulator) =>
      send(oss.origin, {
        headers: signHeaders({ method: 'GET', bucket: '', key: '' }, { credentials, region, now: new Date() }),
      })
    const again = await startOss({ dataDir })
    expect((await list(again)).status).toBe(200)
    await again.close()
    const others = await startOss({ dataDir, accessKeys: [{ accessKeyId: 'other', accessKeySecret: 'secret' }] })
    expect((await list(others)).error.code).toBe('InvalidSecurityToken')
    expect((await list(await startOss())).error.code).toBe('InvalidSecurityToken')
  })
})

interface StsAnswer {
  status: number
  headers: Headers
  text: string
  body: {
    Code?: string
    Message?: string
    AssumedRoleUser?: { Arn: string; AssumedRoleId: string }
    Credentials?: { AccessKeyId: string; AccessKeySecret: string; SecurityToken: string; Expiration: string }
  }
}

/** Makes a call as the gateway's documentation has it. `more` is added after signing. */
async function call(
  oss: Emulator,
  change: Readonly<Record<string, string | undefined>> = {},
  options: {
    way?: 'post-body' | 'post-query' | 'post-both' | 'get'
    secret?: string
    more?: Record<string, string>
  } = {},
): Promise<StsAnswer> {
  const { way = 'post-body', secret = accessKey.accessKeySecret, more } = options
  const method = way === 'get' ? 'GET' : 'POST'
  const wanted = {
    Action: 'AssumeRole',
    Version: '2015-04-01',
    Format: 'JSON',
    RoleArn: ROLE,
    RoleSessionName: 'alice',
    AccessKeyId: accessKey.accessKeyId,
    SignatureMethod: 'HMAC-SHA1',
    SignatureVersion: '1.0',
    SignatureNonce: String(Math.random()),
    Timestamp: at(0),
    ...change,
  }
  const given = Object.entries(wanted).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
  const signed = Object.fromEntries(given)
  const parameters = Object.entries({ ...signed, Signature: signRpc(method, signed, secret), ...more })
  const cut = { 'post-body': 0, 'post-query': parameters.length, 'post-both': 2, get: parameters.length }[way]
  const inQuery = new URLSearchParams(parameters.slice(0, cut))
  const inBody = new URLSearchParams(parameters.slice(cut))
  const response = await fetch(`${oss.origin}/?${inQuery}`, { method, ...(inBody.size > 0 && { body: inBody }) })
  const text = await response.text()
  const isJson = response.headers.get('content-type')?.startsWith('application/json')
  return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} }
}

async function temporary(oss: Emulator, statement?: object): Promise<Credentials> {
  const policy = { Version: '1', Statement: [{ Effect: 'Allow', ...statement }] }
  const { body } = await call(oss, statement ? { Policy: JSON.stringify(policy) } : {})
  const { AccessKeyId = '', AccessKeySecret = '', SecurityToken = '' } = body.Credentials ?? {}
  return { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken }
}

function at(minutes: number): string {
  return new Date(Date.now() + minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z')
}

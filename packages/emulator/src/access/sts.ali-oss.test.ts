import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { ALI_OSS_WAYS, aliOssOptions } from '../stage/ali-oss.fixture.ts'
import { accessKey, MiB, startOss } from '../stage/stage.fixture.ts'

// The vendor's own SDK, unmodified, assumes the role and uses what it gets.

const ROLE = 'acs:ram::1746495857602745:role/uploader'
const denied = { code: 'AccessDenied', status: 403 }

describe('AssumeRole of ali-oss', () => {
  it('gives keys that put below a prefix, and do nothing else', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'other' }] })
    await lasting(oss).put('u/7/own', Buffer.from('x'))
    for (const [, , v4, sldEnable] of ALI_OSS_WAYS) {
      const client = temporary(oss, await assume(oss, allow(['oss:PutObject'], 'photos/u/42/*')), v4, sldEnable)
      expect((await client.put('u/42/a b.txt', Buffer.from('hello'))).res.status).toBe(200)
      const refused = { ...denied, ecCode: '0003-00000301', message: expect.stringContaining("authorizer's policy") }
      await expect(client.put('u/7/a', Buffer.from('x'))).rejects.toMatchObject(refused)
      await expect(client.put('u/42', Buffer.from('x'))).rejects.toMatchObject(denied)
      await expect(client.get('u/42/a b.txt')).rejects.toMatchObject(denied)
      await expect(client.head('u/7/own')).rejects.toMatchObject({ status: 403 })
      await expect(client.delete('u/7/own')).rejects.toMatchObject(denied)
      await expect(client.listBuckets({})).rejects.toMatchObject(denied)
      await expect(client.getBucketInfo('photos')).rejects.toMatchObject(denied)
      await expect(client.putBucketACL('photos', 'public-read')).rejects.toMatchObject(denied)
      client.useBucket('other')
      await expect(client.put('u/42/a', Buffer.from('x'))).rejects.toMatchObject(denied)
    }
    expect((await lasting(oss).get('u/7/own')).content.toString()).toBe('x')
  })

  it('gives keys that may do what their caller may where no policy limits them', async () => {
    const oss = await startOss()
    const client = temporary(oss, await assume(oss), true)
    await client.put('k', Buffer.from('hello'))
    expect((await client.get('k')).content.toString()).toBe('hello')
    expect(await client.listBuckets({})).toMatchObject({ buckets: [{ name: 'photos' }] })
  })

  it('gives keys that end, by the clock of the local OSS', async () => {
    const oss = await startOss()
    for (const v4 of [false, true]) {
      const credentials = await assume(oss, undefined, 900)
      const client = temporary(oss, credentials, v4)
      await client.put('k', Buffer.from('x'))
      const url = client.signatureUrl('k', { expires: 1800 })
      expect((await fetch(url)).status).toBe(200)
      // A second before the end, and one after it. Signed headers are good for 15 minutes of difference.
      const end = Date.parse(credentials.Expiration)
      const set = (time: number) => oss.faults.set({ name: 'clock', offsetMs: time - Date.now() })
      const before = set(end - 2000)
      expect((await fetch(url)).status).toBe(200)
      oss.faults.clear(before)
      set(end + 1000)
      const answer = await fetch(url)
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining('SecurityTokenExpired')])
      oss.faults.clear()
    }
  })

  it('uploads in parts, and gives up an upload, where that is allowed', async () => {
    const oss = await startOss()
    const actions = ['oss:PutObject', 'oss:AbortMultipartUpload', 'oss:ListParts']
    const client = temporary(oss, await assume(oss, allow(actions, 'photos/u/*')), true)
    const content = Buffer.alloc(MiB + 1, 'abc')
    await client.multipartUpload('u/large', content, { partSize: 512 * 1024 })
    expect((await lasting(oss).get('u/large')).content).toEqual(content)
    await expect(client.multipartUpload('v/large', content, { partSize: 512 * 1024 })).rejects.toMatchObject(denied)

    const { uploadId } = await client.initMultipartUpload('u/other')
    expect((await client.listParts('u/other', uploadId, {} as OSS.ListPartsQuery)).uploadId).toBe(uploadId)
    const putOnly = temporary(oss, await assume(oss, allow(['oss:PutObject'], 'photos/u/*')), true)
    await expect(putOnly.listParts('u/other', uploadId, {} as OSS.ListPartsQuery)).rejects.toMatchObject(denied)
    await expect(putOnly.abortMultipartUpload('u/other', uploadId)).rejects.toMatchObject(denied)
    await client.abortMultipartUpload('u/other', uploadId)
  })

  it('lists where the condition on the prefix is met', async () => {
    const oss = await startOss()
    await lasting(oss).put('u/1', Buffer.from('x'))
    const policy = allow(['oss:ListObjects'], 'photos', { StringLike: { 'oss:Prefix': 'u/*' } })
    const client = temporary(oss, await assume(oss, policy), true)
    expect((await client.listV2({ prefix: 'u/', 'max-keys': '10' }, {})).objects.map(({ name }) => name)).toEqual([
      'u/1',
    ])
    await expect(client.listV2({ prefix: 'v/', 'max-keys': '10' }, {})).rejects.toMatchObject(denied)
    await expect(client.list({ 'max-keys': '10' }, {})).rejects.toMatchObject(denied)
  })

  it('never gives more than its caller has', async () => {
    const limited = {
      accessKeyId: 'limited',
      accessKeySecret: 'secret',
      allow: [{ bucket: 'photos', prefix: 'team/' }],
    }
    const oss = await startOss({ accessKeys: [accessKey, limited] })
    const policy = allow(['oss:PutObject'], 'photos/*')
    const client = temporary(oss, await assume(oss, policy, 900, limited), true)
    await client.put('team/a', Buffer.from('x'))
    await expect(client.put('a', Buffer.from('x'))).rejects.toMatchObject(denied)
    await expect(client.get('team/a')).rejects.toMatchObject(denied)
  })

  it('is refused in the words of STS', async () => {
    const oss = await startOss()
    const sts = (key: object = {}) => new OSS.STS({ ...accessKey, endpoint: oss.origin, ...key } as never)
    await expect(sts({ accessKeyId: 'nobody' }).assumeRole(ROLE)).rejects.toMatchObject({
      status: 404,
      code: 'InvalidAccessKeyId.NotFound',
    })
    await expect(sts({ accessKeySecret: 'wrong' }).assumeRole(ROLE)).rejects.toMatchObject({
      status: 400,
      code: 'SignatureDoesNotMatch',
    })
    await expect(sts().assumeRole('role-1')).rejects.toMatchObject({ status: 400, code: 'InvalidParameter.RoleArn' })
    await expect(sts().assumeRole(ROLE, { Version: '2' })).rejects.toMatchObject({
      status: 400,
      code: 'InvalidParameter.PolicyGrammar',
      requestId: expect.stringMatching(/^[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}$/),
    })
  })
})

it('security tokens are bound to their keys', async () => {
  const oss = await startOss()
  const [one, other] = [await assume(oss), await assume(oss)]
  const put = (change: object) => temporary(oss, { ...one, ...change }, true).put('k', Buffer.from('x'))
  await put({})
  await expect(put({ SecurityToken: other.SecurityToken })).rejects.toMatchObject({
    code: 'AccessKeyIdAndSecurityTokenNotMatch',
    status: 403,
  })
  for (const SecurityToken of ['token', '', `${one.SecurityToken.slice(0, -4)}AAA=`, `${one.SecurityToken}=`]) {
    await expect(put({ SecurityToken })).rejects.toMatchObject({ code: 'InvalidSecurityToken', status: 403 })
  }
  await expect(put({ AccessKeySecret: other.AccessKeySecret })).rejects.toMatchObject({ code: 'SignatureDoesNotMatch' })
  const borrowed = { AccessKeyId: accessKey.accessKeyId, AccessKeySecret: accessKey.accessKeySecret }
  await expect(put(borrowed)).rejects.toMatchObject({ code: 'AccessKeyIdAndSecurityTokenNotMatch' })
})

interface StsCredentials {
  AccessKeyId: string
  AccessKeySecret: string
  SecurityToken: string
  Expiration: string
}

async function assume(oss: Emulator, policy?: object, seconds?: number, key = accessKey): Promise<StsCredentials> {
  const sts = new OSS.STS({ ...key, endpoint: oss.origin } as never)
  const { credentials } = await sts.assumeRole(ROLE, policy as never, seconds, 'alice')
  return credentials as StsCredentials
}

function allow(Action: string[], path: string, Condition?: object) {
  const Statement = [{ Effect: 'Allow', Action, Resource: [`acs:oss:*:*:${path}`], ...(Condition && { Condition }) }]
  return { Version: '1', Statement }
}

function lasting(oss: Emulator): OSS {
  return client(oss, accessKey, { authorizationV4: true, sldEnable: true })
}

function temporary(oss: Emulator, credentials: StsCredentials, authorizationV4: boolean, sldEnable = true): OSS {
  const { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: stsToken } = credentials
  return client(oss, { accessKeyId, accessKeySecret, stsToken }, { authorizationV4, sldEnable })
}

interface Key {
  accessKeyId: string
  accessKeySecret: string
  stsToken?: string
}

function client(oss: Emulator, key: Key, way: { authorizationV4: boolean; sldEnable: boolean }): OSS {
  // Or the SDK says on every start that it would like one.
  const refreshSTSToken = () => Promise.reject(new Error('The token is refreshed by nobody'))
  return new OSS({ ...aliOssOptions(oss, way), ...key, refreshSTSToken, refreshSTSTokenInterval: 3600_000 })
}

import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from './emulator.ts'
import { ALI_OSS_WAYS, aliOssOptions, fetchByName } from './stage/ali-oss.fixture.ts'
import { accessKey, encodeCallback, MiB, post, startApplication, startOss } from './stage/stage.fixture.ts'

// The vendor's own SDK, unmodified, is the judge here.

// What the published types leave out.
type Sdk = OSS & { signPostObjectPolicyV4(policy: object, date: Date): string }

const PATH_STYLE = { authorizationV4: false, sldEnable: true }

function sdk(
  oss: Emulator,
  way: { authorizationV4: boolean; sldEnable: boolean },
  more: Partial<OSS.Options> = {},
): Sdk {
  return new OSS({ ...aliOssOptions(oss, way), ...more }) as Sdk
}

describe.each(ALI_OSS_WAYS)('ali-oss, signature %s, %s', (_version, _style, authorizationV4, sldEnable) => {
  const way = { authorizationV4, sldEnable }
  it('puts, heads, gets and deletes an object', async () => {
    const oss = await startOss()
    const client = sdk(oss, way)
    const content = Buffer.from('hello world')
    const key = 'a b/猫+%&.txt'
    const put = await client.put(key, content, { mime: 'text/x-cat', meta: { uid: 1, pid: 2 } as never })
    expect(put.res.status).toBe(200)

    const head = await client.head(key)
    expect(head.meta).toEqual({ uid: '1', pid: '2' })
    expect(head.res.headers).toMatchObject({
      etag: '"5EB63BBBE01EEED093CB22BB8F5ACDC3"',
      'content-type': 'text/x-cat',
      'content-length': '11',
      'x-oss-object-type': 'Normal',
    })
    expect((await client.get(key)).content).toEqual(content)
    expect((await client.get(key, { headers: { Range: 'bytes=6-' } })).content.toString()).toBe('world')

    await client.delete(key)
    await expect(client.get(key)).rejects.toMatchObject({ code: 'NoSuchKey', status: 404 })
    await expect(client.head(key)).rejects.toMatchObject({ code: 'NoSuchKey', status: 404 })
    await client.delete(key)
  })

  it('streams an object without a length', async () => {
    const oss = await startOss()
    const client = sdk(oss, way)
    const content = Buffer.alloc(3 * MiB, 'abc')
    await client.putStream('stream', Readable.from([content.subarray(0, MiB), content.subarray(MiB)]))
    const { content: stored } = await client.get('stream')
    expect(createHash('md5').update(stored).digest('hex')).toBe(createHash('md5').update(content).digest('hex'))
  })

  it('is refused with another secret, and reads why', async () => {
    const oss = await startOss()
    await expect(sdk(oss, way, { accessKeySecret: 'wrong' }).put('a', Buffer.from('x'))).rejects.toMatchObject({
      code: 'SignatureDoesNotMatch',
      status: 403,
    })
    await expect(sdk(oss, way, { accessKeyId: 'nobody' }).put('a', Buffer.from('x'))).rejects.toMatchObject({
      code: 'InvalidAccessKeyId',
      status: 403,
    })
  })

  it('signs URLs that a browser can read and write by', async () => {
    const oss = await startOss()
    const client = sdk(oss, way)
    const sign = (method: 'GET' | 'PUT', headers?: Record<string, string>) =>
      authorizationV4
        ? client.signatureUrlV4(method, 60, { headers: headers ?? {} }, 'u/猫.txt')
        : Promise.resolve(client.signatureUrl('u/猫.txt', { method, expires: 60, ...headers }))
    const put = await fetchByName(await sign('PUT'), { method: 'PUT', body: 'hello' })
    expect(put.status).toBe(200)
    const url = await sign('GET')
    expect((await fetchByName(url)).text).toBe('hello')
    expect((await fetchByName(url.replace('%E7%8C%AB', 'dog'))).status).toBe(403)
    oss.faults.set({ name: 'clock', offsetMs: 61_000 })
    expect((await fetchByName(url)).text).toContain('Request has expired.')
  })

  it('gets the answer of the application, or its own error for a 203', async () => {
    const oss = await startOss()
    const client = sdk(oss, way)
    const application = await startApplication((response, { url }) => {
      const answer = JSON.stringify({ saved: true })
      response.writeHead(url === '/ok' ? 200 : 500, { 'content-length': answer.length }).end(answer)
    })
    const callback = (path: string) => ({
      url: application.origin + path,
      body: 'key=${object}&size=${size}&mine=${x:mine}',
      customValue: { mine: 'a/b' },
    })
    const put = await client.put('k', Buffer.from('hello'), { callback: callback('/ok') } as OSS.PutObjectOptions)
    expect(put).toMatchObject({ data: { saved: true } })
    expect(application.received[0]?.body.toString()).toBe('key=k&size=5&mine=a%2Fb')

    await expect(
      client.put('k2', Buffer.from('hello'), { callback: callback('/broken') } as OSS.PutObjectOptions),
    ).rejects.toMatchObject({
      name: 'CallbackFailedError',
      code: 'CallbackFailed',
      status: 203,
      ecCode: '0007-00000203',
    })
    expect((await client.get('k2')).content.toString()).toBe('hello')
  })

  it('configures who may use the bucket from a page', async () => {
    const oss = await startOss()
    const client = sdk(oss, way)
    await expect(client.getBucketCORS('photos')).rejects.toMatchObject({ code: 'NoSuchCORSConfiguration' })
    const rules = [
      {
        allowedOrigin: 'https://*.example.com',
        allowedMethod: ['POST', 'GET'],
        allowedHeader: '*',
        exposeHeader: 'ETag',
        maxAgeSeconds: '60',
      },
    ]
    await client.putBucketCORS('photos', rules)
    expect((await client.getBucketCORS('photos')).rules).toEqual(rules)
    await client.deleteBucketCORS('photos')
    await expect(client.getBucketCORS('photos')).rejects.toMatchObject({ code: 'NoSuchCORSConfiguration' })
    await expect(
      client.putBucketCORS('photos', [{ allowedOrigin: '*', allowedMethod: 'PATCH' }]),
    ).rejects.toMatchObject({
      code: 'InvalidArgument',
    })
  })

  it('makes a bucket, and is told by name what is not there yet', async () => {
    const oss = await startOss()
    const client = sdk(oss, way)
    await client.putBucket('fresh-bucket', { acl: 'public-read' } as never)
    client.useBucket('fresh-bucket')
    await client.put('a', Buffer.from('x'))
    expect((await fetch(`${oss.origin}/fresh-bucket/a`)).status).toBe(200)
    await expect(client.putBucketReferer('fresh-bucket', true, [])).rejects.toMatchObject({
      status: 501,
      code: 'NotImplemented',
      message: expect.stringContaining('PUT bucket?referer'),
    })
  })
})

describe('a form signed by ali-oss', () => {
  const policy = (conditions: unknown[]) => ({
    expiration: new Date(Date.now() + 60_000).toISOString(),
    conditions: [{ bucket: 'photos' }, ['starts-with', '$key', 'u/'], ['content-length-range', 0, 10], ...conditions],
  })

  it('V1 is stored', async () => {
    const oss = await startOss()
    const form = sdk(oss, PATH_STYLE).calculatePostSignature(policy([]))
    const parts = Object.entries({ key: 'u/1', ...form, success_action_status: '200' })
    expect((await post(oss, [...parts, { content: 'hello' }])).status).toBe(200)
    expect((await post(oss, [...parts, { content: 'hello world' }])).error.code).toBe('EntityTooLarge')
  })

  it('V4 is stored', async () => {
    const oss = await startOss()
    const now = new Date()
    const date = now.toISOString().replace(/[-:]|\.\d+/g, '')
    const signing = {
      'x-oss-date': date,
      'x-oss-credential': `${accessKey.accessKeyId}/${date.slice(0, 8)}/cn-hangzhou/oss/aliyun_v4_request`,
      'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    }
    const text = policy(Object.entries(signing).map(([name, value]) => ({ [name]: value })))
    const signature = sdk(oss, { ...PATH_STYLE, authorizationV4: true }).signPostObjectPolicyV4(text, now)
    const parts = Object.entries({
      key: 'u/1',
      ...signing,
      policy: encodeCallback(text),
      'x-oss-signature': signature,
      success_action_status: '200',
    })
    expect((await post(oss, [...parts, { content: 'hello' }])).status).toBe(200)
    expect((await post(oss, [['key', 'v/1'], ...parts.slice(1), { content: 'x' }])).error.ec).toBe('0006-00000227')
  })
})

import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { accessKey, startOss } from '../stage/stage.fixture.ts'

// What the published types leave out or have otherwise.
type Sdk = Omit<OSS, 'listBuckets'> & {
  listBuckets(query: object): Promise<{ buckets: { name: string; region: string }[] }>
  getObjectMeta(key: string): Promise<{ res: { headers: Record<string, string> } }>
}

// Judged by the vendor's own SDK, unmodified.
describe.each([
  ['V1', false],
  ['V4', true],
] as const)('buckets, by ali-oss with signature %s', (_version, authorizationV4) => {
  const sdk = (oss: Emulator): Sdk => {
    const endpoint = oss.origin.replace('127.0.0.1', 'localhost')
    const options = {
      ...accessKey,
      region: 'oss-cn-hangzhou',
      bucket: 'photos',
      endpoint,
      sldEnable: true,
      authorizationV4,
    }
    const client: object = new OSS(options as OSS.Options)
    return client as Sdk
  }

  it('are made, listed, told about and deleted', async () => {
    const client = sdk(await startOss())
    await client.putBucket('new-one')
    const listed = await client.listBuckets({})
    expect(listed.buckets.map(({ name, region }) => [name, region])).toEqual([
      ['new-one', 'oss-cn-hangzhou'],
      ['photos', 'oss-cn-hangzhou'],
    ])
    expect((await client.getBucketInfo('new-one')).bucket).toMatchObject({
      Name: 'new-one',
      Location: 'oss-cn-hangzhou',
      AccessControlList: { Grant: 'private' },
    })
    expect((await client.getBucketLocation('new-one')).location).toBe('oss-cn-hangzhou')
    await client.deleteBucket('new-one')
    await expect(client.getBucketInfo('new-one')).rejects.toMatchObject({ status: 404, code: 'NoSuchBucket' })
  })

  it('are listed by prefix and page by page', async () => {
    const names = ['logs-a', 'logs-b', 'logs-c', 'photos']
    const client = sdk(await startOss({ buckets: names.map((name) => ({ name })) }))
    const first = await client.listBuckets({ prefix: 'logs-', 'max-keys': 2 })
    expect(first).toMatchObject({ isTruncated: true, nextMarker: 'logs-b' })
    const second = await client.listBuckets({ prefix: 'logs-', marker: 'logs-b' })
    expect(second.buckets.map(({ name }) => name)).toEqual(['logs-c'])
  })

  it('have an ACL that opens them', async () => {
    const oss = await startOss()
    const client = sdk(oss)
    await client.put('a.txt', Buffer.from('open'))
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(403)
    await client.putBucketACL('photos', 'public-read')
    expect((await client.getBucketACL('photos')).acl).toBe('public-read')
    expect(await (await fetch(`${oss.origin}/photos/a.txt`)).text()).toBe('open')
    await expect(client.putBucketACL('photos', 'wide-open' as OSS.ACLType)).rejects.toMatchObject({ status: 400 })
    await expect(client.putBucketACL('nowhere', 'private')).rejects.toMatchObject({ code: 'NoSuchBucket' })
  })

  it('with an object in them stay, and say so', async () => {
    const client = sdk(await startOss())
    await client.put('folder/a.txt', Buffer.from('x'))
    await expect(client.deleteBucket('photos')).rejects.toMatchObject({ status: 409, code: 'BucketNotEmpty' })
    await client.delete('folder/a.txt')
    await client.deleteBucket('photos')
    await expect(client.put('a.txt', Buffer.from('x'))).rejects.toMatchObject({ code: 'NoSuchBucket' })
  })

  it('tell size, ETag and time of an object alone', async () => {
    const client = sdk(await startOss())
    await client.put('a.txt', Buffer.from('0123456789'), { mime: 'text/plain' })
    const { res } = await client.getObjectMeta('a.txt')
    const { headers } = res
    expect(headers).toMatchObject({ 'content-length': '10', etag: '"781E5E245D69B566979B86E28D23F2C7"' })
    expect(Date.parse(headers['last-modified'] ?? '')).toBeGreaterThan(Date.now() - 60_000)
    expect(headers).not.toHaveProperty('content-type')
    await expect(client.getObjectMeta('b.txt')).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' })
  })

  it('are closed to whoever signs nothing', async () => {
    const { origin } = await startOss({ buckets: [{ name: 'photos', acl: 'public-read-write' }] })
    for (const [method, path] of [
      ['GET', '/'],
      ['GET', '/photos/?bucketInfo'],
      ['GET', '/photos/?location'],
      ['GET', '/photos/?acl'],
      ['PUT', '/photos/?acl'],
      ['DELETE', '/photos/'],
    ] as const) {
      expect([path, (await fetch(`${origin}${path}`, { method })).status]).toEqual([path, 403])
    }
  })
})

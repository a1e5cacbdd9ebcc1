import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import OSS from 'ali-oss'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { ALI_OSS_WAYS, aliOssOptions, fetchByName } from '../stage/ali-oss.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'

// What the published types leave out or have otherwise.
interface Sdk extends Omit<OSS, 'list' | 'listV2' | 'copy' | 'getSymlink' | 'putMeta'> {
  list(query: object): Promise<Listed>
  listV2(query: object): Promise<Listed & { keyCount: number; nextContinuationToken: string | null }>
  copy(key: string, source: string, bucket?: string | object, options?: object): Promise<Copied>
  putMeta(key: string, meta: Record<string, string>): Promise<Copied>
  getObjectMeta(key: string): Promise<{ res: { headers: Record<string, string> } }>
  getSymlink(key: string): Promise<{ targetName: string; res: { headers: Record<string, string> } }>
  getObjectTagging(key: string): Promise<{ tag: Record<string, string> }>
  putObjectTagging(key: string, tags: Record<string, string>): Promise<{ status: number }>
  deleteObjectTagging(key: string): Promise<{ status: number }>
  getBucketStat(bucket: string): Promise<{ stat: Record<string, string> }>
  getBucketTags(bucket: string): Promise<{ tag: Record<string, string> }>
  getBucketVersioning(bucket: string): Promise<{ versionStatus: string | undefined }>
  getBucketEncryption(bucket: string): Promise<object>
}

interface Listed {
  objects: {
    name: string
    etag: string
    type: string
    size: number
    storageClass: string
    owner: { id: string } | null
  }[]
  prefixes: string[] | null
  isTruncated: boolean
  nextMarker: string | null
}

interface Copied {
  data: { etag: string; lastModified: string }
  res: { status: number }
}

// Judged by the vendor's own SDK, unmodified.
describe.each(ALI_OSS_WAYS)('ali-oss, signature %s, %s', (_version, _style, authorizationV4, sldEnable) => {
  const sdk = (oss: Emulator): Sdk => {
    const client: object = new OSS(aliOssOptions(oss, { authorizationV4, sldEnable }))
    return client as Sdk
  }
  const start = async () => {
    const oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'other' }] })
    return { oss, client: sdk(oss) }
  }
  const put = (client: Sdk, key: string, text = key, headers: object = {}) =>
    client.put(key, Buffer.from(text), { headers } as OSS.PutObjectOptions)
  const read = async (client: Sdk, key: string) => (await client.get(key)).content.toString()

  it('lists folders and objects page by page', async () => {
    const { client } = await start()
    for (const key of ['fun/movie/1.avi', 'fun/movie/7.avi', 'fun/a&b.jpg', 'fun/猫.jpg', 'fun.txt', 'oss.jpg']) {
      await put(client, key)
    }
    const all = await client.list({ 'max-keys': 1000 })
    expect(all.objects.map(({ name }) => name)).toEqual([
      'fun.txt',
      'fun/a&b.jpg',
      'fun/movie/1.avi',
      'fun/movie/7.avi',
      'fun/猫.jpg',
      'oss.jpg',
    ])
    expect(all.objects[0]).toMatchObject({ type: 'Normal', size: 7, storageClass: 'Standard' })
    expect(all.objects[0]?.etag).toMatch(/^"[0-9A-F]{32}"$/)
    expect(all.objects[0]?.owner?.id).toMatch(/^\d+$/)

    const folder = await client.list({ prefix: 'fun/', delimiter: '/', 'max-keys': 2 })
    expect(folder.objects.map(({ name }) => name)).toEqual(['fun/a&b.jpg'])
    expect(folder).toMatchObject({ prefixes: ['fun/movie/'], isTruncated: true, nextMarker: 'fun/movie/' })
    const rest = await client.list({ prefix: 'fun/', delimiter: '/', marker: folder.nextMarker })
    expect(rest.objects.map(({ name }) => name)).toEqual(['fun/猫.jpg'])
    expect(rest).toMatchObject({ prefixes: null, isTruncated: false, nextMarker: null })
  })

  it('lists by the second version, with tokens', async () => {
    const { client } = await start()
    for (const key of ['a', 'b/1', 'b/2', 'c d', 'e']) await put(client, key)
    const seen: string[] = []
    let token: string | null = null
    do {
      const query = { 'max-keys': '1', delimiter: '/', ...(token !== null && { 'continuation-token': token }) }
      const page: Awaited<ReturnType<Sdk['listV2']>> = await client.listV2(query)
      expect(page.keyCount).toBe(1)
      seen.push(...page.objects.map(({ name }) => name), ...(page.prefixes ?? []))
      expect(seen.length, 'a walk that does not end').toBeLessThan(10)
      token = page.nextContinuationToken
      expect(page.isTruncated).toBe(token !== null)
    } while (token !== null)
    expect(seen).toEqual(['a', 'b/', 'c d', 'e'])
    const owned = await client.listV2({ 'start-after': 'b/2', 'fetch-owner': true })
    expect(owned.objects.map(({ name, owner }) => [name, typeof owner?.id])).toEqual([
      ['c d', 'string'],
      ['e', 'string'],
    ])
    expect((await client.listV2({ prefix: 'a' })).objects[0]?.owner).toBeNull()
  })

  it('deletes many at once, there or not', async () => {
    const { client } = await start()
    const keys = ['a & <b>', "it's", '猫', 'kept']
    for (const key of keys) await put(client, key)
    const gone = await client.deleteMulti([...keys.slice(0, 3), 'never'])
    expect(gone.deleted?.map((each) => Object(each).Key)).toEqual(['a & <b>', "it's", '猫', 'never'])
    expect((await client.list({})).objects.map(({ name }) => name)).toEqual(['kept'])
    expect((await client.deleteMulti(['kept'], { quiet: true })).deleted).toEqual([])
    expect((await client.list({})).objects).toEqual([])
  })

  it('copies, in a bucket and across', async () => {
    const { client } = await start()
    const key = 'a b/猫+%&.txt'
    await client.put(key, Buffer.from('hello'), { mime: 'text/x-cat', meta: { uid: '1' } as never })
    const copy = await client.copy('copy', key)
    expect(copy.data.etag).toBe('"5D41402ABC4B2A76B9719D911017C592"')
    const head = await client.head('copy')
    expect(head.meta).toEqual({ uid: '1' })
    expect(head.res.headers).toMatchObject({ 'content-type': 'text/x-cat', 'x-oss-object-type': 'Normal' })

    await client.copy('other meta', key, { meta: { uid: '2' }, headers: { 'Content-Type': 'text/x-dog' } })
    expect(await client.head('other meta')).toMatchObject({ meta: { uid: '2' } })
    client.useBucket('other')
    await client.copy('from photos', key, 'photos')
    expect(await read(client, 'from photos')).toBe('hello')
    await expect(client.copy('x', 'absent', 'photos')).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' })
    await expect(client.copy('x', 'a', 'no-such-bucket')).rejects.toMatchObject({ code: 'NoSuchBucket' })
  })

  it('copies under conditions, and onto itself to change headers', async () => {
    const { client } = await start()
    await client.put('a', Buffer.from('hello'), { meta: { uid: '1' } as never })
    const etag = '"5D41402ABC4B2A76B9719D911017C592"'
    await client.copy('b', 'a', { headers: { 'If-Match': etag } })
    await expect(client.copy('b', 'a', { headers: { 'If-Match': '"0"' } })).rejects.toMatchObject({
      status: 412,
      code: 'PreconditionFailed',
    })
    expect((await client.copy('b', 'a', { headers: { 'If-None-Match': etag } })).res.status).toBe(304)
    await client.putMeta('a', { uid: '3' })
    expect(await client.head('a')).toMatchObject({ meta: { uid: '3' } })
    expect(await read(client, 'a')).toBe('hello')
  })

  it('appends, and is told where the end is', async () => {
    const { client } = await start()
    const first = await client.append('log', Buffer.from('foo'))
    expect(first.nextAppendPosition).toBe('3')
    const second = await client.append('log', Buffer.from('bar'), { position: first.nextAppendPosition })
    expect(second.nextAppendPosition).toBe('6')
    expect(await read(client, 'log')).toBe('foobar')
    expect((await client.head('log')).res.headers).toMatchObject({
      'x-oss-object-type': 'Appendable',
      'x-oss-next-append-position': '6',
    })
    await expect(client.append('log', Buffer.from('x'), { position: '3' })).rejects.toMatchObject({
      status: 409,
      code: 'PositionNotEqualToLength',
    })
    await put(client, 'normal')
    await expect(client.append('normal', Buffer.from('x'), { position: '6' })).rejects.toMatchObject({
      status: 409,
      code: 'ObjectNotAppendable',
    })
  })

  it('opens and closes one object', async () => {
    const { oss, client } = await start()
    await put(client, 'a', 'open')
    expect(await client.getACL('a')).toMatchObject({ acl: 'default' })
    await client.putACL('a', 'public-read')
    expect(await client.getACL('a')).toMatchObject({ acl: 'public-read' })
    expect(await (await fetch(`${oss.origin}/photos/a`)).text()).toBe('open')
    await client.putACL('a', 'private')
    expect((await fetch(`${oss.origin}/photos/a`)).status).toBe(403)
    await expect(client.putACL('a', 'wide-open' as OSS.ACLType)).rejects.toMatchObject({ code: 'InvalidArgument' })
    await expect(client.getACL('b')).rejects.toMatchObject({ status: 404, code: 'NoSuchKey' })
  })

  it('tags', async () => {
    const { client } = await start()
    await put(client, 'a', 'x', { 'x-oss-tagging': 'from=header&with%20space=1%2B1&empty' })
    const tag = { from: 'header', 'with space': '1+1', empty: '' }
    expect(await client.getObjectTagging('a')).toMatchObject({ tag })
    expect((await client.head('a')).res.headers).toMatchObject({ 'x-oss-tagging-count': '3' })
    await client.copy('b', 'a')
    expect(await client.getObjectTagging('b')).toMatchObject({ tag })
    await client.putObjectTagging('a', { 'a:b': 'c/d' })
    expect(await client.getObjectTagging('a')).toMatchObject({ tag: { 'a:b': 'c/d' } })
    expect((await client.deleteObjectTagging('a')).status).toBe(204)
    expect(await client.getObjectTagging('a')).toMatchObject({ tag: {} })
    expect((await client.head('a')).res.headers).not.toHaveProperty('x-oss-tagging-count')
    await expect(client.getObjectTagging('absent')).rejects.toMatchObject({ status: 404 })
  })

  it('links', async () => {
    const { client } = await start()
    const target = '目标/a b+c'
    await client.putSymlink('link', target, { meta: { of: 'link' } as never, storageClass: 'IA' })
    expect((await client.getSymlink('link')).targetName).toBe(target)
    await expect(client.get('link')).rejects.toMatchObject({ status: 404, code: 'SymlinkTargetNotExist' })
    await expect(client.head('link')).rejects.toMatchObject({ status: 404 })
    await put(client, target, 'behind it')
    expect(await read(client, 'link')).toBe('behind it')
    const head = await client.head('link')
    expect(head.meta).toEqual({ of: 'link' })
    expect(head.res.headers).toMatchObject({
      'x-oss-object-type': 'Symlink',
      'x-oss-storage-class': 'IA',
      'content-length': '9',
    })
    const listed = await client.list({ prefix: 'link' })
    expect(listed.objects.map(({ type, size }) => [type, size])).toEqual([['Symlink', 0]])
    await client.putSymlink('chain', 'link', {})
    await expect(client.get('chain')).rejects.toMatchObject({ status: 400, code: 'InvalidTargetType' })
    await expect(client.getSymlink(target)).rejects.toMatchObject({ status: 400, code: 'NotSymlink' })
  })

  it('reads ranges, under conditions, and by other headers', async () => {
    const { client } = await start()
    await put(client, 'a', 'hello')
    const get = (headers: object) => client.get('a', { headers } as OSS.GetObjectOptions)
    expect(await get({ Range: 'bytes=1-3' })).toMatchObject({ res: { status: 206 }, content: Buffer.from('ell') })
    const etag = '"5D41402ABC4B2A76B9719D911017C592"'
    expect((await get({ 'If-None-Match': etag })).res.status).toBe(304)
    expect((await get({ 'If-Match': etag })).content.toString()).toBe('hello')
    await expect(get({ 'If-Match': '"0"' })).rejects.toMatchObject({ status: 412, code: 'PreconditionFailed' })
    const query = { 'response-content-type': 'text/other' }
    expect((await client.get('a', { subres: query } as OSS.GetObjectOptions)).res.headers).toMatchObject({
      'content-type': 'text/other',
    })
  })

  it('streams both ways, and reads the short headers', async () => {
    const { client } = await start()
    await client.putStream('stream', Readable.from([Buffer.from('one '), Buffer.from('two')]))
    const { stream } = await client.getStream('stream')
    expect((await buffer(stream as Readable)).toString()).toBe('one two')
    const meta = await client.getObjectMeta('stream')
    expect(meta.res.headers).toMatchObject({ 'content-length': '7' })
    expect(meta.res.headers).not.toHaveProperty('x-oss-object-type')
  })

  it('signs URLs to read and write by', async () => {
    const { client } = await start()
    const key = 'u/猫 1.txt'
    const sign = (method: 'GET' | 'PUT') =>
      authorizationV4
        ? client.signatureUrlV4(method, 60, {}, key)
        : Promise.resolve(client.signatureUrl(key, { method, expires: 60 }))
    expect((await fetchByName(await sign('PUT'), { method: 'PUT', body: 'hello' })).status).toBe(200)
    expect((await fetchByName(await sign('GET'))).text).toBe('hello')
    expect((await fetchByName((await sign('GET')).replace('1.txt', '2.txt'))).status).toBe(403)
  })

  it('is told what a bucket holds, and what was never configured', async () => {
    const { client } = await start()
    await put(client, 'a', '12345')
    await put(client, 'b', '123', { 'x-oss-storage-class': 'IA' })
    await client.initMultipartUpload('c')
    expect((await client.getBucketStat('photos')).stat).toMatchObject({
      Storage: '8',
      ObjectCount: '2',
      MultipartUploadCount: '1',
      StandardStorage: '5',
      InfrequentAccessObjectCount: '1',
    })
    expect(await client.getBucketReferer('photos')).toMatchObject({ allowEmpty: true, referers: null })
    expect(await client.getBucketLogging('photos')).toMatchObject({ enable: false })
    expect(await client.getBucketTags('photos')).toMatchObject({ tag: {} })
    expect((await client.getBucketVersioning('photos')).versionStatus).toBeUndefined()
    await expect(client.getBucketLifecycle('photos')).rejects.toMatchObject({ code: 'NoSuchLifecycle' })
    await expect(client.getBucketWebsite('photos')).rejects.toMatchObject({ code: 'NoSuchWebsiteConfiguration' })
    await expect(client.getBucketEncryption('photos')).rejects.toMatchObject({
      code: 'NoSuchServerSideEncryptionRule',
    })
    expect(await client.getBucketPolicy('photos')).toMatchObject({ status: 404, policy: null })
  })
})

// A program that uses `ali-oss`, as its users write them.
import assert from 'node:assert/strict'
import OSS from 'ali-oss'
import { story } from './report.mjs'

const env = process.env
const isV4 = env.OSS_SIGNATURE === 'V4'

/** @param {object} [more] */
function openClient(more = {}) {
  return new OSS({
    endpoint: env.OSS_ENDPOINT,
    // The bucket goes into the path.
    sldEnable: true,
    region: `oss-${env.OSS_REGION}`,
    bucket: env.OSS_BUCKET,
    accessKeyId: env.OSS_ACCESS_KEY_ID,
    accessKeySecret: env.OSS_ACCESS_KEY_SECRET,
    authorizationV4: isV4,
    ...more,
  })
}

const client = openClient()
const variables = { user: '42', album: '春天/a b' }
const formCallback = {
  url: env.CALLBACK_URL,
  body: 'bucket=${bucket}&object=${object}&etag=${etag}&size=${size}&user=${x:user}&album=${x:album}',
  customValue: variables,
}

await story('object', async () => {
  const key = '相册/春 天.txt'
  await client.put(key, Buffer.from('hello'), { mime: 'text/plain', meta: { uid: 7, pid: 8 } })
  const { content, res } = await client.get(key)
  assert.equal(content.toString(), 'hello')
  assert.equal(res.headers['content-type'], 'text/plain')
  const head = await client.head(key)
  assert.equal(head.meta.uid, '7')
  await client.delete(key)
  await assert.rejects(client.head(key), { code: 'NoSuchKey', status: 404 })
})

await story('callback', async () => {
  const content = Buffer.from('hello callback')
  const { data, res } = await client.put('callback/春 天.txt', content, { callback: formCallback })
  return { answer: data, etag: res.headers.etag, size: content.length }
})

await story('callback-failed', async () => {
  const callback = { ...formCallback, url: env.BROKEN_CALLBACK_URL }
  const upload = async (/** @type {OSS} */ bucket) => {
    try {
      await bucket.put('callback-failed.txt', Buffer.from('hello'), { callback })
      return 'stored and told'
    } catch (error) {
      if (error.name === 'CallbackFailedError' && error.status === 203) return 'stored, but the callback failed'
      return `not stored: ${error.code}`
    }
  }
  assert.equal(await upload(client), 'stored, but the callback failed')
  assert.equal((await client.get('callback-failed.txt')).content.toString(), 'hello')
  assert.equal(await upload(openClient({ bucket: 'no-such-bucket' })), 'not stored: NoSuchBucket')
})

await story('multipart', async () => {
  const content = Buffer.alloc(350 * 1024, 'multipart ')
  const key = 'multipart/大 文件.bin'
  const jsonCallback = {
    url: env.CALLBACK_URL,
    contentType: 'application/json',
    body: '{"object":${object},"etag":${etag},"size":${size},"user":${x:user},"album":${x:album}}',
    customValue: variables,
  }
  const { data, etag } = await client.multipartUpload(key, content, { partSize: 100 * 1024, callback: jsonCallback })
  assert.match(etag, /-4"$/)
  assert.deepEqual((await client.get(key)).content, content)
  return { answer: data, etag, size: content.length }
})

await story('wrong-secret', async () => {
  const stranger = openClient({ accessKeySecret: 'wrong' })
  const refusal = { code: 'SignatureDoesNotMatch', status: 403 }
  await assert.rejects(stranger.put('stranger.txt', Buffer.from('hello')), refusal)
  await assert.rejects(stranger.head('stranger.txt'), refusal)
})

await story('list', async () => {
  const keys = ['list/a.txt', 'list/b c.txt', 'list/sub/d.txt', 'list/子/e.txt', 'list/猫.txt']
  for (const key of keys) await client.put(key, Buffer.from('x'))
  const folder = await client.list({ prefix: 'list/', delimiter: '/' })
  assert.deepEqual(
    folder.objects.map(({ name }) => name),
    ['list/a.txt', 'list/b c.txt', 'list/猫.txt'],
  )
  assert.deepEqual(folder.prefixes, ['list/sub/', 'list/子/'])

  const names = []
  // Not undefined: the SDK signs V4 without it and sends `marker=` all the same.
  let marker = null
  do {
    const page = await client.list({ prefix: 'list/', 'max-keys': 2, marker })
    assert.ok(page.objects.length <= 2)
    names.push(...page.objects.map(({ name }) => name))
    marker = page.nextMarker
  } while (marker)
  assert.deepEqual(names, keys)

  const namesV2 = []
  let token = null
  do {
    const page = await client.listV2({ prefix: 'list/', 'max-keys': 2, 'continuation-token': token })
    namesV2.push(...page.objects.map(({ name }) => name))
    token = page.nextContinuationToken
  } while (token)
  assert.deepEqual(namesV2, keys)
})

await story('copy', async () => {
  await client.put('copy/原 文.txt', Buffer.from('to copy'), { mime: 'text/x-copy', meta: { uid: 9, pid: 9 } })
  await client.copy('copy/副 本.txt', 'copy/原 文.txt')
  const copy = await client.get('copy/副 本.txt')
  assert.equal(copy.content.toString(), 'to copy')
  assert.equal(copy.res.headers['content-type'], 'text/x-copy')
  assert.equal(copy.res.headers['x-oss-meta-uid'], '9')
})

await story('append', async () => {
  const first = await client.append('append/日 志.txt', Buffer.from('one '))
  assert.equal(Number(first.nextAppendPosition), 4)
  await client.append('append/日 志.txt', Buffer.from('two'), { position: first.nextAppendPosition })
  assert.equal((await client.get('append/日 志.txt')).content.toString(), 'one two')
  await assert.rejects(client.append('append/日 志.txt', Buffer.from('again'), { position: '3' }), {
    code: 'PositionNotEqualToLength',
    status: 409,
  })
})

await story('presigned', async () => {
  const key = 'presigned/春 天.txt'
  const sign = async (/** @type {'GET' | 'PUT'} */ method) =>
    isV4 ? client.signatureUrlV4(method, 60, {}, key) : client.signatureUrl(key, { method, expires: 60 })
  const put = await fetch(await sign('PUT'), { method: 'PUT', body: Buffer.from('by URL') })
  assert.equal(put.status, 200, await put.text())
  const get = await fetch(await sign('GET'))
  assert.equal(await get.text(), 'by URL')
  assert.equal((await fetch(await sign('GET'), { method: 'DELETE' })).status, 403)
})

await story('form', async () => {
  const now = new Date()
  const key = 'form/春 天.txt'
  const time = `${now.toISOString().replace(/\.\d+/, '').replace(/[-:]/g, '')}`
  const v4Fields = {
    'x-oss-signature-version': 'OSS4-HMAC-SHA256',
    'x-oss-credential': `${env.OSS_ACCESS_KEY_ID}/${time.slice(0, 8)}/${env.OSS_REGION}/oss/aliyun_v4_request`,
    'x-oss-date': time,
  }
  const policy = {
    expiration: new Date(now.getTime() + 60_000).toISOString(),
    conditions: [
      { bucket: env.OSS_BUCKET },
      ['eq', '$key', key],
      ['content-length-range', 1, 1024],
      ...(isV4 ? Object.entries(v4Fields).map(([name, value]) => ({ [name]: value })) : []),
    ],
  }
  const signed = isV4
    ? {
        ...v4Fields,
        policy: Buffer.from(JSON.stringify(policy)).toString('base64'),
        'x-oss-signature': client.signPostObjectPolicyV4(policy, now),
      }
    : client.calculatePostSignature(policy)
  const callback = { callbackUrl: formCallback.url, callbackBody: formCallback.body }
  const form = new FormData()
  const fields = {
    key,
    ...signed,
    success_action_status: '200',
    callback: Buffer.from(JSON.stringify(callback)).toString('base64'),
    'x:user': variables.user,
    'x:album': variables.album,
  }
  for (const [name, value] of Object.entries(fields)) form.append(name, value)
  form.append('file', new Blob(['by form']), 'spring.txt')
  const response = await fetch(`${env.OSS_ENDPOINT}/${env.OSS_BUCKET}`, { method: 'POST', body: form })
  assert.equal(response.status, 200)
  return { answer: await response.json(), etag: response.headers.get('etag'), size: 'by form'.length }
})

import {
  bucketAddress,
  createBucketClient,
  OssError,
  readXml,
  staticCredentials,
  writeXmlElement,
} from '@oss-direct/oss'
import { expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { accessKey, send, startOss } from '../stage/stage.fixture.ts'

function clientOf(oss: Emulator, bucket = 'photos') {
  const address = bucketAddress({ bucket, region: 'cn-hangzhou', endpoint: oss.origin })
  return createBucketClient({ address, credentials: staticCredentials(accessKey) })
}

const rule = (inside: string) => `<LifecycleConfiguration><Rule>${inside}</Rule></LifecycleConfiguration>`
const read = (text: string) => readXml(text) ?? expect.fail('no XML')

it('keeps lifecycle rules as they were set, until they are deleted', async () => {
  const oss = await startOss()
  const client = clientOf(oss)
  expect(await client.readConfiguration('lifecycle')).toBeUndefined()
  const text = rule(
    '<ID>a &amp; b</ID><Prefix/><Status>Enabled</Status><AbortMultipartUpload><Days>3</Days></AbortMultipartUpload>',
  )
  await client.writeConfiguration('lifecycle', read(text))
  const kept = await client.readConfiguration('lifecycle')
  expect(kept && writeXmlElement(kept)).toBe(text.replace('<Prefix/>', '<Prefix></Prefix>'))
  expect((await sendSigned(oss, 'DELETE', { query: { lifecycle: '' } })).status).toBe(204)
  expect(await client.readConfiguration('lifecycle')).toBeUndefined()
})

it.each([
  ['<Status>Enabled</Status><AbortMultipartUpload><Days>0</Days></AbortMultipartUpload>', 'InvalidArgument'],
  ['<Status>Enabled</Status><AbortMultipartUpload/>', 'InvalidArgument'],
  ['<Status>On</Status><Expiration><Days>1</Days></Expiration>', 'MalformedXML'],
  ['<Status>Enabled</Status>', 'MalformedXML'],
  [`<ID>${'x'.repeat(256)}</ID><Status>Enabled</Status><Expiration><Days>1</Days></Expiration>`, 'InvalidArgument'],
])('refuses the rule %s', async (inside, code) => {
  const client = clientOf(await startOss())
  await expect(client.writeConfiguration('lifecycle', read(rule(inside)))).rejects.toMatchObject({ code })
  expect(await client.readConfiguration('lifecycle')).toBeUndefined()
})

it('tells nobody else, and knows of no other bucket', async () => {
  const oss = await startOss()
  expect((await send(`${oss.origin}/photos?lifecycle`, { method: 'PUT', body: rule('') })).error.code).toBe(
    'AccessDenied',
  )
  await expect(clientOf(oss, 'nowhere').readConfiguration('lifecycle')).rejects.toMatchObject({ code: 'NoSuchBucket' })
})

it('the client for buckets lists keys and buckets, and reads ACL and policy', async () => {
  const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }, { name: 'texts' }] })
  for (const key of ['a/1', 'a/2', 'b/1']) await sendSigned(oss, 'PUT', { key, body: 'x' })
  const client = clientOf(oss)
  expect(await client.listKeys({ prefix: 'a/', most: 1 })).toEqual(['a/1'])
  expect(await client.listKeys({ prefix: '', most: 10 })).toEqual(['a/1', 'a/2', 'b/1'])
  expect(await client.listBuckets()).toEqual(['photos', 'texts'])
  expect([await client.readAcl(), await client.readPolicy()]).toEqual(['public-read', undefined])
  oss.faults.set({ name: 'clock', offsetMs: 3_600_000 })
  await client.readAcl()
  expect(Math.round((client.now().getTime() - Date.now()) / 60_000)).toBe(60)
})

it('the client for buckets says what OSS said', async () => {
  const oss = await startOss()
  oss.faults.set({ name: 'error', status: 403, code: 'AccessDenied', operation: 'GetBucketCors' })
  const refusal = await clientOf(oss)
    .readConfiguration('cors')
    .catch((error: unknown) => error)
  expect(refusal).toBeInstanceOf(OssError)
  expect(refusal).toMatchObject({ code: 'AccessDenied', status: 403 })
})

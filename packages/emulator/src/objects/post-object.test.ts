import { createHash, createHmac } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { type IncomingMessage, request as requestHttp } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import {
  accessKey,
  encodeCallback,
  FORM_TYPE,
  formBody,
  MiB,
  type Part,
  post,
  send,
  signedFields,
  startOss,
} from '../stage/stage.fixture.ts'

const file = { content: 'hello world', name: 'hello.txt', type: 'text/plain' }
const PUBLIC = [{ name: 'photos', acl: 'public-read-write' as const }]

describe('a form that the policy lets through', () => {
  it.each(['V4', 'V1'] as const)('%s: stores the object, with what it was given', async (version) => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    const fields = {
      'Cache-Control': 'max-age=60',
      'Content-Disposition': 'attachment; filename="猫.txt"',
      'x-oss-meta-Owner': 'für',
      'x-oss-storage-class': 'IA',
      'x-oss-content-type': 'text/markdown; charset=utf-8',
    }
    const answer = await post(oss, [...signedFields(oss, { key: 'u/猫 +%.txt', fields, version }), file])
    expect(answer.status).toBe(204)
    expect(answer.text).toBe('')
    expect(answer.headers.get('etag')).toBe('"5EB63BBBE01EEED093CB22BB8F5ACDC3"')
    expect(answer.headers.get('x-oss-hash-crc64ecma')).toBe('5981764153023615706')
    expect(answer.headers.get('x-oss-request-id')).toMatch(/^[0-9A-F]{24}$/)
    expect(answer.headers.get('server')).toBe('AliyunOSS')

    const stored = await fetch(`${oss.origin}/photos/${encodeURIComponent('u/猫 +%.txt')}`)
    expect(await stored.text()).toBe('hello world')
    expect(Object.fromEntries(stored.headers)).toMatchObject({
      'content-type': 'text/markdown; charset=utf-8',
      'cache-control': 'max-age=60',
      'content-disposition': Buffer.from('attachment; filename="猫.txt"').toString('latin1'),
      'x-oss-meta-owner': Buffer.from('für').toString('latin1'),
      'x-oss-storage-class': 'IA',
      etag: '"5EB63BBBE01EEED093CB22BB8F5ACDC3"',
      'content-length': '11',
    })
  })

  it.each([
    ['200', 200, ''],
    ['204', 204, ''],
    ['201', 201, '/photos/a%26b.txt</Location>\n  <Bucket>photos</Bucket>\n  <Key>a&amp;b.txt</Key>'],
    ['418', 204, ''],
  ])('success_action_status %s is answered by %d', async (wanted, status, text) => {
    const oss = await startOss()
    const fields = signedFields(oss, { key: 'a&b.txt', fields: { success_action_status: wanted } })
    const answer = await post(oss, [...fields, file])
    expect(answer.status).toBe(status)
    expect(answer.text).toContain(text)
    if (status !== 201) expect(answer.text).toBe('')
    else expect(answer.headers.get('content-type')).toBe('application/xml')
  })

  it('redirects where it is told to, and says what was stored', async () => {
    const oss = await startOss()
    const fields = { success_action_redirect: 'https://app.example/done?x=1', success_action_status: '200' }
    const answer = await post(oss, [...signedFields(oss, { key: 'a b.txt', fields }), file])
    expect(answer.status).toBe(303)
    const location = new URL(answer.headers.get('location') ?? '')
    expect(location.origin + location.pathname).toBe('https://app.example/done')
    expect(Object.fromEntries(location.searchParams)).toEqual({
      x: '1',
      bucket: 'photos',
      key: 'a b.txt',
      etag: '"5EB63BBBE01EEED093CB22BB8F5ACDC3"',
    })
  })

  it('does not redirect to what is no web address', async () => {
    const oss = await startOss()
    const fields = signedFields(oss, { fields: { success_action_redirect: 'javascript:alert(1)' } })
    expect((await post(oss, [...fields, file])).status).toBe(204)
  })

  it.each<[string, Part[], string]>([
    ['x-oss-content-type', [['x-oss-content-type', 'a/1'], ['Content-Type', 'a/2'], { ...file, type: 'a/3' }], 'a/1'],
    ['the field Content-Type', [['content-type', 'a/2'], { ...file, type: 'a/3' }], 'a/2'],
    ['the file part', [{ ...file, type: 'text/plain; charset=gbk' }], 'text/plain; charset=gbk'],
    ['nobody', [{ content: 'x' }], 'application/octet-stream'],
  ])('takes the content type of %s', async (_who, parts, type) => {
    const oss = await startOss({ buckets: PUBLIC })
    await post(oss, [['key', 'k'], ...parts])
    expect((await fetch(`${oss.origin}/photos/k`)).headers.get('content-type')).toBe(type)
  })

  it.each([
    ['photo.jpg', 'u/photo.jpg'],
    ['C:\\fakepath\\photo.jpg', 'u/photo.jpg'],
    ['../../etc/passwd', 'u/passwd'],
    ['$& $1 $$.jpg', 'u/$& $1 $$.jpg'],
    ['猫 & "dog".jpg'.replaceAll('"', '\\"'), 'u/猫 & "dog".jpg'],
  ])('puts the name %s in for ${filename} after the policy was judged', async (name, key) => {
    const oss = await startOss()
    const answer = await post(oss, [...signedFields(oss, { key: 'u/${filename}' }), { ...file, name }])
    expect(answer.status).toBe(204)
    expect(oss.requests.list()[0]?.key).toBe(key)
  })

  it('takes a file part without a name, an empty file, and field names in any letter case', async () => {
    const oss = await startOss({ buckets: PUBLIC })
    const fields = signedFields(oss, { key: 'empty', sizeRange: [0, 0] }).map(
      ([name, value]) => [name.toUpperCase(), value] as const,
    )
    expect((await post(oss, [...fields, { content: '', field: 'FILE' }])).status).toBe(204)
    const stored = await fetch(`${oss.origin}/photos/empty`)
    expect(stored.headers.get('content-length')).toBe('0')
    expect(stored.headers.get('x-oss-hash-crc64ecma')).toBe('0')
  })

  it('is stored in a bucket that everybody may write to, without any signature', async () => {
    const oss = await startOss({ buckets: PUBLIC })
    expect((await post(oss, [['key', 'k'], file])).status).toBe(204)
  })

  it('may have fields behind the file, which count for nothing', async () => {
    const oss = await startOss()
    const parts: Part[] = [...signedFields(oss), file, ['submit', 'Upload'], ['x-oss-meta-late', 'x'.repeat(100_000)]]
    expect((await post(oss, parts)).status).toBe(204)
  })

  it('is found under each of the three ways to address a bucket', async () => {
    const oss = await startOss({ domains: { 'cdn.example.com': 'photos' } })
    const body = formBody([...signedFields(oss), file])
    for (const [host, path] of [
      ['photos.localhost', '/'],
      ['photos.oss-cn-hangzhou.aliyuncs.com', '/'],
      ['cdn.example.com', '/'],
      ['127.0.0.1', '/photos'],
      ['127.0.0.1', '/photos/'],
    ] as const) {
      expect(await rawPost(oss.origin, { host, path, body }), `${host}${path}`).toBe(204)
    }
    expect(oss.requests.list().map(({ bucket }) => bucket)).toEqual(Array(5).fill('photos'))
  })

  it('judges the expiry when the request begins, however long the body takes', async () => {
    const oss = await startOss()
    const body = formBody([
      ...signedFields(oss, { expiresAt: new Date(Date.now() + 400) }),
      { content: 'x'.repeat(2000) },
    ])
    expect(await rawPost(oss.origin, { body, pauseMs: 600 })).toBe(204)
  })

  it('keeps one whole object where two come for the same key at once', async () => {
    const oss = await startOss({ buckets: PUBLIC })
    const contents = Array.from({ length: 8 }, (_, index) => Buffer.alloc(MiB, index))
    const answers = await Promise.all(contents.map((content) => post(oss, [['key', 'same'], { content }])))
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(204))
    const stored = Buffer.from(await (await fetch(`${oss.origin}/photos/same`)).arrayBuffer())
    expect(contents.some((content) => content.equals(stored))).toBe(true)
  })

  it('lets one of many win where the key may not be overwritten', async () => {
    const oss = await startOss()
    const once = () => post(oss, [...signedFields(oss, { fields: { 'x-oss-forbid-overwrite': 'true' } }), file])
    const statuses = (await Promise.all(Array.from({ length: 6 }, once))).map(({ status }) => status)
    expect(statuses.sort()).toEqual([204, 409, 409, 409, 409, 409])
    expect((await once()).error.code).toBe('FileAlreadyExists')
  })
})

describe('a form is refused, and nothing stored,', () => {
  const boundary = FORM_TYPE.slice(FORM_TYPE.indexOf('=') + 1)

  it.each<[string, { type?: string; body?: Buffer }, string, string | undefined]>([
    ['as JSON', { type: 'application/json' }, 'RequestIsNotMultiPartContent', undefined],
    ['without a boundary', { type: 'multipart/form-data' }, 'RequestIsNotMultiPartContent', undefined],
    ['as an empty body', { body: Buffer.alloc(0) }, 'MalformedPOSTRequest', '0006-00000104'],
    ['as text', { body: Buffer.from('key=a') }, 'MalformedPOSTRequest', '0006-00000104'],
    [
      'that ends in its file',
      { body: formBody([['key', 'k'], file]).subarray(0, -(boundary.length + 8)) },
      'MalformedPOSTRequest',
      '0006-00000104',
    ],
    [
      'that ends in a field',
      { body: formBody([['key', 'k']]).subarray(0, -(boundary.length + 8)) },
      'MalformedPOSTRequest',
      '0006-00000104',
    ],
    ['with a part that has no name', { body: nameless(boundary) }, 'MalformedPOSTRequest', '0006-00000104'],
    ['without a file', { body: formBody([['key', 'k']]) }, 'IncorrectNumberOfFilesInPOSTRequest', '0006-00000107'],
    [
      'with two files',
      { body: formBody([['key', 'k'], file, file]) },
      'IncorrectNumberOfFilesInPOSTRequest',
      '0006-00000107',
    ],
    [
      'with a second file behind a large one',
      { body: formBody([['key', 'k'], { content: Buffer.alloc(MiB) }, file]) },
      'IncorrectNumberOfFilesInPOSTRequest',
      '0006-00000107',
    ],
    [
      'that breaks off behind a large file',
      { body: formBody([['key', 'k'], { content: Buffer.alloc(MiB) }, ['submit', 'x']]).subarray(0, -20) },
      'MalformedPOSTRequest',
      '0006-00000104',
    ],
    ['with a name over 8 KB', { body: formBody([['n'.repeat(8193), ''], file]) }, 'FieldItemTooLong', undefined],
    [
      'with a value over 2 MB',
      { body: formBody([['key', 'k'], ['x', 'v'.repeat(2 * MiB + 1)], file]) },
      'MaxPOSTPreDataLengthExceededError',
      '0006-00000112',
    ],
    [
      'with fields over 8 MB',
      {
        body: formBody([
          ...Array.from({ length: 5 }, (_, index) => [`x${index}`, 'v'.repeat(1.8 * MiB)] as const),
          file,
        ]),
      },
      'MaxPOSTPreDataLengthExceededError',
      '0006-00000112',
    ],
  ])('%s', async (_what, { type = FORM_TYPE, body = formBody([['key', 'k'], file]) }, code, ec) => {
    const oss = await startOss({ buckets: PUBLIC })
    const init = { method: 'POST', headers: { 'content-type': type }, body: new Uint8Array(body) }
    const { status, error, headers } = await send(`${oss.origin}/photos`, init)
    expect({ status, code: error.code, ec: error.ec }).toEqual({ status: 400, code, ec })
    expect(headers.get('x-oss-ec') ?? undefined).toBe(ec)
    expect((await fetch(`${oss.origin}/photos/k`)).status).toBe(404)
  })

  const without =
    (...names: string[]) =>
    (fields: [string, string][]) =>
      fields.filter(([name]) => !names.includes(name))
  const change = (name: string, value: string) => (fields: [string, string][]) =>
    fields.map((field) => (field[0] === name ? ([name, value] as [string, string]) : field))

  it.each<
    ['V4' | 'V1', string, (fields: [string, string][]) => [string, string][], number, string, string | undefined]
  >([
    ['V4', 'without a key', without('key'), 400, 'InvalidArgument', undefined],
    ['V4', 'with another key', change('key', 'b.txt'), 403, 'AccessDenied', '0006-00000227'],
    [
      'V4',
      'with a changed policy',
      change('policy', encodeCallback({ conditions: [['eq', '$key', 'a.txt']], expiration: '2099-01-01T00:00:00Z' })),
      403,
      'SignatureDoesNotMatch',
      undefined,
    ],
    [
      'V4',
      'with another signature',
      change('x-oss-signature', '0'.repeat(64)),
      403,
      'SignatureDoesNotMatch',
      undefined,
    ],
    ['V4', 'with an empty signature', change('x-oss-signature', ''), 400, 'InvalidArgument', '0002-00000704'],
    ['V4', 'without a signature', without('x-oss-signature'), 400, 'InvalidArgument', '0002-00000703'],
    ['V4', 'without a policy', without('policy'), 400, 'InvalidArgument', '0002-00000702'],
    ['V4', 'with another version', change('x-oss-signature-version', 'OSS9'), 400, 'InvalidArgument', '0002-00000701'],
    ['V4', 'with a broken credential', change('x-oss-credential', 'nonsense'), 400, 'InvalidArgument', '0002-00000710'],
    ['V1', 'without a key id', without('OSSAccessKeyId'), 400, 'InvalidArgument', '0002-00000706'],
    ['V1', 'with an empty key id', change('OSSAccessKeyId', ''), 400, 'InvalidArgument', '0002-00000707'],
    ['V1', 'of an unknown key id', change('OSSAccessKeyId', 'stranger'), 403, 'InvalidAccessKeyId', '0002-00000902'],
    ['V1', 'without a signature', without('Signature'), 400, 'InvalidArgument', '0002-00000703'],
    ['V1', 'with another signature', change('Signature', 'AAAA'), 403, 'SignatureDoesNotMatch', undefined],
    [
      'V1',
      'without anything signed, in a private bucket,',
      without('OSSAccessKeyId', 'policy', 'Signature'),
      403,
      'AccessDenied',
      '0003-00000001',
    ],
    [
      'V4',
      'with a callback that is no Base64',
      (fields) => [...fields, ['callback', '{}']],
      400,
      'InvalidArgument',
      undefined,
    ],
    [
      'V4',
      'with a storage class of its own',
      (fields) => [...fields, ['x-oss-storage-class', 'Attic']],
      400,
      'InvalidArgument',
      undefined,
    ],
    [
      'V4',
      'with an ACL of its own',
      (fields) => [...fields, ['x-oss-object-acl', 'mine']],
      400,
      'InvalidArgument',
      undefined,
    ],
    [
      'V4',
      'with an encryption of its own',
      (fields) => [...fields, ['x-oss-server-side-encryption', 'ROT13']],
      400,
      'InvalidEncryptionAlgorithmError',
      undefined,
    ],
    [
      'V4',
      'with x-oss-forbid-overwrite=maybe',
      (fields) => [...fields, ['x-oss-forbid-overwrite', 'maybe']],
      400,
      'InvalidArgument',
      '0006-00000117',
    ],
    [
      'V4',
      'with 8 KB of metadata',
      (fields) => [...fields, ['x-oss-meta-a', 'v'.repeat(8193)]],
      400,
      'InvalidArgument',
      undefined,
    ],
    [
      'V4',
      'with a line break for a header',
      (fields) => [...fields, ['cache-control', 'a\r\nset-cookie: b']],
      400,
      'InvalidArgument',
      undefined,
    ],
  ])('%s %s', async (version, _what, alter, status, code, ec) => {
    const oss = await startOss()
    const { error, ...answer } = await post(oss, [...alter(signedFields(oss, { version })), file])
    expect({ status: answer.status, code: error.code, ec: error.ec }).toEqual({ status, code, ec })
    expect(answer.headers.get('location')).toBeNull()
    expect(await isStored(oss.origin, 'a.txt')).toBe(false)
  })

  it.each([
    ['/a', 'with a slash in front'],
    ['\\a', 'with a backslash in front'],
    ['猫'.repeat(342), 'of 1026 bytes'],
    ['', 'that is empty'],
  ])('for a key %j %s', async (key) => {
    const oss = await startOss()
    const { error } = await post(oss, [...signedFields(oss, { key }), file])
    expect(error).toMatchObject({ code: 'InvalidObjectName', ec: '0016-00000005' })
  })

  it('for a bucket that is not there', async () => {
    const oss = await startOss()
    const { status, error } = await post(oss, [...signedFields(oss), file], { bucket: 'nowhere' })
    expect({ status, code: error.code, bucket: error.details.BucketName }).toEqual({
      status: 404,
      code: 'NoSuchBucket',
      bucket: 'nowhere',
    })
  })

  it('for another bucket than the policy names', async () => {
    const oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'other' }] })
    const { error } = await post(oss, [...signedFields(oss), file], { bucket: 'other' })
    expect(error.message).toBe('Invalid according to Policy: Policy Condition failed: ["eq", "$bucket", "photos"]')
  })

  it.each(['callback', 'x-oss-content-type', 'success_action_status', 'key'])(
    'where the bound field %s was moved behind the file',
    async (moved) => {
      const oss = await startOss()
      const fields = signedFields(oss, {
        fields: {
          callback: encodeCallback({ callbackUrl: 'http://127.0.0.1:9/', callbackBody: 'x' }),
          'x-oss-content-type': 'a/b',
          success_action_status: '200',
        },
      })
      const isMoved = ([name]: [string, string]) => name === moved
      const { status } = await post(oss, [
        ...fields.filter((field) => !isMoved(field)),
        file,
        ...fields.filter(isMoved),
      ])
      expect(status).toBe(moved === 'key' ? 400 : 403)
      expect(await isStored(oss.origin, 'a.txt')).toBe(false)
    },
  )

  it('where the same bound field comes twice with another value', async () => {
    const oss = await startOss()
    const { error } = await post(oss, [...signedFields(oss), ['Key', 'evil.txt'], file])
    expect(error.ec).toBe('0006-00000227')
  })

  it.each([
    [[0, 10], 'EntityTooLarge', '0006-00000003'],
    [[12, 20], 'EntityTooSmall', '0006-00000004'],
  ] as const)('where the file of 11 bytes is not within %j', async (sizeRange, code, ec) => {
    const oss = await startOss()
    const { status, error } = await post(oss, [...signedFields(oss, { sizeRange }), file])
    expect({ status, code: error.code, ec: error.ec }).toEqual({ status: 400, code, ec })
    expect(await isStored(oss.origin, 'a.txt')).toBe(false)
  })

  it('once its policy has expired', async () => {
    const oss = await startOss()
    const fields = signedFields(oss)
    oss.faults.set({ name: 'clock', offsetMs: 61_000 })
    const { error } = await post(oss, [...fields, file])
    expect(error).toMatchObject({ ec: '0006-00000213', message: 'Invalid according to Policy: Policy expired.' })
  })

  it.each([
    ['16 minutes ahead', 16 * 60_000],
    ['8 days old', -8 * 24 * 3_600_000],
  ])('with a V4 date that is %s', async (_what, offsetMs) => {
    const oss = await startOss()
    const fields = signedFields(oss, { now: new Date(Date.now() + offsetMs), expiresAt: new Date('2099-01-01') })
    expect((await post(oss, [...fields, file])).status).toBe(403)
  })

  it.each([
    ['matches', (body: Buffer) => body, 204],
    ['does not match', () => Buffer.from('another'), 400],
  ] as const)('by a Content-MD5 of the whole body that %s', async (_what, of, status) => {
    const oss = await startOss()
    const parts = [...signedFields(oss), file]
    const md5 = createHash('md5')
      .update(of(formBody(parts)))
      .digest('base64')
    expect((await post(oss, parts, { headers: { 'content-md5': md5 } })).status).toBe(status)
    expect(await isStored(oss.origin, 'a.txt')).toBe(status === 204)
  })

  it('early, and a client that is still sending reads why', async () => {
    const oss = await startOss()
    const parts = [...signedFields(oss), ['key', 'evil'] as const, { content: Buffer.alloc(64 * MiB) }]
    const { error } = await post(oss, parts)
    expect(error.ec).toBe('0006-00000227')
    expect(oss.requests.list()[0]?.bytesReceived).toBeLessThan(8 * MiB)
  })

  it('early, and its rest is read, so that a client that looks up only afterwards sees no reset', async () => {
    const oss = await startOss()
    const request = requestHttp(`${oss.origin}/photos`, { method: 'POST', headers: { 'content-type': FORM_TYPE } })
    request.end(formBody([...signedFields(oss), ['key', 'evil'], { content: Buffer.alloc(64 * MiB) }]))
    const [[response]] = await Promise.all([once(request, 'response'), once(request, 'finish')])
    const answer = response as IncomingMessage
    expect(answer.statusCode).toBe(403)
    expect(Buffer.concat(await answer.toArray()).toString()).toContain('<Code>AccessDenied</Code>')
  })

  it('when the client goes away in the middle, and leaves nothing behind', async () => {
    const oss = await startOss({ buckets: PUBLIC })
    const body = formBody([['key', 'half'], { content: Buffer.alloc(MiB) }])
    await expect(rawPost(oss.origin, { body, cutAfterBytes: MiB / 2 })).rejects.toThrow()
    await expect.poll(() => oss.requests.list()[0]?.message).toContain('went away')
    expect((await fetch(`${oss.origin}/photos/half`)).status).toBe(404)
  })
})

interface PolicyVector {
  id: string
  input: {
    bucket: string
    policy: object
    form: Record<string, string>
    fileSize: number
    now: string
    signatureVersion: 'V1' | 'V4'
  }
  expected: { accepted: boolean; status?: number; code?: string; message?: string; ec?: string }
}
const { vectors } = JSON.parse(
  readFileSync(new URL('../../../oss/vectors/policy-eval.json', import.meta.url), 'utf8'),
) as { vectors: PolicyVector[] }

it.each(vectors)('policy vector $id, over the wire', async ({ input, expected }) => {
  const { bucket, form, fileSize, now, signatureVersion } = input
  const oss = await startOss({
    buckets: [{ name: bucket }],
    accessKeys: [{ accessKeyId: 'ak', accessKeySecret: 'sk' }],
  })
  oss.faults.set({ name: 'clock', offsetMs: Date.parse(now) - Date.now() })
  const policy = encodeCallback({ ...input.policy })
  // Signed by hand: what is judged here is our road through a form, not our signer.
  const v4Key = ['20230101', 'cn-hangzhou', 'oss', 'aliyun_v4_request'].reduce<string | Buffer>(
    (key, text) => createHmac('sha256', key).update(text).digest(),
    'aliyun_v4sk',
  )
  const signature: [string, string][] =
    signatureVersion === 'V4'
      ? [['x-oss-signature', createHmac('sha256', v4Key).update(policy).digest('hex')]]
      : [
          ['OSSAccessKeyId', 'ak'],
          ['Signature', createHmac('sha1', 'sk').update(policy).digest('base64')],
        ]
  const parts: Part[] = [...Object.entries(form), ['policy', policy], ...signature, { content: 'x'.repeat(fileSize) }]
  const { status, error } = await post(oss, parts, { bucket })
  const { accepted, ...refusal } = expected
  if (accepted) expect(status).toBeLessThan(300)
  else expect({ status, code: error.code, message: error.message, ec: error.ec }).toMatchObject(refusal)
})

/** PostObject through a socket of its own: another Host header, pauses, cuts. Gives the status. */
function rawPost(
  origin: string,
  options: { body: Buffer; host?: string; path?: string; pauseMs?: number; cutAfterBytes?: number },
): Promise<number> {
  const { body, host = '127.0.0.1', path = '/photos', pauseMs = 0, cutAfterBytes } = options
  return new Promise((resolve, reject) => {
    const headers = { host, 'content-type': FORM_TYPE, 'content-length': body.length }
    const request = requestHttp(origin, { method: 'POST', path, headers, agent: false })
    request.on('error', reject)
    request.on('response', (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    if (cutAfterBytes !== undefined) {
      request.write(body.subarray(0, cutAfterBytes), () => setTimeout(() => request.destroy(), 100))
      return
    }
    const half = Math.floor(body.length - 100)
    request.write(body.subarray(0, half))
    void sleep(pauseMs).then(() => request.end(body.subarray(half)))
  })
}

function nameless(boundary: string): Buffer {
  return Buffer.from(`--${boundary}\r\nContent-Type: text/plain\r\n\r\nx\r\n--${boundary}--\r\n`)
}

/** Asked with the owner's key, so that an ACL does not hide the answer. */
async function isStored(origin: string, key: string): Promise<boolean> {
  const date = new Date().toUTCString()
  const signed = createHmac('sha1', accessKey.accessKeySecret)
    .update(`HEAD\n\n\n${date}\nx-oss-date:${date}\n/photos/${key}`)
    .digest('base64')
  const answer = await fetch(`${origin}/photos/${key}`, {
    method: 'HEAD',
    headers: { 'x-oss-date': date, authorization: `OSS ${accessKey.accessKeyId}:${signed}` },
  })
  if (answer.status !== 200 && answer.status !== 404) throw new Error(`HEAD answered ${answer.status}`)
  return answer.status === 200
}

import { createHash, createVerify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { createServer } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { describe, expect, it, onTestFinished } from 'vitest'
import type { Emulator } from '../emulator.ts'
import {
  type Answer,
  type Application,
  answerJson,
  answerText,
  encodeCallback,
  post,
  signedFields,
  startApplication,
  startOss,
} from '../stage/stage.fixture.ts'

const file = { content: 'hello world', name: 'a.txt', type: 'text/plain' }

interface Wanted {
  callback: Record<string, unknown>
  variables?: Record<string, string>
  content?: string | Buffer
  key?: string
}

function upload(
  oss: Emulator,
  { callback, variables = {}, content = file.content, key = 'u/a.txt' }: Wanted,
): Promise<Answer> {
  const fields = { callback: encodeCallback(callback), success_action_status: '201', ...variables }
  return post(oss, [...signedFields(oss, { key, fields }), { ...file, content }])
}

describe('a callback', () => {
  it('goes out as OSS sends it, really signed, and its answer reaches the uploader untouched', async () => {
    const oss = await startOss()
    const application = await startApplication(
      answerText('{ "url" : "/猫" }', { 'content-type': 'application/json; charset=utf-8' }),
    )
    const answer = await upload(oss, {
      callback: {
        callbackUrl: `${application.origin}/a%2Fb/猫?x=1&y=%20`.replace('猫', '%E7%8C%AB'),
        callbackBody: 'key=${object}&size=${size}',
      },
    })
    expect([answer.status, answer.text]).toEqual([200, '{ "url" : "/猫" }'])
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8')
    expect(answer.headers.get('etag')).toBe('"5EB63BBBE01EEED093CB22BB8F5ACDC3"')

    const [received] = application.received
    const body = 'key=u%2Fa.txt&size=11'
    expect(received?.body.toString()).toBe(body)
    expect(received?.url).toBe('/a%2Fb/%E7%8C%AB?x=1&y=%20')
    expect(received?.headers).toMatchObject({
      host: `127.0.0.1:${application.port}`,
      connection: 'close',
      'content-length': String(body.length),
      'content-type': 'application/x-www-form-urlencoded',
      'content-md5': createHash('md5').update(body).digest('base64'),
      'user-agent': 'aliyun-oss-callback',
      'x-oss-additional-headers': '',
      'x-oss-bucket': 'photos',
      'x-oss-pub-key-url': Buffer.from(oss.callbackKeyUrl).toString('base64'),
      'x-oss-request-id': answer.headers.get('x-oss-request-id'),
      'x-oss-signature-version': '1.0',
      'x-oss-tag': 'CALLBACK',
      'eagleeye-rpcid': '0.1',
    })
    expect(received?.headers['x-oss-owner']).toMatch(/^\d{15,18}$/)

    // Judged by Node's own verifier over text put together here: decoded path, raw query, line feed, raw body.
    const key = await (await fetch(oss.callbackKeyUrl)).text()
    const verify = (text: string) =>
      createVerify('RSA-MD5')
        .update(text)
        .verify(key, received?.headers.authorization ?? '', 'base64')
    expect(verify(`/a/b/猫?x=1&y=%20\n${body}`)).toBe(true)
    expect(verify(`/a/b/猫?x=1&y=%20\n${body}!`)).toBe(false)
  })

  it('knows every variable', async () => {
    const oss = await startOss()
    const application = await startApplication()
    const names = [
      'bucket',
      'object',
      'etag',
      'size',
      'mimeType',
      'imageInfo.width',
      'imageInfo.height',
      'imageInfo.format',
      'crc64',
      'contentMd5',
      'vpcId',
      'clientIp',
      'operation',
      'x:Order-Id',
      'x:none',
      'unknown',
    ]
    await upload(oss, {
      callback: {
        callbackUrl: application.origin,
        callbackBody: JSON.stringify(Object.fromEntries(names.map((name) => [name, `\${${name}}`]))).replace(
          /"(\$\{[^}]*\})"/g,
          '$1',
        ),
        callbackBodyType: 'application/json',
      },
      variables: { 'x:Order-Id': '"a/b" &c' },
      content: readFileSync(new URL('../stage/pixel.fixture.png', import.meta.url)),
    })
    expect(application.received[0]?.headers['content-type']).toBe('application/json')
    expect(JSON.parse(application.received[0]?.body.toString() ?? '')).toEqual({
      bucket: 'photos',
      object: 'u/a.txt',
      etag: expect.stringMatching(/^[0-9A-F]{32}$/),
      size: 68,
      mimeType: 'text/plain',
      'imageInfo.width': 1,
      'imageInfo.height': 1,
      'imageInfo.format': 'png',
      crc64: expect.stringMatching(/^\d+$/),
      contentMd5: expect.stringMatching(/^.{22}==$/),
      vpcId: null,
      clientIp: '127.0.0.1',
      operation: 'PostObject',
      'x:Order-Id': '"a/b" &c',
      'x:none': null,
      unknown: null,
    })
  })

  it.each([
    ['a text', Buffer.from('plain'), 200, 'w=&f='],
    ['nothing', Buffer.alloc(0), 200, 'w=&f='],
    ['zeros', Buffer.alloc(4096), 200, 'w=&f='],
    ['a broken PNG', Buffer.from('89504e470d0a1a0a0000', 'hex'), 203, undefined],
  ])('asked for the image in %s', async (_what, content, status, body) => {
    const oss = await startOss()
    const application = await startApplication()
    const callback = { callbackUrl: application.origin, callbackBody: 'w=${imageInfo.width}&f=${imageInfo.format}' }
    const answer = await upload(oss, { callback, content })
    expect(answer.status).toBe(status)
    expect(application.received[0]?.body.toString()).toBe(body)
    if (status === 203) expect(answer.error.message).toBe('Get image info failed.')
  })

  it('is sent to the host that it names', async () => {
    const oss = await startOss()
    const application = await startApplication()
    const callback = {
      callbackUrl: application.origin.replace('http://', ''),
      callbackBody: 'x',
      callbackHost: 'app.example:81',
    }
    expect((await upload(oss, { callback })).status).toBe(200)
    expect(application.received[0]?.headers.host).toBe('app.example:81')
  })

  it.each([
    ['with callbackSNI, the host of its URL', { callbackSNI: true }, ['localhost']],
    [
      'with callbackSNI, its callbackHost',
      { callbackSNI: true, callbackHost: 'app.example.com:8443' },
      ['app.example.com'],
    ],
    ['without callbackSNI, no host', {}, []],
    ['for an address, no host', { callbackSNI: true, callbackHost: '127.0.0.1' }, []],
  ])('names in the TLS handshake %s', async (_what, more, names) => {
    const named: string[] = []
    // It has no certificate, so that the handshake fails once it is known for whom it was: 502, as from OSS's gateway.
    const SNICallback = (name: string, done: (error: Error) => void) => {
      named.push(name)
      done(new Error('no certificate'))
    }
    const server = createTlsServer({ SNICallback })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    onTestFinished(() => void server.close())
    const address = server.address()
    const port = typeof address === 'object' ? address?.port : undefined
    const callback = { callbackUrl: `https://localhost:${port}/cb`, callbackBody: 'a', ...more }
    const { status, error } = await upload(await startOss(), { callback })
    expect([status, error.message]).toEqual([203, 'Error status : 502.'])
    expect(named).toEqual(names)
  })

  it('keeps the question mark of an empty query', async () => {
    const oss = await startOss()
    const application = await startApplication()
    await upload(oss, { callback: { callbackUrl: `${application.origin}/cb?`, callbackBody: 'x' } })
    expect(application.received[0]?.url).toBe('/cb?')
  })

  it('tries its addresses in order, each once, until one succeeds', async () => {
    const oss = await startOss()
    const broken = await startApplication((response) => response.writeHead(500).end())
    const working = await startApplication()
    const spare = await startApplication()
    const callbackUrl = [broken, working, spare].map(({ origin }) => origin).join(';')
    const answer = await upload(oss, { callback: { callbackUrl, callbackBody: 'x' } })
    expect([answer.status, answer.text]).toEqual([200, '{"Status":"OK"}'])
    expect([broken, working, spare].map(({ received }) => received.length)).toEqual([1, 1, 0])
    expect(oss.requests.list()[0]?.callbacks.map(({ status, failure }) => [status, failure])).toEqual([
      [500, 'Error status : 500.'],
      [200, undefined],
    ])
  })

  it('is none where its URL is empty', async () => {
    const oss = await startOss()
    expect((await upload(oss, { callback: { callbackUrl: '', callbackBody: 'x' } })).status).toBe(201)
  })
})

describe('203, and the object is stored, where the application', () => {
  it.each<[string, (response: ServerResponse) => void, string, string | undefined]>([
    [
      'answers 201',
      (response) => response.writeHead(201, { 'content-length': 2 }).end('{}'),
      'Error status : 201.',
      '0007-00000203',
    ],
    ['answers 204', (response) => response.writeHead(204).end(), 'Error status : 204.', '0007-00000203'],
    [
      'redirects',
      (response) => response.writeHead(301, { location: '/ok', 'content-length': 0 }).end(),
      'Error status : 301.',
      '0007-00000203',
    ],
    ['answers 500', (response) => response.writeHead(500).end('{}'), 'Error status : 500.', '0007-00000203'],
    [
      'answers in chunks',
      (response) => response.writeHead(200, { 'transfer-encoding': 'chunked' }).end('{}'),
      'Error Status : 400.User server missing content-length.',
      undefined,
    ],
    [
      'answers nothing',
      (response) => response.writeHead(200, { 'content-length': 0 }).end(),
      'Error Status : 400.User server missing content-length.',
      undefined,
    ],
    [
      'answers over 1 MB',
      answerJson('x'.repeat(1024 * 1024)),
      'Error Status : 400.User server return too long content-length value.',
      undefined,
    ],
    ['answers text', answerText('OK'), 'Response body is not valid json format.', '0007-00000205'],
    ['answers a byte order mark', answerText('\uFEFF{}'), 'Response body is not valid json format.', '0007-00000205'],
    [
      'answers broken XML',
      answerText('<a>', { 'content-type': 'application/xml' }),
      'Response body is not valid json format.',
      '0007-00000205',
    ],
    [
      'answers less than it said',
      (response) => {
        response.writeHead(200, { 'content-length': 100 }).write('{}')
        setTimeout(() => response.destroy(), 50)
      },
      'Error status : 502.',
      '0007-00000203',
    ],
    ['hangs up', (response) => response.destroy(), 'Error status : 502.', '0007-00000203'],
    ['is too slow', () => undefined, 'Cost too long time.', undefined],
  ])('%s', async (_what, respond, message, ec) => {
    const oss = await startOss({ callbackTimeoutMs: 400 })
    const application = await startApplication(respond)
    const answer = await upload(oss, { callback: { callbackUrl: application.origin, callbackBody: 'x' } })
    expect([answer.status, answer.error.code, answer.error.message, answer.error.ec]).toEqual([
      203,
      'CallbackFailed',
      message,
      ec,
    ])
    expect(answer.headers.get('content-type')).toBe('application/xml')
    expect(answer.headers.get('etag')).toBe('"5EB63BBBE01EEED093CB22BB8F5ACDC3"')
    expect(application.received.length).toBe(1)
    await expectStored(oss, application)
  })

  it.each([
    [
      'listens nowhere',
      async () => `http://127.0.0.1:${await closedPort()}`,
      'Error status : -1. OSS can not connect to your callbackUrl, please check it.',
    ],
    ['has no such name', async () => 'http://nowhere.invalid', 'Error status : 502.'],
    ['speaks no TLS', async () => (await startApplication()).origin.replace('http', 'https'), 'Error status : 502.'],
  ])('%s', async (_what, address, message) => {
    const oss = await startOss()
    const answer = await upload(oss, { callback: { callbackUrl: await address(), callbackBody: 'x' } })
    expect([answer.status, answer.error.message]).toEqual([203, message])
  })

  it('gets the XML that it may answer through', async () => {
    const oss = await startOss()
    const application = await startApplication(answerText('<ok/>', { 'content-type': 'application/xml' }))
    const answer = await upload(oss, { callback: { callbackUrl: application.origin, callbackBody: 'x' } })
    expect([answer.status, answer.text, answer.headers.get('content-type')]).toEqual([200, '<ok/>', 'application/xml'])
  })
})

describe('a callback parameter is refused with 400, and nothing is stored,', () => {
  const url = 'http://127.0.0.1:9/'
  it.each<[string, string, string, string | undefined]>([
    ['no Base64', '{"callbackUrl"', 'The callback configuration is not base64 encoded.', undefined],
    ['no JSON', Buffer.from('{]').toString('base64'), 'The callback configuration is not json format.', undefined],
    [
      'a port that is none',
      encodeCallback({ callbackUrl: 'my.com:test', callbackBody: 'x' }),
      'The callback url configuration is invalid.',
      '0007-00000004',
    ],
    [
      'six addresses',
      encodeCallback({ callbackUrl: Array(6).fill(url).join(';'), callbackBody: 'x' }),
      'The number of callback url exceed max value.',
      '0007-00000005',
    ],
    ['no body', encodeCallback({ callbackUrl: url, callbackBody: '' }), 'The callback body is empty.', '0007-00000011'],
    [
      'another body type',
      encodeCallback({ callbackUrl: url, callbackBody: 'x', callbackBodyType: 'text/plain' }),
      'The callback body type configuration is invalid.',
      '0007-00000012',
    ],
    [
      '$(object)',
      encodeCallback({ callbackUrl: url, callbackBody: '$(object)' }),
      'Left brace must be adjacent to dollar sign.',
      '0007-00000105',
    ],
    [
      'over 5 KB',
      encodeCallback({ callbackUrl: url, callbackBody: 'x'.repeat(5000) }),
      'The length of callback exceed max value.',
      '0007-00000001',
    ],
  ])('%s', async (_what, callback, message, ec) => {
    const oss = await startOss({ buckets: [{ name: 'photos', acl: 'public-read' }] })
    const answer = await post(oss, [...signedFields(oss, { fields: { callback } }), file])
    expect([answer.status, answer.error.code, answer.error.message, answer.error.ec]).toEqual([
      400,
      'InvalidArgument',
      message,
      ec,
    ])
    expect((await fetch(`${oss.origin}/photos/a.txt`)).status).toBe(404)
  })

  it('a private address, where the rules of the real service are asked for', async () => {
    const oss = await startOss({ privateCallbackHosts: 'forbidden' })
    const answer = await upload(oss, { callback: { callbackUrl: 'http://192.168.0.1/', callbackBody: 'x' } })
    expect(answer.error).toMatchObject({ message: 'Private address is forbidden to callback.', ec: '0007-00000008' })
  })
})

describe('the callback key', () => {
  it('is another one after a rotation, at the same URL', async () => {
    const oss = await startOss()
    const before = await (await fetch(oss.callbackKeyUrl)).text()
    expect(before).toContain('-----BEGIN PUBLIC KEY-----')
    await oss.rotateCallbackKey()
    expect(await (await fetch(oss.callbackKeyUrl)).text()).not.toBe(before)
  })
})

/** Another upload of the same key is refused only where the first one is there. */
async function expectStored(oss: Emulator, application: Application): Promise<void> {
  const fields = { 'x-oss-forbid-overwrite': 'true' }
  const again = await post(oss, [...signedFields(oss, { key: 'u/a.txt', fields }), file])
  expect(again.error.code).toBe('FileAlreadyExists')
  expect(application.received.length).toBe(1)
}

function closedPort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
    onTestFinished(() => void server.close())
  })
}

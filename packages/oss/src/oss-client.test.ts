import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { bucketAddress } from './bucket-address.ts'
import { staticCredentials } from './credentials.ts'
import { createOssClient, type OssClientOptions } from './oss-client.ts'
import { errorToXml, ossError } from './oss-error.ts'
import type { OssErrorName } from './oss-error-table.ts'

// The local OSS is built on this package, so here a bare server stands in and says what OSS would say.

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
})

describe('head', () => {
  it('tells what the bucket knows of an object', async () => {
    const { client, received } = await clientOf((_request, response) => {
      response.setHeader('Content-Length', 31)
      response.setHeader('Content-Type', 'image/png')
      response.setHeader('ETag', '"97E1A27874032FC4B29F007C90DFA372"')
      response.setHeader('Last-Modified', 'Sat, 12 Dec 2015 00:35:53 GMT')
      response.setHeader('x-oss-hash-crc64ecma', '11051210869376104954')
      response.setHeader('x-oss-object-type', 'Symlink')
      response.setHeader('x-oss-request-id', '566B6C3D6086505A0CFF0F68')
      response.end()
    })
    expect(await client.head('u/猫 1.png')).toEqual({
      size: 31,
      mimeType: 'image/png',
      etag: '97E1A27874032FC4B29F007C90DFA372',
      crc64: '11051210869376104954',
      objectType: 'Symlink',
      lastModified: new Date('2015-12-12T00:35:53Z'),
      requestId: '566B6C3D6086505A0CFF0F68',
    })
    expect(received).toMatchObject([{ method: 'HEAD', url: '/photos/u/%E7%8C%AB%201.png' }])
    expect(received[0]?.headers.authorization).toMatch(/^OSS4-HMAC-SHA256 Credential=ak\//)
  })

  it('is null for an object that is not there', async () => {
    const { client } = await clientOf(refuseHead('NoSuchKey'))
    expect(await client.head('k')).toBeNull()
  })

  it.each([
    ['NoSuchBucket', 'NoSuchBucket', /check bucket, region and endpoint/],
    ['BucketAclDenied', 'AccessDenied', /RAM policy/],
    ['InvalidAccessKeyId', 'InvalidAccessKeyId', /OSS_ACCESS_KEY_ID/],
    ['WrongRegion', 'InvalidArgument', /OSS_REGION/],
  ] as const)('throws for %s, with what OSS said and a hint', async (name, code, hint) => {
    const { client, received } = await clientOf(refuseHead(name))
    const error = await client.head('k').catch((error: unknown) => error)
    expect(error).toMatchObject({ name: 'OssError', code, requestId: 'R1', hint: expect.stringMatching(hint) })
    expect(received).toHaveLength(1)
  })

  it('signs V1 on request, and sends the token of temporary credentials', async () => {
    const { client, received } = await clientOf((_request, response) => response.end(), {
      version: 'V1',
      credentials: staticCredentials({ accessKeyId: 'STS.a', accessKeySecret: 'sk', securityToken: 'token' }),
    })
    await client.head('k')
    expect(received[0]?.headers).toMatchObject({
      authorization: expect.stringMatching(/^OSS STS\.a:/),
      'x-oss-security-token': 'token',
    })
  })
})

describe('a call that stumbles', () => {
  it('is made once more after a 5xx, and no third time', async () => {
    const { client, received } = await clientOf(refuseHead('InternalError'))
    await expect(client.head('k')).rejects.toMatchObject({ code: 'InternalError', status: 500 })
    expect(received).toHaveLength(2)
  })

  it('is made once more after a broken connection', async () => {
    const { client, received } = await clientOf((request, response) => {
      if (received.length === 1) request.socket.destroy()
      else response.end()
    })
    expect(await client.head('k')).toMatchObject({ size: 0 })
    expect(received).toHaveLength(2)
  })

  it('ends after its time, and says so', async () => {
    const { client } = await clientOf(() => undefined, { timeoutMs: 50 })
    await expect(client.head('k')).rejects.toMatchObject({
      code: 'NetworkError',
      message: expect.stringMatching(/^HEAD at http:\/\/127\.0\.0\.1:\d+\/photos got no answer: .*timeout/),
    })
  })

  it('never follows a redirect, which would carry the signature elsewhere', async () => {
    const { client, received } = await clientOf((_request, response) => {
      response.writeHead(302, { Location: '/elsewhere' }).end()
    })
    await expect(client.head('k')).rejects.toMatchObject({ code: 'NetworkError' })
    expect(received.some(({ url }) => url === '/elsewhere')).toBe(false)
  })
})

describe('the clock', () => {
  const localTime = new Date('2026-03-01T08:00:00Z')
  const ossTime = new Date('2026-03-01T09:00:00Z')

  it('of OSS is learned from a refusal, and the call made again by it', async () => {
    const { client, received } = await clientOf(
      (request, response) => {
        response.setHeader('Date', ossTime.toUTCString())
        if (request.headers['x-oss-date'] === '20260301T090000Z') response.end()
        else refuseHead('RequestTimeTooSkewed')(request, response)
      },
      { now: () => localTime },
    )
    expect(client.now()).toEqual(localTime)
    expect(await client.head('k')).toMatchObject({ size: 0 })
    expect(received.map(({ headers }) => headers['x-oss-date'])).toEqual(['20260301T080000Z', '20260301T090000Z'])
    expect(client.now()).toEqual(ossTime)
  })

  it('of this machine is left alone when the two agree within the header’s whole seconds', async () => {
    const { client } = await clientOf(
      (_request, response) => {
        response.setHeader('Date', new Date(localTime.getTime() + 1000).toUTCString())
        response.end()
      },
      { now: () => localTime },
    )
    await client.head('k')
    expect(client.now()).toEqual(localTime)
  })
})

describe('read', () => {
  const content = Buffer.from('0123456789')

  it('gives the bytes of a range', async () => {
    const { client, received } = await clientOf((_request, response) => {
      response.writeHead(206).end(content.subarray(2, 5))
    })
    expect(Buffer.from(await client.read('k', { start: 2, end: 4 })).toString()).toBe('234')
    expect(received[0]?.headers.range).toBe('bytes=2-4')
  })

  it('cuts the range out itself where the whole object came', async () => {
    const { client } = await clientOf((_request, response) => response.end(content))
    expect(Buffer.from(await client.read('k', { start: 2, end: 4 })).toString()).toBe('234')
  })

  it('is of the object of one ETag, where that is asked for', async () => {
    const { client, received } = await clientOf((_request, response) => response.writeHead(412).end())
    const reading = client.read('k', { start: 0, end: 1, etag: 'ABC' })
    await expect(reading).rejects.toMatchObject({ status: 412 })
    expect(received[0]?.headers['if-match']).toBe('"ABC"')
  })

  it('throws for an object that is not there', async () => {
    const { client } = await clientOf((_request, response) => {
      response.writeHead(404).end(errorToXml(ossError('NoSuchKey'), { requestId: 'R1', hostId: 'h' }))
    })
    await expect(client.read('k', { start: 0, end: 1 })).rejects.toMatchObject({ code: 'NoSuchKey', requestId: 'R1' })
  })
})

it('remove takes the object away', async () => {
  const { client, received } = await clientOf((_request, response) => response.writeHead(204).end())
  await client.remove('k')
  expect(received).toMatchObject([{ method: 'DELETE', url: '/photos/k' }])
})

it('presign makes a URL for the address that its holder will use', async () => {
  const { client, received } = await clientOf((_request, response) => response.end())
  const address = { name: 'photos', region: 'cn-hangzhou', url: 'https://cdn.example.com' }
  const url = await client.presign({ method: 'GET', key: 'k', expiresInSeconds: 60, address })
  expect(url).toMatch(/^https:\/\/cdn\.example\.com\/k\?x-oss-signature-version=/)
  expect(received).toEqual([])
})

describe('an upload in parts', () => {
  const xml =
    (text: string): RequestListener =>
    (_request, response) =>
      void response.end(text)
  const part = (number: number) =>
    `<Part><PartNumber>${number}</PartNumber><ETag>"E${number}"</ETag><Size>${number * 100}</Size></Part>`

  it('begins with its upload id', async () => {
    const { client, received } = await clientOf(
      xml('<InitiateMultipartUploadResult><UploadId>0004B9</UploadId></InitiateMultipartUploadResult>'),
    )
    expect(await client.initiateMultipart('u/猫', { 'content-type': 'image/png' })).toBe('0004B9')
    expect(received).toMatchObject([{ method: 'POST', url: '/photos/u/%E7%8C%AB?uploads' }])
    expect(received[0]?.headers['content-type']).toBe('image/png')
  })

  it('lists its parts, page after page', async () => {
    const { client, received } = await clientOf((request, response) => {
      const isFirst = request.url?.includes('part-number-marker=0')
      const end = isFirst
        ? '<IsTruncated>true</IsTruncated><NextPartNumberMarker>2</NextPartNumberMarker>'
        : '<IsTruncated>false</IsTruncated><NextPartNumberMarker>7</NextPartNumberMarker>'
      const parts = isFirst ? [1, 2] : [7]
      response.end(`<ListPartsResult>${end}${parts.map(part).join('')}</ListPartsResult>`)
    })
    expect(await client.listParts('k', 'a&b')).toEqual([
      { partNumber: 1, size: 100, etag: 'E1' },
      { partNumber: 2, size: 200, etag: 'E2' },
      { partNumber: 7, size: 700, etag: 'E7' },
    ])
    expect(received.map(({ url }) => url)).toEqual([
      '/photos/k?uploadId=a%26b&max-parts=1000&part-number-marker=0',
      '/photos/k?uploadId=a%26b&max-parts=1000&part-number-marker=2',
    ])
  })

  it('is not asked for the same page for ever', async () => {
    const { client, received } = await clientOf(
      xml(`<ListPartsResult><IsTruncated>true</IsTruncated>${part(1)}</ListPartsResult>`),
    )
    expect(await client.listParts('k', 'U')).toHaveLength(1)
    expect(received).toHaveLength(1)
  })

  it('becomes an object of the very parts that are named', async () => {
    let body = ''
    const { client, received } = await clientOf(async (request, response) => {
      for await (const chunk of request) body += chunk
      response.end('<CompleteMultipartUploadResult/>')
    })
    const parts = [
      { partNumber: 1, etag: 'E1' },
      { partNumber: 2, etag: '<&' },
    ]
    await client.completeMultipart('k', 'U', parts, { 'x-oss-forbid-overwrite': 'true' })
    expect(body).toBe(
      '<CompleteMultipartUpload><Part><PartNumber>1</PartNumber><ETag>"E1"</ETag></Part><Part><PartNumber>2</PartNumber><ETag>"&lt;&amp;"</ETag></Part></CompleteMultipartUpload>',
    )
    expect(received).toMatchObject([{ method: 'POST', url: '/photos/k?uploadId=U' }])
    expect(received[0]?.headers).toMatchObject({ 'x-oss-forbid-overwrite': 'true', 'content-type': 'application/xml' })
  })

  it('may take longer to become an object than any other call', async () => {
    const { client } = await clientOf((_request, response) => void setTimeout(() => response.end(), 200), {
      timeoutMs: 50,
      completeTimeoutMs: 5000,
    })
    await client.completeMultipart('k', 'U', [{ partNumber: 1, etag: 'E' }])
    await expect(client.listParts('k', 'U')).rejects.toMatchObject({ code: 'NetworkError' })
  })

  it('that is not there: aborting does nothing, listing and completing say so', async () => {
    const { client } = await clientOf((_request, response) => {
      response.writeHead(404).end(errorToXml(ossError('NoSuchUpload'), { requestId: 'R1', hostId: 'h' }))
    })
    await client.abortMultipart('k', 'U')
    await expect(client.listParts('k', 'U')).rejects.toMatchObject({ code: 'NoSuchUpload', requestId: 'R1' })
    await expect(client.completeMultipart('k', 'U', [])).rejects.toMatchObject({ code: 'NoSuchUpload' })
  })

  it('that may not be aborted: says so', async () => {
    const { client, received } = await clientOf((_request, response) => {
      response.writeHead(403).end(errorToXml(ossError('BucketAclDenied'), { requestId: 'R1', hostId: 'h' }))
    })
    await expect(client.abortMultipart('k', 'U')).rejects.toMatchObject({ code: 'AccessDenied' })
    expect(received).toMatchObject([{ method: 'DELETE', url: '/photos/k?uploadId=U' }])
  })

  it.each([
    ['a page of a proxy', '<html></html>', 'is no ListPartsResult'],
    ['no XML', 'hello', 'is no ListPartsResult'],
    [
      'a size that is none',
      '<ListPartsResult><Part><PartNumber>1</PartNumber><ETag>E</ETag><Size>-1</Size></Part></ListPartsResult>',
      'has the Size "-1"',
    ],
    [
      'no ETag',
      '<ListPartsResult><Part><PartNumber>1</PartNumber><Size>1</Size></Part></ListPartsResult>',
      'has no ETag',
    ],
  ])('of which %s is answered: says what is wrong with it', async (_case, text, fault) => {
    const { client } = await clientOf(xml(text))
    await expect(client.listParts('k', 'U')).rejects.toMatchObject({
      name: 'OssError',
      code: 'AnswerUnreadable',
      message: `The answer ${fault}`,
    })
  })

  it.each(['V4', 'V1'] as const)('gives a %s URL for one part of one upload', async (version) => {
    const { client } = await clientOf(xml(''), { version })
    const url = new URL(await client.presignPart({ key: 'k', uploadId: 'U', partNumber: 7, expiresInSeconds: 60 }))
    expect(Object.fromEntries(url.searchParams)).toMatchObject({ partNumber: '7', uploadId: 'U' })
  })
})

/** HEAD has no body: the error travels in a header. */
function refuseHead(name: OssErrorName): RequestListener {
  return (_request, response) => {
    const error = ossError(name)
    const xml = errorToXml(error, { requestId: 'R1', hostId: 'h' })
    response.writeHead(error.status, { 'x-oss-err': Buffer.from(xml).toString('base64') }).end()
  }
}

async function clientOf(answer: RequestListener, options: Partial<OssClientOptions> = {}) {
  const received: IncomingMessage[] = []
  const server = createServer((request, response) => {
    received.push(request)
    answer(request, response)
  })
  servers.push(server)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const address = bucketAddress({ bucket: 'photos', region: 'cn-hangzhou', endpoint })
  const credentials = staticCredentials({ accessKeyId: 'ak', accessKeySecret: 'sk' })
  return { received, client: createOssClient({ address, credentials, ...options }) }
}

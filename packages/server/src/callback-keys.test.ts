import { generateKeyPairSync } from 'node:crypto'
import { createServer, type RequestListener, type Server } from 'node:http'
import { signCallback } from '@oss-direct/oss'
import { afterEach, describe, expect, it } from 'vitest'
import { createCallbackKeys } from './callback-keys.ts'

const production = 'http://gosspublic.alicdn.com/callback_pub_key_v1.pem'
const base64 = (text: string) => Buffer.from(text).toString('base64')

// A recorded callback of the real service. Source: OSS Developer Reference, Callback.
const recorded = {
  requestUri: '/index.php?id=1&index=2',
  body: Buffer.from('bucket=yonghu-test'),
  authorization: 'kKQeGTRccDKyHB3H9vF+xYMSrmhMZjzzl2/kdD1ktNVgbWEfYTQG0G2SU/RaHBovRCE8OkQDjC3uG33esH2txA==',
}

let server: Server | undefined
let requests: string[] = []
afterEach(() => {
  server?.close()
  server = undefined
})

describe("OSS's own key", () => {
  it.each([production, production.replace('http:', 'https:')])(
    'is pinned: %s is verified without any fetch',
    async (url) => {
      const { keys, fetched } = keysThatMayNotFetch()
      await keys.verify({ ...recorded, keyUrl: base64(url) })
      expect(fetched).toEqual([])
    },
  )

  it('is fetched again, by https alone, only after a failure, and once in five minutes', async () => {
    let now = 0
    const { keys, fetched } = keysThatMayNotFetch(() => new Date(now))
    const forged = { ...recorded, body: Buffer.from('bucket=another'), keyUrl: base64(production) }
    await expect(keys.verify(forged)).rejects.toMatchObject({ code: 'callback-key-unavailable' })
    await expect(keys.verify(forged)).rejects.toMatchObject({ code: 'callback-signature-invalid' })
    now = 5 * 60_000 - 1
    await expect(keys.verify(forged)).rejects.toMatchObject({ code: 'callback-signature-invalid' })
    expect(fetched).toEqual([production.replace('http:', 'https:')])
    now = 5 * 60_000
    await expect(keys.verify(forged)).rejects.toMatchObject({ code: 'callback-key-unavailable' })
    expect(fetched).toHaveLength(2)
    await keys.verify({ ...recorded, keyUrl: base64(production) })
  })
})

describe('a key address that is not one of the allowed', () => {
  it.each([
    'http://gosspublic.alicdn.com.evil.example/callback_pub_key_v1.pem',
    'http://gosspublic.alicdn.com@evil.example/callback_pub_key_v1.pem',
    'http://evil.example#gosspublic.alicdn.com/callback_pub_key_v1.pem',
    'http://evil.example/?http://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    'http://gosspublic.alicdn.com:8080/callback_pub_key_v1.pem',
    'http://gosspublic.alicdn.com/../callback_pub_key_v1.pem',
    'http://gosspublic.alicdn.com/other.pem',
    'HTTP://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    'ftp://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    'file:///etc/passwd',
    'http://127.0.0.1/callback_pub_key_v1.pem',
    'http://169.254.169.254/latest/meta-data',
    'http://[::1]/callback_pub_key_v1.pem',
    `${production}\n`,
    ` ${production}`,
    '',
  ])('%j is refused, and nothing is fetched', async (url) => {
    const { keys, fetched } = keysThatMayNotFetch()
    await expect(keys.verify({ ...recorded, keyUrl: base64(url) })).rejects.toMatchObject({
      code: 'callback-key-url-refused',
      hint: expect.any(String),
    })
    expect(fetched).toEqual([])
  })

  it.each([
    ['no header', undefined],
    ['an address that is not encoded', production],
    ['Base64 with a line break', `${base64(production).slice(0, 20)}\n${base64(production).slice(20)}`],
    ['Base64 without padding', base64(production).replace(/=+$/, '')],
  ])('%s is refused', async (_case, keyUrl) => {
    await expect(keysThatMayNotFetch().keys.verify({ ...recorded, keyUrl })).rejects.toMatchObject({
      code: 'callback-key-url-refused',
    })
  })
})

describe('a local key', () => {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = publicKey.export({ type: 'spki', format: 'pem' })
  const signed = { requestUri: '/cb', body: Buffer.from('a=b') }
  const authorization = signCallback({ ...signed, privateKey })

  it('is fetched once, for however many callbacks', async () => {
    const url = await serve((_request, response) => setTimeout(() => response.end(pem), 20))
    const keys = createCallbackKeys({ urls: [url] })
    await Promise.all(Array.from({ length: 10 }, () => keys.verify({ ...signed, authorization, keyUrl: base64(url) })))
    expect(requests).toEqual(['/key.pem'])
  })

  it.each<[string, RequestListener]>([
    ['redirects', (_request, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['answers an error', (_request, response) => response.writeHead(404).end(pem)],
    ['answers a page', (_request, response) => response.end('<html>login</html>')],
    [
      'answers another kind of key',
      (_request, response) =>
        response.end(generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })),
    ],
    ['answers without end', (_request, response) => void response.write('x'.repeat(9000))],
  ])('whose address %s is unavailable, and tried again later', async (_case, listener) => {
    let isMended = false
    const url = await serve((request, response) => (isMended ? response.end(pem) : listener(request, response)))
    const keys = createCallbackKeys({ urls: [url] })
    const callback = { ...signed, authorization, keyUrl: base64(url) }
    await expect(keys.verify(callback)).rejects.toMatchObject({ code: 'callback-key-unavailable' })
    expect(requests).toEqual(['/key.pem'])
    isMended = true
    await keys.verify(callback)
  })
})

function keysThatMayNotFetch(now = () => new Date(0)) {
  const fetched: string[] = []
  const keys = createCallbackKeys({
    now,
    fetch: (input) => {
      fetched.push(String(input))
      return Promise.reject(new TypeError('no network here'))
    },
  })
  return { keys, fetched }
}

function serve(listener: RequestListener): Promise<string> {
  requests = []
  const started = createServer((request, response) => {
    requests.push(request.url ?? '')
    listener(request, response)
  })
  server = started
  return new Promise((resolve) => {
    started.listen(0, '127.0.0.1', () => {
      const address = started.address()
      resolve(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/key.pem`)
    })
  })
}

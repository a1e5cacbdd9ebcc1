import type { RequestListener } from 'node:http'
import { describe, expect, it } from 'vitest'
import { examine, keysLeft, startApplication, startOss, startServer, variablesOf } from '../../test/stage.ts'

describe('what is wrong with the callback', () => {
  const html = (status: number, headers: Record<string, string> = {}): RequestListener => {
    const text = '<html>Sign in</html>'
    return (_request, response) => {
      response.writeHead(status, { 'content-type': 'text/html', 'content-length': text.length, ...headers }).end(text)
    }
  }

  it.each<[string, RequestListener, RegExp]>([
    [
      'redirects to a sign-in page',
      html(302, { location: 'https://sso.example.com/login?state=hunter2' }),
      /^wrong callback: http.* redirects to https:\/\/sso\.example\.com\/login \(CallbackFailed, .*Exempt the path/,
    ],
    [
      'answers HTML',
      html(200),
      /^wrong callback: http.* answers with something else than JSON .*: exempt the path from bot checks/,
    ],
    ['is no server of ours', html(404), /^wrong callback: There is nothing at http.* Check the path/],
    ['is refused in front', html(403), /^wrong callback: http.* answers 403 .*Something in front of the server/],
    ['breaks', html(500), /^wrong callback: http.* answers 500/],
    [
      'answers late',
      () => undefined,
      /^wrong callback: http.* did not answer within 5 s \(CallbackFailed: Cost too long time\.\)/,
    ],
    [
      'believes everything',
      (_request, response) => void response.writeHead(200, { 'content-length': 2 }).end('{}'),
      /^warning callback: http.* answers 200 to a callback about an upload that there is not/,
    ],
  ])('it %s', async (_what, listener, sentence) => {
    // What takes OSS five seconds takes this one less, and is the same to whoever asks.
    const oss = await startOss({ callbackTimeoutMs: 300 })
    const { lines, unwell } = await examine(variablesOf(oss, { CALLBACK_URL: await startApplication(listener) }))
    expect(unwell).toEqual([expect.stringMatching(sentence)])
    expect(lines.join()).not.toContain('hunter2')
    expect(await keysLeft(oss)).toEqual([])
  })

  it('nobody listens there', async () => {
    const oss = await startOss()
    const { unwell } = await examine(variablesOf(oss, { CALLBACK_URL: 'http://127.0.0.1:1/uploads/callback' }))
    expect(unwell).toEqual([
      expect.stringMatching(/^wrong callback: Nobody answers at http:\/\/127.0.0.1:1\/uploads\/call/),
    ])
  })

  it('the name leads nowhere', async () => {
    const oss = await startOss()
    const { unwell } = await examine(variablesOf(oss, { CALLBACK_URL: 'http://app.invalid/uploads/callback' }))
    expect(unwell).toEqual([expect.stringMatching(/^wrong callback: OSS found no server behind http:\/\/app.invalid/)])
  })

  it('OSS does not take a private address', async () => {
    const oss = await startOss({ privateCallbackHosts: 'forbidden' })
    const { unwell } = await examine(variablesOf(oss, { CALLBACK_URL: 'http://10.0.0.1/uploads/callback' }))
    expect(unwell).toEqual([
      expect.stringMatching(/^wrong callback: OSS does not take http:\/\/10.0.0.1.*0007-00000008.* set it to none\.$/),
    ])
  })

  it('the server knows another key, and does not take the signature', async () => {
    const oss = await startOss()
    const { unwell } = await examine(variablesOf(oss, { CALLBACK_URL: await startServer(oss, []) }))
    expect(unwell).toEqual([
      expect.stringMatching(/^wrong callback: OSS reached the server at http.*, and it does not take the signature/),
    ])
  })
})

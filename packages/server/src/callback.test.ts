import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import { signCallback } from '@oss-direct/oss'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import {
  type Client,
  callbackBodyOf,
  callbackRefusals,
  type FormGrant,
  postForm,
  type Stage,
  startStage,
} from '../test/stage.ts'
import { uploadRoute } from './upload-route.ts'

const hookRuns: string[] = []
let stage: Stage
let ann: Client

beforeAll(async () => {
  stage = await startStage({
    routes: {
      demo: uploadRoute({
        onUploaded: ({ id, size, evidence }) => {
          hookRuns.push(id)
          return { size, evidence, run: hookRuns.length }
        },
      }),
      json: uploadRoute({
        accept: ['image/png'],
        callback: { bodyType: 'application/json', variables: { album: 'a "b" é' }, imageInfo: true },
        onUploaded: ({ variables, imageInfo, clientIp, requestId }) => ({ variables, imageInfo, clientIp, requestId }),
      }),
    },
  })
  ann = stage.as('ann')
})
afterAll(() => stage.close())
beforeEach(() => {
  hookRuns.length = 0
})

describe('a callback', () => {
  it('settles the record, and OSS hands the answer of the application to the browser', async () => {
    const grant = await ann.grant()
    const answer = await postForm(grant, 'hello')
    expect(answer.status).toBe(200)
    const settled = { id: grant.id, status: 'settled', result: { size: 5, evidence: 'callback', run: 1 } }
    expect(await answer.json()).toEqual(settled)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'settled', result: settled.result, object: { size: 5 } })
  })

  it('is read as JSON where the route asks for it, with variables and image facts', async () => {
    const grant = await ann.grant({ name: 'dot.png', type: 'image/png', size: DOT.length }, 'json')
    const form = new FormData()
    for (const [name, value] of Object.entries(grant.fields)) form.append(name, value)
    form.append('file', new Blob([DOT]))
    const answer = await fetch(grant.url, { method: 'POST', body: form })
    expect(await answer.json()).toMatchObject({
      result: {
        variables: { album: 'a "b" é' },
        imageInfo: { width: 1, height: 1, format: 'png' },
        clientIp: '127.0.0.1',
        requestId: answer.headers.get('x-oss-request-id'),
      },
    })
  })

  it('settles the record once, however often OSS delivers it', async () => {
    const grant = await ann.grant()
    const first = await (await postForm(grant, 'hello')).json()
    expect(await stage.haveOssSay(callbackBodyOf(grant))).toBe(200)
    expect((await ann.confirm(grant.id)).body).toEqual(first)
    expect(hookRuns).toEqual([grant.id])
  })

  it('delivered 10 times at once runs the hook once and has one result', async () => {
    const grant = await ann.grant()
    await storeUnseen(grant)
    const statuses = await Promise.all(Array.from({ length: 10 }, () => stage.haveOssSay(callbackBodyOf(grant))))
    expect(statuses).toContain(200)
    // Who came while the first was at work is told to ask again; who came later gets the same answer.
    expect(statuses.filter((status) => status !== 200 && status !== 503)).toEqual([])
    expect(hookRuns).toEqual([grant.id])
    expect((await ann.record(grant.id)).result).toMatchObject({ run: 1 })
  })
})

describe('a callback is refused', () => {
  it('and nothing is fetched, when it names a key that is not one of the configured', async () => {
    let fetched = 0
    const trap = createServer((_request, response) => {
      fetched += 1
      response.end()
    })
    await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve))
    const port = (trap.address() as { port: number }).port
    const path = '/_callback/callback_pub_key_v1.pem'
    for (const url of [
      `http://127.0.0.1:${port}${path}`,
      `${stage.emulator.callbackKeyUrl}?x`,
      `${stage.emulator.callbackKeyUrl}#x`,
      stage.emulator.callbackKeyUrl.replace('http:', 'https:'),
      stage.emulator.callbackKeyUrl.replace('127.0.0.1', `127.0.0.1@127.0.0.1:${port}`),
      'http://gosspublic.alicdn.com/callback_pub_key_v1.pem',
    ]) {
      const answer = await postCallback({ keyUrl: url })
      expect(await answer.json(), url).toMatchObject({ code: 'callback-key-url-refused', hint: expect.any(String) })
      expect(answer.status).toBe(403)
    }
    trap.close()
    expect(fetched).toBe(0)
  })

  it.each([
    ['a signature of another key', { signer: generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey }],
    ['no signature', { authorization: undefined }],
    ['a signature that is no Base64', { authorization: '*' }],
  ])('when it carries %s', async (_case, forgery) => {
    const answer = await postCallback(forgery)
    expect(await answer.json()).toMatchObject({ code: 'callback-signature-invalid' })
  })

  it('when its body is larger than 64 KiB, before anything else is looked at', async () => {
    const answer = await postCallback({ body: `a=${'x'.repeat(64 * 1024)}`, keyUrl: 'http://evil.example/' })
    expect(answer.status).toBe(413)
    expect(await answer.json()).toMatchObject({ code: 'callback-body-too-large' })
  })

  it('when OSS signed it for another path of ours', async () => {
    const grant = await ann.grant()
    expect(await stage.haveOssSay(callbackBodyOf(grant), { path: '/uploads/callback?x=1' })).toBe(403)
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted' })
  })

  it('without an object behind it, though OSS really signed it and the ticket is the own one', async () => {
    const grant = await ann.grant()
    const code = await refusalCode(() => stage.haveOssSay(callbackBodyOf(grant)))
    expect(code).toEqual(['object-absent'])
    expect(await ann.record(grant.id)).toMatchObject({ status: 'granted' })
    expect(hookRuns).toEqual([])
  })

  it.each([
    [
      'callback-ticket-invalid',
      'a ticket of another record',
      (body: string, other: FormGrant) =>
        body.replace(/id=\w+/, `id=${other.id}`).replaceAll(encodeURIComponent(body), ''),
    ],
    [
      'callback-ticket-invalid',
      'a ticket with a later deadline',
      (body: string) => body.replace(/ticket=t1\.(\d+)/, (_, at) => `ticket=t1.${Number(at) + 1}`),
    ],
    [
      'callback-ticket-invalid',
      'a ticket with another signature',
      (body: string) =>
        body.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A')).replace(/ticket=(.{14}).(.*)/, 'ticket=$1x$2'),
    ],
    ['callback-object-foreign', 'another bucket', (body: string) => body.replace('bucket=uploads', 'bucket=elsewhere')],
    ['callback-object-foreign', 'another key', (body: string) => body.replace('object=demo', 'object=other')],
    ['upload-not-found', 'an unknown record', (body: string) => body.replace(/id=\w+/, `id=${'0'.repeat(32)}`)],
    ['callback-body-invalid', 'no ticket', (body: string) => body.replace(/&ticket=.*/, '')],
    ['callback-body-invalid', 'a size that is none', (body: string) => body.replace('size=5', 'size=many')],
  ])('as %s, with %s', async (code, _case, alter) => {
    const [grant, other] = [await ann.grant(), await ann.grant()]
    const body = alter(callbackBodyOf(grant), other)
    expect(body).not.toBe(callbackBodyOf(grant))
    expect(await refusalCode(() => stage.haveOssSay(body))).toEqual([code])
    for (const { id } of [grant, other]) expect(await ann.record(id)).toMatchObject({ status: 'granted' })
  })

  it.each([
    ['an object that is no text', '{"toString":null,"valueOf":null}'],
    ['nothing', 'null'],
  ])('as callback-body-invalid, with %s in the place of a text', async (_case, value) => {
    const body = `{"bucket":"uploads","object":"a","etag":"a","size":1,"mimeType":"a","ticket":"t","id":${value}}`
    const answered = await refusalCode(() => stage.haveOssSay(body, { type: 'application/json' }))
    expect(answered).toEqual(['callback-body-invalid'])
  })

  it('when its ticket has ended', async () => {
    const late = await startStage({ uploads: { policyLifetimeMs: 1000, maxTransferMs: -2000 } })
    const grant = await late.as('ann').grant()
    await late.haveOssSay(callbackBodyOf(grant))
    expect(callbackRefusals(late)).toEqual(['callback-ticket-expired'])
    await late.close()
  })
})

describe('the key of callbacks', () => {
  it('may change: the next callback is verified all the same, and forged ones make us fetch no more', async () => {
    const fetched: string[] = []
    const rotating = await startStage({
      uploads: {
        fetch: (input, init) => {
          fetched.push(String(input))
          return fetch(input, init)
        },
      },
    })
    const keyFetches = () => fetched.filter((url) => url === rotating.emulator.callbackKeyUrl).length
    const bob = rotating.as('bob')
    expect((await postForm(await bob.grant(), 'hello')).status).toBe(200)
    expect(keyFetches()).toBe(1)

    await rotating.emulator.rotateCallbackKey()
    const answers = await Promise.all(
      Array.from({ length: 5 }, async () => (await postForm(await bob.grant(), 'hello')).status),
    )
    expect(answers).toEqual([200, 200, 200, 200, 200])
    expect(keyFetches()).toBe(2)

    for (let i = 0; i < 5; i++) {
      const { origin, emulator } = rotating
      expect((await postCallback({ keyUrl: emulator.callbackKeyUrl }, origin)).status).toBe(403)
    }
    expect(keyFetches()).toBe(2)
    await rotating.close()
  })

  it('is unavailable: a refusal of its own, and the upload is confirmed all the same', async () => {
    const lonely = await startStage({
      uploads: { fetch: (input, init) => fetch(String(input).replace('_callback', 'gone'), init) },
    })
    const grant = await lonely.as('ann').grant()
    expect((await postForm(grant, 'hello')).status).toBe(203)
    expect(callbackRefusals(lonely)).toEqual(['callback-key-unavailable'])
    expect((await lonely.as('ann').confirm(grant.id)).status).toBe(200)
    await lonely.close()
  })
})

describe('a callback of a record that is being settled', () => {
  it('is told when to come again', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 1024 })
    const busy = await startStage({
      // OSS's key is ours, so that we hear what OSS would.
      uploads: { fetch: async () => new Response(publicKey.export({ type: 'spki', format: 'pem' })) },
    })
    const grant = await busy.as('ann').grant()
    const now = new Date()
    await busy.store.claim(grant.id, { holder: 'another server', until: new Date(now.getTime() + 60_000), now })
    const keyUrl = busy.emulator.callbackKeyUrl
    const answer = await postCallback({ body: callbackBodyOf(grant), keyUrl, signer: privateKey }, busy.origin)
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1'])
    expect(await answer.json()).toMatchObject({ code: 'settling-elsewhere' })
    const removal = await busy.as('ann').send('DELETE', `/${grant.id}`)
    expect([removal.status, removal.headers.get('retry-after')]).toEqual([503, '1'])
    await busy.close()
  })
})

interface Forgery {
  body?: string
  keyUrl?: string
  authorization?: string | undefined
  signer?: ReturnType<typeof generateKeyPairSync>['privateKey']
}

const foreignKey = generateKeyPairSync('rsa', { modulusLength: 1024 }).privateKey

function postCallback(forgery: Forgery, origin = stage.origin): Promise<Response> {
  const { body = 'a=b', keyUrl = stage.emulator.callbackKeyUrl, signer = foreignKey } = forgery
  const signed = signCallback({ requestUri: '/uploads/callback', body: Buffer.from(body), privateKey: signer })
  const authorization = 'authorization' in forgery ? forgery.authorization : signed
  return fetch(`${origin}/uploads/callback`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      'x-oss-pub-key-url': Buffer.from(keyUrl).toString('base64'),
      ...(authorization === undefined ? {} : { authorization }),
    },
    body,
  })
}

/** What callbacks were refused with meanwhile. */
async function refusalCode(act: () => Promise<unknown>): Promise<string[]> {
  const before = callbackRefusals(stage).length
  await act()
  return callbackRefusals(stage).slice(before)
}

/** Puts the object where the grant wants it, without us being told. */
async function storeUnseen(grant: FormGrant): Promise<void> {
  stage.emulator.faults.set({ name: 'callback-lost', count: 1 })
  expect((await postForm(grant, 'hello')).status).toBe(203)
}

const DOT = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

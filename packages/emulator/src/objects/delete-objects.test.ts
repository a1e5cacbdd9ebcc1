import { createHash } from 'node:crypto'
import { beforeEach, describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { sendSigned } from '../stage/signed-request.fixture.ts'
import { startOss } from '../stage/stage.fixture.ts'

let oss: Emulator
beforeEach(async () => {
  oss = await startOss({ buckets: [{ name: 'photos' }, { name: 'open', acl: 'public-read-write' }] })
})

const put = (key: string, body = key, headers: Record<string, string> = {}) =>
  sendSigned(oss, 'PUT', { key, body, headers })
const read = async (key: string) => (await sendSigned(oss, 'GET', { key })).text

describe('DeleteMultipleObjects', () => {
  const xml = (keys: readonly string[], more = '') =>
    `<Delete>${more}${keys.map((key) => `<Object><Key>${key}</Key></Object>`).join('')}</Delete>`
  const md5 = (text: string) => createHash('md5').update(text).digest('base64')
  const deleteAll = (body: string, more: { query?: object; headers?: Record<string, string> } = {}) =>
    sendSigned(oss, 'POST', {
      query: { delete: '', ...more.query },
      headers: { 'content-md5': md5(body), 'content-type': 'application/xml', ...more.headers },
      body,
    })

  it('tells of each key, encoded on request', async () => {
    await put('a b')
    const { status, text } = await deleteAll(xml(['a b', '猫']), { query: { 'encoding-type': 'url' } })
    expect(status).toBe(200)
    expect(text).toContain(
      '<DeleteResult><EncodingType>url</EncodingType><Deleted><Key>a%20b</Key></Deleted><Deleted><Key>%E7%8C%AB</Key></Deleted></DeleteResult>',
    )
    expect((await sendSigned(oss, 'GET', { key: 'a b' })).status).toBe(404)
  })

  it('says nothing where it is to be quiet', async () => {
    await put('a')
    const { status, text } = await deleteAll(xml(['a'], '<Quiet>true</Quiet>'))
    expect([status, text]).toEqual([200, ''])
    expect((await sendSigned(oss, 'GET', { key: 'a' })).status).toBe(404)
  })

  it('needs a Content-MD5', async () => {
    const body = xml(['a'])
    const { status, error } = await sendSigned(oss, 'POST', { query: { delete: '' }, body })
    expect([status, error]).toEqual([
      400,
      expect.objectContaining({
        code: 'MissingArgument',
        ec: '0016-00000606',
        details: { ArgumentName: 'Content-MD5' },
      }),
    ])
    expect((await deleteAll(body, { headers: { 'content-md5': md5('x') } })).error.code).toBe('InvalidDigest')
  })

  const many = Array.from({ length: 1001 }, (_, at) => `k${at}`)
  it.each([
    ['no XML', 'keys please'],
    ['another root', '<Remove><Object><Key>a</Key></Object></Remove>'],
    ['no key', '<Delete></Delete>'],
    ['an object without one', '<Delete><Object></Object></Delete>'],
    ['an odd Quiet', xml(['a'], '<Quiet>please</Quiet>')],
    ['1001 keys', xml(many)],
    ['more than 2 MB', xml(['a'], `<!--${'x'.repeat(2 * 1024 * 1024)}-->`)],
    ['an entity of its own', `<!DOCTYPE d [<!ENTITY k "a">]>${xml(['&k;'])}`],
  ])('refuses %s, and deletes nothing', async (_case, body) => {
    await put('a')
    const { status, error } = await deleteAll(body)
    expect([status, error.code]).toEqual([400, 'MalformedXML'])
    expect(await read('a')).toBe('a')
  })

  it('takes 1000 keys', async () => {
    await put('k999')
    const { status, text } = await deleteAll(xml(many.slice(0, 1000)))
    expect([status, text.match(/<Deleted>/g)?.length]).toEqual([200, 1000])
    expect((await sendSigned(oss, 'GET', { key: 'k999' })).status).toBe(404)
  })

  it('refuses all where one may not be deleted', async () => {
    for (const [key, acl] of [
      ['mine', 'private'],
      ['ours', 'default'],
    ] as const) {
      await sendSigned(oss, 'PUT', { bucket: 'open', key, body: 'x', headers: { 'x-oss-object-acl': acl } })
    }
    const anonymous = (keys: string[]) =>
      fetch(`${oss.origin}/open/?delete`, {
        method: 'POST',
        headers: { 'content-md5': md5(xml(keys)) },
        body: xml(keys),
      })
    expect((await anonymous(['ours', 'mine'])).status).toBe(403)
    expect((await sendSigned(oss, 'GET', { bucket: 'open', key: 'ours' })).status).toBe(200)
    expect((await anonymous(['ours'])).status).toBe(200)
    expect((await sendSigned(oss, 'GET', { bucket: 'open', key: 'ours' })).status).toBe(404)
  })
})

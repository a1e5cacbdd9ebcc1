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
const head = async (key: string) => (await sendSigned(oss, 'HEAD', { key })).headers
const read = async (key: string) => (await sendSigned(oss, 'GET', { key })).text

describe('AppendObject', () => {
  const append = (key: string, position: string, body: string, headers: Record<string, string> = {}) =>
    sendSigned(oss, 'POST', { key, query: { append: '', position }, body, headers })

  it('answers with CRC and ETag of the whole, and with the next position', async () => {
    const first = await append('log', '0', '12345', { 'x-oss-meta-of': 'first', 'content-type': 'text/log' })
    expect(first.headers.get('x-oss-next-append-position')).toBe('5')
    const second = await append('log', '5', '6789', { 'x-oss-meta-of': 'second', 'content-type': 'text/other' })
    expect([second.status, second.headers.get('x-oss-next-append-position')]).toEqual([200, '9'])
    // The check value of CRC-64/XZ.
    expect(second.headers.get('x-oss-hash-crc64ecma')).toBe('11051210869376104954')
    const facts = await head('log')
    expect(facts.get('etag')).toBe(second.headers.get('etag'))
    expect(facts.get('x-oss-hash-crc64ecma')).toBe('11051210869376104954')
    expect(facts.get('x-oss-meta-of')).toBe('first')
    expect(facts.get('content-type')).toBe('text/log')
    expect(facts.get('content-md5')).toBeNull()
    const part = await sendSigned(oss, 'GET', { key: 'log', headers: { range: 'bytes=3-6' } })
    expect([part.status, part.text]).toEqual([206, '4567'])
  })

  it('refuses another position, and says where the end is', async () => {
    const early = await append('log', '7', 'x')
    expect([early.status, early.error.code]).toEqual([409, 'PositionNotEqualToLength'])
    expect(early.headers.get('x-oss-next-append-position')).toBe('0')
    await append('log', '0', '12345')
    const again = await append('log', '0', '12345')
    expect([again.status, again.headers.get('x-oss-next-append-position')]).toEqual([409, '5'])
    expect(await read('log')).toBe('12345')
  })

  it('lets one of several at the same position in', async () => {
    await append('log', '0', 'start')
    const answers = await Promise.all(['a', 'b', 'c', 'd'].map((text) => append('log', '5', text)))
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409])
    expect(await read('log')).toMatch(/^start[abcd]$/)
  })

  it('refuses bytes that arrived otherwise than they were sent', async () => {
    const { status, error } = await append('log', '0', 'x', {
      'content-md5': createHash('md5').update('y').digest('base64'),
    })
    expect([status, error.code]).toEqual([400, 'InvalidDigest'])
    expect((await sendSigned(oss, 'GET', { key: 'log' })).status).toBe(404)
  })

  it.each([
    ['-1', 'InvalidArgument'],
    ['1.5', 'InvalidArgument'],
    ['', 'InvalidArgument'],
    ['9'.repeat(20), 'InvalidArgument'],
  ])('refuses the position %j', async (position, code) => {
    const { status, error } = await append('log', position, 'x')
    expect([status, error.code, error.details.ArgumentName]).toEqual([400, code, 'position'])
  })

  it('refuses what would make more than 5 GB', async () => {
    const { status, error } = await append('log', String(5 * 1024 ** 3), 'x')
    expect([status, error.code, error.details.ArgumentName]).toEqual([400, 'InvalidArgument', undefined])
  })

  it('refuses to go without a position', async () => {
    const { status, error } = await sendSigned(oss, 'POST', { key: 'log', query: { append: '' }, body: 'x' })
    expect([status, error.code, error.ec]).toEqual([400, 'MissingArgument', '0016-00000501'])
  })

  it('refuses an object that was put, and a put makes one that takes no more', async () => {
    await append('log', '0', 'x')
    await put('log', 'y')
    const { status, error } = await append('log', '1', 'z')
    expect([status, error.code]).toEqual([409, 'ObjectNotAppendable'])
    expect((await head('log')).get('x-oss-next-append-position')).toBeNull()
  })

  it('is open where everybody may write', async () => {
    const anonymous = (bucket: string) =>
      fetch(`${oss.origin}/${bucket}/log?append&position=0`, { method: 'POST', body: 'x' })
    expect((await anonymous('photos')).status).toBe(403)
    expect((await anonymous('open')).status).toBe(200)
  })
})

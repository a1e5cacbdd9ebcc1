import { setTimeout as sleep } from 'node:timers/promises'
import { signHeaders } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { accessKey, FORM_TYPE, MiB } from '../stage/stage.fixture.ts'
import { leftOver, openSocket, requestHead, startTarget, talk, untilClosed } from './hostile.fixture.ts'

const target = startTarget()

describe('HTTP', () => {
  const put = 'PUT /photos/smuggled HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\r\nx'
  const chunk = (text: string) => `${text.length.toString(16)}\r\n${text}\r\n`

  it.each([
    ['a header of 1 MB', `GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(MiB)}\r\n\r\n`, 431],
    ['100,000 headers', `GET / HTTP/1.1\r\nHost: x\r\n${'X: y\r\n'.repeat(100_000)}\r\n`, 431],
    ['a URL of 1 MB', `GET /${'x'.repeat(MiB)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['a method that nobody knows', 'STEAL / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['no HTTP', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['a chunk without a size', `PUT /public/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n`, 400],
    [
      'a chunk larger than numbers are',
      `PUT /public/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n${'f'.repeat(17)}\r\n`,
      400,
    ],
    [
      'a chunk of less than nothing',
      `PUT /public/a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n-1\r\nx\r\n0\r\n\r\n`,
      400,
    ],
  ])('%s is answered in XML', async (_what, bytes, status) => {
    const answer = await talk(target.oss.origin, bytes)
    expect(answer).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `))
    expect(answer).toMatch(/<Error>\r\n {2}<Code>/)
  })

  it('smuggles nothing in', async () => {
    const attacks: readonly [string, Readonly<Record<string, string | number>>, string][] = [
      [
        'length and chunks, cut by the length',
        { 'Content-Length': 4, 'Transfer-Encoding': 'chunked' },
        `0\r\n\r\n${put}`,
      ],
      [
        'length and chunks, cut by the chunks',
        { 'Content-Length': 5 + put.length, 'Transfer-Encoding': 'chunked' },
        `0\r\n\r\n${put}`,
      ],
      ['chunks that hold a request', { 'Transfer-Encoding': 'chunked' }, `${chunk(put)}0\r\n\r\n${put}`],
      ['chunks twice', { 'Transfer-Encoding': 'chunked, chunked' }, `0\r\n\r\n${put}`],
      ['a coding that nobody knows', { 'Transfer-Encoding': 'xchunked' }, `0\r\n\r\n${put}`],
      ['a coding that is none', { 'Transfer-Encoding': 'identity', 'Content-Length': 3 }, `abc${put}`],
      ['two lengths', { 'Content-Length': '0\r\nContent-Length: 5' }, put],
      ['a length in words', { 'Content-Length': 'one' }, put],
      ['a length below nothing', { 'Content-Length': -1 }, put],
      ['a length with a space before its colon', { 'Content-Length ': 3 }, `abc${put}`],
      ['a coding in a folded line', { 'Transfer-Encoding': '\r\n chunked' }, `0\r\n\r\n${put}`],
      ['a bare line end in a header', { X: 'a\nContent-Length: 3' }, `abc${put}`],
      ['a bare carriage return in a header', { X: 'a\rAuthorization: b' }, put],
      ['NUL in a header', { X: 'a\0b' }, put],
      ['an extension of a chunk', { 'Transfer-Encoding': 'chunked' }, `0;a="\r\n\r\n${put}"\r\n\r\n${put}`],
      ['an upgrade', { Connection: 'Upgrade', Upgrade: 'h2c', 'Content-Length': 0 }, put],
    ]
    await Promise.all(
      attacks.map(([what, headers, rest]) => {
        const opening = requestHead('PUT', `/photos/${encodeURIComponent(what)}`, headers)
        return talk(target.oss.origin, opening.replace('Connection: close\r\n', ''), rest)
      }),
    )
    expect(target.oss.requests.list().length).toBeGreaterThan(attacks.length)
    const carriedOut = target.oss.requests.list().filter(({ status }) => status >= 200 && status < 300)
    expect(carriedOut).toEqual([])
  })

  it('does not lend the signature of one request to the next on its connection', async () => {
    const signed = signHeaders(
      { method: 'GET', bucket: 'photos', key: '', query: { acl: '' }, headers: {} },
      { credentials: accessKey, region: 'cn-hangzhou', now: new Date() },
    )
    const first = requestHead('GET', '/photos/?acl', signed).replace('close', 'keep-alive')
    const third = requestHead('PUT', '/photos/b', { ...signed, 'Content-Length': 1 })
    const answers = await talk(target.oss.origin, first + put + third, 'x')
    expect(answers.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 403', 'HTTP/1.1 403'])
  })

  it.each([
    ['headers that never end', 'GET / HTTP/1.1\r\nHost: x\r\n', 'X: y\r\n'],
    ['a first line that never ends', 'GET /', 'x'],
  ])('that trickles, %s, is cut', async (_what, start, drop) => {
    const socket = await openSocket(target.oss.origin)
    socket.write(start)
    const trickle = setInterval(() => socket.write(drop), 50)
    const answer = await untilClosed(socket)
    clearInterval(trickle)
    expect(answer).toContain('<Code>RequestTimeout</Code>')
  })

  it.each([
    ['PUT /public/slow', 'Content-Length: 100\r\n\r\nx'],
    ['POST /public', `Content-Type: ${FORM_TYPE}\r\nContent-Length: 100\r\n\r\n--`],
    ['PUT /public/slow', 'Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n'],
  ])('%s whose body stands still is cut, and leaves nothing behind', async (line, rest) => {
    const answer = await talk(target.oss.origin, `${line} HTTP/1.1\r\nHost: x\r\n${rest}`)
    expect(answer).toBe('')
    await expect.poll(() => target.oss.requests.list()[0]?.message).toMatch(/went away/)
    expect((await fetch(`${target.oss.origin}/public/slow`)).status).toBe(404)
    await expect.poll(() => leftOver(target)).toEqual([])
  })

  it('in whose body something moves is not cut, however long it takes', async () => {
    const socket = await openSocket(target.oss.origin)
    socket.write('PUT /public/slow HTTP/1.1\r\nHost: x\r\nConnection: close\r\nContent-Length: 8\r\n\r\n')
    for (let index = 0; index < 8; index++) {
      await sleep(100)
      socket.write(String(index))
    }
    expect(await untilClosed(socket)).toMatch(/^HTTP\/1\.1 200 /)
    expect(await (await fetch(`${target.oss.origin}/public/slow`)).text()).toBe('01234567')
  })

  it('left in the middle, a hundred times at once, leaves nothing behind', async () => {
    await Promise.all(
      Array.from({ length: 100 }, async (_, index) => {
        const socket = await openSocket(target.oss.origin)
        socket.write(
          `${requestHead('PUT', `/public/${index}`, { 'Content-Length': MiB })}${'x'.repeat(1000 * (index % 9))}`,
        )
        await sleep(index)
        socket.resetAndDestroy()
      }),
    )
    await expect.poll(() => leftOver(target)).toEqual([])
  })
})

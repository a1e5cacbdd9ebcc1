import { describe, expect, it } from 'vitest'
import { MiB, type Part, post } from '../stage/stage.fixture.ts'
import { field, FILE_AND_END as file, manyFields, requestHead, startTarget, talk } from './hostile.fixture.ts'

const target = startTarget()

describe('a form', () => {
  it.each<[string, string, string | Buffer, string]>([
    ['without a boundary', 'multipart/form-data', file, 'RequestIsNotMultiPartContent'],
    ['with an empty boundary', 'multipart/form-data; boundary=""', file, 'RequestIsNotMultiPartContent'],
    ['with a boundary of 60 KB', `multipart/form-data; boundary=${'b'.repeat(60_000)}`, file, 'MalformedPOSTRequest'],
    ['of another type', 'multipart/mixed; boundary=b', file, 'RequestIsNotMultiPartContent'],
    ['that never ends', 'multipart/form-data; boundary=b', field('key', 'k'), 'MalformedPOSTRequest'],
    ['whose header never ends', 'multipart/form-data; boundary=b', '--b\r\nA: b\r\n', 'MalformedPOSTRequest'],
    [
      'with a header of 10 MB',
      'multipart/form-data; boundary=b',
      `--b\r\nA: ${'a'.repeat(10 * MiB)}\r\n\r\n${file}`,
      'MalformedPOSTRequest',
    ],
    [
      'with 5,000,000 headers',
      'multipart/form-data; boundary=b',
      `--b\r\n${'A:\r\n'.repeat(5_000_000)}\r\n${file}`,
      'MalformedPOSTRequest',
    ],
    ['of 100,000 fields', 'multipart/form-data; boundary=b', manyFields(100_000), 'InvalidArgument'],
    ['of 300,000 fields', 'multipart/form-data; boundary=b', manyFields(300_000), 'MaxPOSTPreDataLengthExceededError'],
    [
      'with a field of 3 MB',
      'multipart/form-data; boundary=b',
      field('a', 'v'.repeat(3 * MiB)) + file,
      'MaxPOSTPreDataLengthExceededError',
    ],
    [
      'with 9 MB of fields',
      'multipart/form-data; boundary=b',
      `${Array.from({ length: 9 }, (_, index) => field(`a${index}`, 'v'.repeat(MiB))).join('')}${file}`,
      'MaxPOSTPreDataLengthExceededError',
    ],
    [
      'in a form',
      'multipart/form-data; boundary=b',
      `--b\r\nContent-Type: multipart/form-data; boundary=c\r\n\r\n--c\r\n\r\n--c--\r\n${file}`,
      'MalformedPOSTRequest',
    ],
    [
      'with two files',
      'multipart/form-data; boundary=b',
      field('key', 'k') + field('file', 'x') + file,
      'IncorrectNumberOfFilesInPOSTRequest',
    ],
    [
      'whose only key has a NUL in its name',
      'multipart/form-data; boundary=b',
      field('key\0', 'k') + file,
      'InvalidArgument',
    ],
    [
      'whose key is no UTF-8',
      'multipart/form-data; boundary=b',
      Buffer.concat([Buffer.from(field('key', '|').slice(0, -3)), Buffer.from([0xff]), Buffer.from(`\r\n${file}`)]),
      'InvalidObjectName',
    ],
    ['whose key is empty', 'multipart/form-data; boundary=b', field('key', '') + file, 'InvalidObjectName'],
    [
      'whose key has 1024 bytes',
      'multipart/form-data; boundary=b',
      field('key', 'k'.repeat(1024)) + file,
      'InvalidObjectName',
    ],
    [
      'whose policy is 2 MB of brackets',
      'multipart/form-data; boundary=b',
      policy('['.repeat(1_500_000)),
      'InvalidPolicyDocument',
    ],
    ['whose policy is a number', 'multipart/form-data; boundary=b', policy('1'), 'InvalidPolicyDocument'],
    ['whose policy is null', 'multipart/form-data; boundary=b', policy('null'), 'InvalidPolicyDocument'],
  ])('%s', async (_what, type, body, code) => {
    const bytes = Buffer.from(body)
    const answer = await talk(
      target.oss.origin,
      requestHead('POST', '/public', { 'Content-Type': type, 'Content-Length': bytes.length }),
      bytes,
    )
    expect(answer).toMatch(/^HTTP\/1\.1 40[03] /)
    expect(answer).toContain(`<Code>${code}</Code>`)
  })

  it.each([
    ['that looks like a parameter', 'x"; name="key'],
    ['with a line end', 'a%0D%0AContent-Type: text/html'],
    ['with folders', '../../../../etc/cron.d/x'],
    ['with a drive', 'C:\\windows\\system32\\x'],
    ['with NUL', 'a\0.png'],
    ['with a pattern of String.replace', "$&$`$'$$"],
  ])('with a file name %s stores one object, below its folder', async (_what, name) => {
    const parts: Part[] = [['key', 'u/${filename}'], { content: 'x', name: name.replaceAll('"', '\\"') }]
    expect((await post(target.oss, parts, { bucket: 'public' })).status).toBe(204)
    expect(target.oss.requests.list()[0]?.key).toMatch(/^u\/[^/\\]+$/)
  })

  it.each(['a b', 'a:b', 'a\u00e9', 'a\0', '', 'a{}', '猫'])(
    'with metadata called %j is refused, or can be read again',
    async (name) => {
      const parts: Part[] = [['key', 'meta'], [`x-oss-meta-${name}`, 'v'], { content: 'x' }]
      const { status } = await post(target.oss, parts, { bucket: 'public' })
      const stored = await talk(target.oss.origin, requestHead('GET', '/public/meta', {}))
      expect(stored).toMatch(status === 204 ? /^HTTP\/1\.1 200 / : /^HTTP\/1\.1 404 /)
    },
  )

  it('of which the length is another than it says', async () => {
    const body = Buffer.from(field('key', 'short') + file)
    const head = (length: number) =>
      requestHead('POST', '/public', { 'Content-Type': 'multipart/form-data; boundary=b', 'Content-Length': length })
    // Longer than it is: the end never comes, until the connection is cut.
    expect(await talk(target.oss.origin, head(body.length + 10), body)).toBe('')
    // Shorter than it is: what is left over begins no request.
    const answers = await talk(target.oss.origin, head(body.length - 10).replace('close', 'keep-alive'), body)
    expect(answers).toMatch(/<Code>(?:MalformedPOSTRequest|BadRequest)<\/Code>/)
    expect((await fetch(`${target.oss.origin}/public/short`)).status).toBe(404)
  })
})

function policy(json: string): string {
  const fields = [field('key', 'k'), field('OSSAccessKeyId', 'local-access-key-id'), field('Signature', 'x')]
  return `${fields.join('')}${field('policy', Buffer.from(json).toString('base64'))}${file}`
}

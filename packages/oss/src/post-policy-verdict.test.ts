import { describe, expect, it } from 'vitest'
import { OssError } from './oss-error.ts'
import { parsePostPolicy } from './post-policy-document.ts'
import { checkSizeRange, evaluatePostPolicy } from './post-policy-verdict.ts'
import { readVectors } from './vector.fixture.ts'

interface Vector {
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

it.each(readVectors<Vector>('policy-eval.json'))('vector $id', ({ input, expected }) => {
  const outcome = judge(() => {
    const fields = lowerCase(input.form)
    const range = evaluatePostPolicy({
      policy: parsePostPolicy(encode(input.policy)),
      bucket: input.bucket,
      fields,
      contentType: fields.get('content-type') ?? 'application/octet-stream',
      now: new Date(input.now),
      version: input.signatureVersion,
    })
    checkSizeRange(input.fileSize, range)
  })
  const { accepted, ...error } = expected
  expect(outcome === undefined).toBe(accepted)
  if (!accepted) expect(outcome).toMatchObject(error)
})

const expiration = '2030-01-01T00:00:00.000Z'

describe('a policy document', () => {
  it.each([
    ['nothing', '', 'InvalidPolicyDocument', '0006-00000202'],
    ['no Base64', 'e30', 'InvalidPolicyDocument', '0006-00000202'],
    ['Base64 of the URL alphabet', '_-==', 'InvalidPolicyDocument', '0006-00000202'],
    ['no UTF-8', Buffer.from([0xff, 0xfe, 0x7b]).toString('base64'), 'InvalidPolicyDocument', '0006-00000203'],
    ['no JSON', encode('{"expiration": e}'), 'InvalidPolicyDocument', '0006-00000204'],
    [
      'a trailing comma',
      encode('{"expiration": "2030-01-01T00:00:00Z", "conditions": [[],]}'),
      'InvalidPolicyDocument',
      '0006-00000204',
    ],
    ['a list', encode([]), 'InvalidPolicyDocument', '0006-00000201'],
    [
      'a third member',
      encode({ expiration, conditions: [{ bucket: 'b' }], version: 1 }),
      'InvalidPolicyDocument',
      '0006-00000206',
    ],
    ['neither member', encode({}), 'InvalidPolicyDocument', '0006-00000209'],
    [
      'an empty expiration',
      encode({ expiration: '', conditions: [{ bucket: 'b' }] }),
      'InvalidPolicyDocument',
      '0006-00000211',
    ],
    [
      'an expiration in local time',
      encode({ expiration: '2030-01-01T00:00:00', conditions: [{ bucket: 'b' }] }),
      'InvalidPolicyDocument',
      '0006-00000212',
    ],
    [
      'a day that does not exist',
      encode({ expiration: '2030-13-01T00:00:00Z', conditions: [{ bucket: 'b' }] }),
      'InvalidPolicyDocument',
      '0006-00000212',
    ],
    [
      'conditions as a map',
      encode({ expiration, conditions: { bucket: 'b' } }),
      'InvalidPolicyDocument',
      '0006-00000214',
    ],
    ['a condition that is empty', encode({ expiration, conditions: [[]] }), 'InvalidPolicyDocument', '0006-00000216'],
    [
      'a condition of two',
      encode({ expiration, conditions: [['eq', '$key']] }),
      'InvalidPolicyDocument',
      '0006-00000218',
    ],
    [
      'a range of one',
      encode({ expiration, conditions: [['content-length-range', 1]] }),
      'InvalidPolicyDocument',
      '0006-00000218',
    ],
    [
      'a reversed range',
      encode({ expiration, conditions: [['content-length-range', 2, 1]] }),
      'InvalidPolicyDocument',
      '0006-00000219',
    ],
    [
      'a range in text',
      encode({ expiration, conditions: [['content-length-range', '1', '2']] }),
      'InvalidPolicyDocument',
      '0006-00000221',
    ],
    [
      'a range in fractions',
      encode({ expiration, conditions: [['content-length-range', 0.5, 2]] }),
      'InvalidPolicyDocument',
      '0006-00000221',
    ],
    ['a condition as text', encode({ expiration, conditions: ['eq'] }), 'InvalidPolicyDocument', '0006-00000222'],
    [
      'in without a list',
      encode({ expiration, conditions: [['in', '$key', 'a']] }),
      'InvalidPolicyDocument',
      '0006-00000224',
    ],
    [
      'eq with a number',
      encode({ expiration, conditions: [['eq', '$key', 1]] }),
      'InvalidPolicyDocument',
      '0006-00000224',
    ],
    [
      'a map of two',
      encode({ expiration, conditions: [{ bucket: 'b', key: 'k' }] }),
      'InvalidPolicyDocument',
      undefined,
    ],
  ])('is refused for %s', (_case, base64, code, ec) => {
    expect(judge(() => parsePostPolicy(base64))).toMatchObject({
      code,
      ec,
      status: 400,
      message: expect.stringMatching(/^Invalid Policy: /),
    })
  })

  it('takes the escape of the dollar, inside the JSON and inside the value', () => {
    const conditions = '[["eq", "$key", "a/\\${filename}"], ["eq", "$x-oss-meta-a", "b/\\\\${filename}"]]'
    const policy = parsePostPolicy(encode(`{"expiration": "${expiration}", "conditions": ${conditions}}`))
    expect(policy.conditions).toMatchObject([{ operand: 'a/${filename}' }, { operand: 'b/${filename}' }])
  })

  it('keeps an escaped backslash in front of a dollar apart from an escaped dollar', () => {
    const json = String.raw`{"expiration": "${expiration}", "conditions": [["eq", "$key", "a\\\\b"]]}`
    expect(parsePostPolicy(encode(json)).conditions).toMatchObject([{ operand: String.raw`a\\b` }])
  })
})

describe('a verdict', () => {
  const verdict = (conditions: unknown[], form: Record<string, string>, more: object = {}) =>
    judge(() =>
      evaluatePostPolicy({
        policy: parsePostPolicy(encode({ expiration, conditions })),
        bucket: 'b',
        fields: lowerCase(form),
        contentType: 'image/png',
        now: new Date('2029-12-31T23:59:59Z'),
        version: 'V1',
        ...more,
      }),
    )

  it('compares names in any letter case, with and without their dollar', () => {
    expect(verdict([['EQ', 'Content-Type', 'image/png'], { KEY: 'a' }], { Key: 'a' })).toBeUndefined()
  })

  it('refuses a form that lacks a field which a condition names', () => {
    expect(verdict([['starts-with', '$x-oss-meta-a', '']], { key: 'a' })).toMatchObject({
      code: 'AccessDenied',
      status: 403,
      ec: '0006-00000226',
    })
  })

  it('prints a list condition as OSS does', () => {
    expect(verdict([['in', '$content-type', ['a/b', 'c/d']]], {})?.message).toBe(
      'Invalid according to Policy: Policy Condition failed: ["in", "$content-type", ["a/b", "c/d"]]',
    )
    expect(verdict([{ bucket: 'other' }], {})?.message).toContain('["eq", "$bucket", "other"]')
  })

  it('is an expired policy at the very second', () => {
    expect(verdict([{ bucket: 'b' }], {}, { now: new Date(expiration) })).toMatchObject({ ec: '0006-00000213' })
  })

  it('narrows the size by every range', () => {
    const range = evaluatePostPolicy({
      policy: parsePostPolicy(
        encode({
          expiration,
          conditions: [
            ['content-length-range', 1, 10],
            ['content-length-range', 5, 99],
          ],
        }),
      ),
      bucket: 'b',
      fields: new Map(),
      contentType: '',
      now: new Date(0),
      version: 'V1',
    })
    expect(range).toEqual({ min: 5, max: 10 })
  })

  it('wants the token covered too, with V4', () => {
    const form = { 'x-oss-signature-version': 'v', 'x-oss-security-token': 't' }
    expect(verdict([{ 'x-oss-signature-version': 'v' }], form, { version: 'V4' })).toMatchObject({
      ec: '0006-00000228',
      message: 'Invalid according to Policy: Extra input fields: x-oss-security-token',
    })
  })
})

function encode(policy: object | string): string {
  return Buffer.from(typeof policy === 'string' ? policy : JSON.stringify(policy)).toString('base64')
}

function lowerCase(form: Record<string, string>): Map<string, string> {
  return new Map(Object.entries(form).map(([name, value]) => [name.toLowerCase(), value]))
}

function judge(run: () => unknown): OssError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof OssError) return error
    throw error
  }
}

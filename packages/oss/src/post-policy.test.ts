import { describe, expect, it } from 'vitest'
import { signPostPolicy } from './post-policy.ts'
import { hmacSha1Base64, hmacSha256Hex, parseBasicIsoTime, signingKey } from './signing-key.ts'
import { readVectors } from './vector.fixture.ts'

interface V1Vector {
  input: { accessKeyId: string; accessKeySecret: string; policyJson?: string; stringToSign?: string }
  expected: { policy?: string; Signature?: string; signature?: string }
}
interface V4Vector {
  input: {
    accessKeyId: string
    accessKeySecret: string
    region: string
    product: string
    datetime: string
    securityToken?: string
    policyJson: string
  }
  expected: { signingKeyHex: string; fields: Record<string, string> }
}

const bucket = { name: 'photo-inbox', region: 'cn-hangzhou', url: 'https://photo-inbox.oss-cn-hangzhou.aliyuncs.com' }
const request = {
  bucket,
  key: 'u/42/cat.jpg',
  sizeRange: [1, 5_242_880],
  credentials: { accessKeyId: 'LTAIexample', accessKeySecret: 'secretExample' },
  now: new Date('2025-03-01T08:00:00Z'),
  expiresAt: new Date('2025-03-01T08:15:00Z'),
} as const

describe('signPostPolicy', () => {
  it('makes the signature that a second implementation makes of the same request', () => {
    const { url, fields } = signPostPolicy(request)
    expect(url).toBe(bucket.url)
    expect(fields['x-oss-signature']).toBe('bce3a23383bf7a58fdbbae3b3a7f93e72f679ec676367e0abc8e256f19d04f94')
    expect(Object.keys(fields)).toEqual([
      'key',
      'policy',
      'x-oss-signature-version',
      'x-oss-credential',
      'x-oss-date',
      'x-oss-signature',
    ])
  })

  it('binds every further field, and sends it', () => {
    const { fields } = signPostPolicy({ ...request, fields: { success_action_status: '200', callback: 'e30=' } })
    expect(fields).toMatchObject({ success_action_status: '200', callback: 'e30=' })
    expect(policyOf(fields).conditions).toEqual(
      expect.arrayContaining([
        ['eq', '$success_action_status', '200'],
        ['eq', '$callback', 'e30='],
      ]),
    )
  })

  it('binds every character as it is, in keys, names and values', () => {
    const texts = Array.from({ length: 0x300 }, (_, code) => `a${String.fromCharCode(code)}b`)
    for (const text of [...texts, '文件.txt', '😀', '\u2028', '"},{"acl":"public-read']) {
      const { fields } = signPostPolicy({ ...request, key: text, fields: { [text]: text } })
      const { conditions } = policyOf(fields)
      expect(conditions).toHaveLength(7)
      expect(conditions[1]).toEqual(['eq', '$key', text])
      expect(conditions[3]).toEqual(['eq', `$${text}`, text])
    }
  })

  it('sends and binds the security token of temporary credentials', () => {
    const { fields } = signPostPolicy({ ...request, credentials: { ...request.credentials, securityToken: 'CAIS+/=' } })
    expect(fields['x-oss-security-token']).toBe('CAIS+/=')
    expect(policyOf(fields).conditions).toContainEqual({ 'x-oss-security-token': 'CAIS+/=' })
  })

  it('signs V1 on request', () => {
    const { fields } = signPostPolicy({ ...request, version: 'V1' })
    expect(Object.keys(fields)).toEqual(['key', 'policy', 'OSSAccessKeyId', 'Signature'])
    expect(fields.Signature).toBe(hmacSha1Base64('secretExample', fields.policy ?? ''))
  })
})

it.each(readVectors<V4Vector>('post-policy-v4.json'))('V4 vector $id', ({ input, expected }) => {
  const policy = Buffer.from(input.policyJson).toString('base64')
  const { policy: sent, 'x-oss-signature': signature } = expected.fields
  const scope = { day: input.datetime.slice(0, 8), region: input.region, product: input.product }
  expect(policy).toBe(sent)
  expect(signingKey(input.accessKeySecret, scope).export().toString('hex')).toBe(expected.signingKeyHex)
  expect(hmacSha256Hex(signingKey(input.accessKeySecret, scope), policy)).toBe(signature)

  // The signing fields of our own form are the vector's.
  const { accessKeyId, accessKeySecret, securityToken } = input
  const credentials = { accessKeyId, accessKeySecret, ...(securityToken === undefined ? {} : { securityToken }) }
  const now = parseBasicIsoTime(input.datetime) ?? new Date(Number.NaN)
  const { fields } = signPostPolicy({ ...request, credentials, now })
  const { policy: _policy, 'x-oss-signature': _signature, ...signingFields } = expected.fields
  expect(fields).toMatchObject(signingFields)
})

it.each(readVectors<V1Vector>('post-policy-v1.json'))('V1 vector $id', ({ input, expected }) => {
  const text = input.stringToSign ?? Buffer.from(input.policyJson ?? '').toString('base64')
  if (expected.policy) expect(text).toBe(expected.policy)
  expect(hmacSha1Base64(input.accessKeySecret, text)).toBe(expected.Signature ?? expected.signature)
})

function policyOf(fields: Record<string, string>): { conditions: unknown[] } {
  return JSON.parse(Buffer.from(fields.policy ?? '', 'base64').toString())
}

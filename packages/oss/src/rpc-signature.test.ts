import { describe, expect, it } from 'vitest'
import type { Credentials } from './credentials.ts'
import { errorOf } from './refusal.fixture.ts'
import { authenticateRpc, rpcStringToSign, signRpc } from './rpc-signature.ts'
import { readVectors } from './vector.fixture.ts'

interface RpcVector {
  input: { method: 'POST'; accessKeySecret: string; params: Record<string, string> }
  expected: { stringToSign: string; Signature: string }
}

const vectors = readVectors<RpcVector>('sts-rpc.json')

it.each(vectors)('vector $id', ({ input, expected }) => {
  const { method, params, accessKeySecret } = input
  expect(rpcStringToSign(method, params)).toBe(expected.stringToSign)
  expect(signRpc(method, params, accessKeySecret)).toBe(expected.Signature)
  expect(signRpc(method, { ...params, Signature: 'an earlier one' }, accessKeySecret)).toBe(expected.Signature)
})

describe.each(vectors)('the call of vector $id', ({ input: { method, params, accessKeySecret }, expected }) => {
  const parameters = { ...params, Signature: expected.Signature }
  const key: Credentials = { accessKeyId: params.AccessKeyId ?? '', accessKeySecret }
  const now = new Date(params.Timestamp ?? '')
  const authenticate = (
    change: Record<string, string | undefined> = {},
    at: { method?: 'GET'; seconds?: number } = {},
  ) => {
    const changed = Object.entries({ ...parameters, ...change }).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value]],
    )
    return authenticateRpc(
      { method: at.method ?? method, parameters: Object.fromEntries(changed) },
      {
        now: new Date(now.getTime() + (at.seconds ?? 0) * 1000),
        findCredentials: (id) => (id === key.accessKeyId ? key : undefined),
      },
    )
  }
  const refusal = (...args: Parameters<typeof authenticate>) => errorOf(() => authenticate(...args))

  it('is authentic for 15 minutes either way', () => {
    for (const seconds of [-900, 0, 900]) expect(authenticate({}, { seconds })).toBe(key)
    for (const seconds of [-901, 901]) {
      expect(refusal({}, { seconds })).toMatchObject({ code: 'InvalidTimeStamp.Expired', status: 400 })
    }
  })

  it('is refused once any of its parameters is another, is gone or is one more', () => {
    for (const name of Object.keys(params)) {
      const { code } = refusal({ [name]: `${parameters[name as keyof typeof parameters]}x` })
      expect(code).toMatch(
        /^(SignatureDoesNotMatch|Invalid(AccessKeyId.NotFound|TimeStamp.Format|Signature(Method|Version)))$/,
      )
      expect(refusal({ [name]: undefined }).code).toMatch(/^(Missing[A-Z]|SignatureDoesNotMatch)/)
    }
    expect(refusal({ Policy: '{}' }).code).toBe('SignatureDoesNotMatch')
    expect(refusal({}, { method: 'GET' }).code).toBe('SignatureDoesNotMatch')
  })

  it('is told what was signed, and not by which secret', () => {
    const { message } = refusal({ RoleSessionName: 'mallory' })
    expect(message).toContain('server string to sign is:POST&%2F&AccessKeyId%3Dxxx')
    expect(message).toContain('mallory')
    expect(message).not.toContain(accessKeySecret)
  })

  it.each(['', 'x', expected.Signature.toLowerCase(), expected.Signature.slice(0, -1)])(
    'is refused with the signature %j',
    (Signature) => {
      expect(refusal({ Signature }).code).toMatch(/^(MissingSignature|SignatureDoesNotMatch)$/)
    },
  )

  it('brings no security token with a key that has none', () => {
    expect(refusal({ SecurityToken: 'token' }).code).toBe('InvalidSecurityToken.MismatchWithAccessKey')
  })
})

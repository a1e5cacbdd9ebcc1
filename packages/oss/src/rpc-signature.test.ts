import { expect, it } from 'vitest'
import { rpcStringToSign, signRpc } from './rpc-signature.ts'
import { readVectors } from './vector.fixture.ts'

interface RpcVector {
  input: { method: 'POST'; accessKeySecret: string; params: Record<string, string> }
  expected: { stringToSign: string; Signature: string }
}

it.each(readVectors<RpcVector>('sts-rpc.json'))('vector $id', ({ input, expected }) => {
  const { method, params, accessKeySecret } = input
  expect(rpcStringToSign(method, params)).toBe(expected.stringToSign)
  expect(signRpc(method, params, accessKeySecret)).toBe(expected.Signature)
  expect(signRpc(method, { ...params, Signature: 'an earlier one' }, accessKeySecret)).toBe(expected.Signature)
})

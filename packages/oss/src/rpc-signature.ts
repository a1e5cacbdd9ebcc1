import { percentEncode } from './percent-encoding.ts'
import { hmacSha1Base64 } from './signing-key.ts'

/**
 * The signature of Alibaba Cloud's RPC calls, version 1.0; AssumeRole of STS is one.
 *
 * Source: STS API reference, "Signature method".
 */
export function signRpc(
  method: 'GET' | 'POST',
  parameters: Readonly<Record<string, string>>,
  accessKeySecret: string,
): string {
  return hmacSha1Base64(`${accessKeySecret}&`, rpcStringToSign(method, parameters))
}

export function rpcStringToSign(method: 'GET' | 'POST', parameters: Readonly<Record<string, string>>): string {
  const query = Object.keys(parameters)
    .filter((name) => name !== 'Signature')
    .sort()
    .map((name) => `${percentEncode(name)}=${percentEncode(parameters[name] ?? '')}`)
    .join('&')
  return `${method}&%2F&${percentEncode(query)}`
}

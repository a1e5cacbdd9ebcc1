import {
  acs3Parameters,
  authenticateAcs3,
  authenticateRpc,
  type Credentials,
  ossError,
  type RpcRequest,
} from '@oss-direct/oss'
import type { Exchange } from '../http/exchange.ts'

const MAX_BODY_BYTES = 64 * 1024

/** A call of STS, however it is signed. */
export interface StsCall {
  /** All it says, by the names of RPC 1.0: of headers, query and body. */
  parameters: RpcRequest['parameters']
  /** Who signed it. Throws OssError. */
  authenticate<Principal extends Credentials>(
    findCredentials: (accessKeyId: string, securityToken: string | undefined) => Principal | undefined,
  ): Principal
}

/**
 * Reads a call that is signed in its parameters (RPC 1.0), as `ali-oss` does it, or in its header (version 3), as the
 * newer SDKs of STS do. Throws OssError for a body that is too long.
 */
export async function readStsCall(exchange: Exchange): Promise<StsCall> {
  const { request, query, headers, now } = exchange
  const body = await readBody(exchange)
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(headers['content-type'] ?? '')
  const given = Object.fromEntries([...query, ...(isForm ? new URLSearchParams(body.toString()) : [])])
  const method = request.method === 'GET' ? 'GET' : 'POST'
  if (!headers.authorization?.startsWith('ACS3-')) {
    return {
      parameters: given,
      authenticate: (findCredentials) => authenticateRpc({ method, parameters: given }, { now, findCredentials }),
    }
  }
  return {
    parameters: { Format: 'JSON', ...given, ...acs3Parameters(headers) },
    authenticate: (findCredentials) => authenticateAcs3({ method, query, headers, body }, { now, findCredentials }),
  }
}

async function readBody({ body }: Exchange): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= MAX_BODY_BYTES) chunks.push(chunk)
  }
  if (size > MAX_BODY_BYTES) {
    throw ossError('InvalidArgument', {
      message: `The body is ${size} bytes; a call of STS has at most ${MAX_BODY_BYTES}.`,
    })
  }
  return Buffer.concat(chunks)
}

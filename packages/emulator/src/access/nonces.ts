import { createHash } from 'node:crypto'
import { ossError } from '@oss-direct/oss'

/** The nonces of signed RPC calls, which count once each. */
export interface Nonces {
  /**
   * Throws OssError `SignatureNonceUsed`, or `Throttling` where more are in use than can be remembered: forgetting one
   * early would let its call be replayed.
   */
  use(accessKeyId: string, nonce: string, time: { now: Date; until: Date }): void
}

/** `most`: how many are remembered at a time. @default 100,000, about 55 calls a second */
export function createNonces(most = 100_000): Nonces {
  const used = new Map<string, number>()
  return {
    use(accessKeyId, nonce, { now, until }) {
      // Of one length, however long the nonce is.
      const digest = createHash('sha256').update(`${accessKeyId}\n${nonce}`).digest('base64')
      if ((used.get(digest) ?? 0) >= now.getTime()) throw ossError('RpcNonceUsed')
      if (used.size >= most) {
        for (const [other, end] of used) if (end < now.getTime()) used.delete(other)
      }
      if (used.size >= most) throw ossError('RpcThrottled')
      used.set(digest, until.getTime())
    },
  }
}

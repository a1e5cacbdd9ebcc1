import { createHash } from 'node:crypto'
import { borrowCrc64 } from './crc64.ts'

/** What is known of bytes once they have passed by. */
export interface ContentFacts {
  /** All bytes that came, also those beyond `maxBytes`. */
  size: number
  /** Base64, as in `Content-MD5`. */
  md5: string
  /** CRC-64/XZ, unsigned decimal, as in `x-oss-hash-crc64ecma`. */
  crc64: string
}

/** Where bytes go. */
export interface Output {
  write(chunk: Uint8Array): Promise<void>
  /** So that they outlive the process, where anything does. */
  flush(): Promise<void>
  close(): Promise<void>
}

/**
 * Writes a stream out and flushes it, taking MD5 and CRC64 on the way.
 *
 * What comes after `maxBytes` is read and counted, and neither written nor digested: OSS judges the size when the body
 * is over. What was written is the caller's to remove when this throws.
 */
export async function writeContent(
  source: AsyncIterable<Uint8Array>,
  output: Output,
  maxBytes = Number.POSITIVE_INFINITY,
): Promise<ContentFacts> {
  const md5 = createHash('md5')
  const crc64 = await borrowCrc64()
  let size = 0
  try {
    for await (const chunk of source) {
      size += chunk.length
      if (size > maxBytes) continue
      md5.update(chunk)
      crc64.update(chunk)
      await output.write(chunk)
    }
    await output.flush()
    return { size, md5: md5.digest('base64'), crc64: crc64.digest() }
  } finally {
    await output.close()
    crc64.release()
  }
}

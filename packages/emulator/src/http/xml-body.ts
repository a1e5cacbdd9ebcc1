import { createHash } from 'node:crypto'
import { ossError, readXml, type XmlElement } from '@oss-direct/oss'
import type { Exchange } from './exchange.ts'

/**
 * The XML that a request brings. Throws OssError `MalformedXML` for anything else and for more than `maxBytes`,
 * `InvalidDigest` where Content-MD5 is that of another body.
 */
export async function readXmlBody(exchange: Exchange, maxBytes: number): Promise<XmlElement> {
  const text = (await readBody(exchange, maxBytes)).toString()
  const root = readXml(text)
  if (root === undefined) throw ossError('MalformedXml')
  return root
}

async function readBody({ body, headers }: Exchange, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= maxBytes) chunks.push(chunk)
  }
  if (size > maxBytes) throw ossError('MalformedXml')
  const bytes = Buffer.concat(chunks)
  const md5 = headers['content-md5']
  if (md5 !== undefined && md5 !== createHash('md5').update(bytes).digest('base64')) throw ossError('InvalidDigest')
  return bytes
}

import type { Exchange, LocalOss, Reply } from '../http/exchange.ts'
import { requireUpload } from './multipart-request.ts'

/** AbortMultipartUpload: the upload is gone, and all of its parts. Source: OSS API reference. */
export async function abortMultipart(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const upload = await requireUpload(exchange, oss, 'oss:AbortMultipartUpload')
  await oss.multipart.abort(upload)
  return { status: 204 }
}

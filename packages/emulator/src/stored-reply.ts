import { type Callback, type CallbackValues, OssError, renderCallbackBody } from '@oss-direct/oss'
import { type CallbackAnswer, deliverCallback } from './callback-delivery.ts'
import type { Exchange, LocalOss, Reply } from './exchange.ts'
import { readImageInfo } from './image-info.ts'
import { errorReply } from './reply.ts'
import type { StoredObject } from './store.ts'

/** The headers by which every answer names the object that was just written. */
export function writtenHeaders(object: StoredObject): Record<string, string> {
  return {
    ETag: `"${object.etag}"`,
    'x-oss-hash-crc64ecma': object.crc64,
    ...(object.contentMd5 !== undefined && { 'Content-MD5': object.contentMd5 }),
  }
}

/**
 * Asks the application and answers the uploader with what it said: 200 with its body, or 203 where that failed, which
 * means "stored, and the application does not know".
 */
export async function callbackReply(
  callback: Callback,
  object: StoredObject,
  exchange: Exchange,
  oss: LocalOss,
): Promise<Reply> {
  const headers = writtenHeaders(object)
  try {
    const { body, contentType } = await callApplication(callback, object, exchange, oss)
    return { status: 200, headers: { ...headers, 'Content-Type': contentType }, body }
  } catch (error) {
    if (error instanceof OssError) return errorReply(error, exchange, headers)
    throw error
  }
}

async function callApplication(
  callback: Callback,
  object: StoredObject,
  exchange: Exchange,
  oss: LocalOss,
): Promise<CallbackAnswer> {
  const { bucket, requestId, now, entry } = exchange
  const scope = { bucket, key: object.key, operation: entry.operation }
  const values = await systemVariables(callback, object, exchange, oss)
  const body = Buffer.from(renderCallbackBody(callback, values))
  return deliverCallback({
    callback,
    body,
    bucket,
    requestId,
    now,
    timeoutMs: oss.callbackTimeoutMs,
    privateKey: await oss.callbackKey.privateKey(),
    keyUrl: oss.callbackKeyUrl,
    lost: oss.faults.take('callback-lost', scope) !== undefined,
    delayMs: oss.faults.take('callback-slow', scope)?.delayMs ?? 0,
    onDelivery: (delivery) => entry.callbacks.push(delivery),
  })
}

/** Source: OSS API reference, Callback, "system parameters". */
async function systemVariables(
  callback: Callback,
  object: StoredObject,
  { bucket, requestId, request, entry }: Exchange,
  oss: LocalOss,
): Promise<CallbackValues> {
  const image = callback.body.includes('${imageInfo')
    ? await readImageInfo(oss.store.contentFile(bucket, object))
    : undefined
  return {
    bucket,
    object: object.key,
    etag: object.etag,
    size: object.size,
    mimeType: Buffer.from(object.contentType, 'latin1').toString(),
    ...(image && {
      'imageInfo.width': image.width,
      'imageInfo.height': image.height,
      'imageInfo.format': image.format,
    }),
    crc64: object.crc64,
    ...(object.contentMd5 !== undefined && { contentMd5: object.contentMd5 }),
    clientIp: request.socket.remoteAddress?.replace(/^::ffff:/, '') ?? '',
    reqId: requestId,
    operation: entry.operation,
  }
}

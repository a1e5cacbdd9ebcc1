import { type Callback, type CallbackValues, OssError, ossError, renderCallbackBody } from '@oss-direct/oss'
import { type CallbackAnswer, deliverCallback } from '../callback/callback-delivery.ts'
import type { Exchange, LocalOss, Reply } from '../http/exchange.ts'
import { errorReply } from '../http/reply.ts'
import type { StoredObject, Upload } from '../store/stored-object.ts'
import { type ImageInfo, readImageInfo } from './image-info.ts'

/** The headers by which every answer names the object that was just written. */
export function writtenHeaders(object: StoredObject): Record<string, string> {
  return {
    ETag: `"${object.etag}"`,
    'x-oss-hash-crc64ecma': object.crc64,
    ...(object.contentMd5 !== undefined && { 'Content-MD5': object.contentMd5 }),
  }
}

/**
 * Has `commit` make bytes an object, calls the application where it is to be called, and says what the uploader gets:
 * the answer of the application, or `success` where nobody is called.
 *
 * Throws OssError `FileAlreadyExists` where nothing was committed: the key is taken and may not be overwritten.
 */
export async function storeUpload(
  commit: () => Promise<StoredObject | undefined>,
  wanted: { pieces: readonly Upload[]; callback: Callback | null; success(object: StoredObject): Reply },
  exchange: Exchange,
  oss: LocalOss,
): Promise<Reply> {
  const { pieces, callback, success } = wanted
  // Before anybody can overwrite the object: its image is the one of these bytes.
  const image = callback?.body.includes('${imageInfo') ? await readImageInfo(oss.store.files, pieces) : undefined
  const object = await commit()
  if (object === undefined) throw ossError('FileAlreadyExists')
  return callback ? callbackReply(callback, { object, image }, exchange, oss) : success(object)
}

interface Stored {
  object: StoredObject
  image: ImageInfo | 'broken' | undefined
}

/**
 * Asks the application and answers the uploader with what it said: 200 with its body, or 203 where that failed, which
 * means "stored, and the application does not know".
 */
async function callbackReply(callback: Callback, stored: Stored, exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const headers = writtenHeaders(stored.object)
  try {
    const { body, contentType } = await callApplication(callback, stored, exchange, oss)
    return { status: 200, headers: { ...headers, 'Content-Type': contentType }, body }
  } catch (error) {
    if (error instanceof OssError) return errorReply(error, exchange, headers)
    throw error
  }
}

async function callApplication(
  callback: Callback,
  stored: Stored,
  exchange: Exchange,
  oss: LocalOss,
): Promise<CallbackAnswer> {
  const { bucket, requestId, now, entry } = exchange
  const scope = { bucket, key: stored.object.key, operation: entry.operation }
  const body = Buffer.from(renderCallbackBody(callback, systemVariables(stored, exchange)))
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
function systemVariables({ object, image }: Stored, { bucket, requestId, request, entry }: Exchange): CallbackValues {
  if (image === 'broken') throw ossError('CallbackImageInfo')
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

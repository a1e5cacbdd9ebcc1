// @ts-check
import { t } from './language.js'

/** @typedef {ReturnType<typeof import('../log-view.ts').lineOf>} RequestLine */
/** @typedef {ReturnType<typeof import('../log-view.ts').summaryOf>} DeliverySummary */
/** @typedef {{ requestId: string, operation: string, bucket: string, key: string }} Origin */
/** @typedef {import('../../http/request-log.ts').CallbackDelivery & Origin} Delivery */

/**
 * @typedef {{ allowedOrigins: string[], allowedMethods: string[], allowedHeaders?: string[], exposeHeaders?: string[],
 *   maxAgeSeconds?: number }} CorsRule
 * @typedef {{ name: string, acl: string, createdAt: string, cors?: { rules: CorsRule[] } }} Bucket
 * @typedef {{ key: string, size: number, etag: string, type: string, lastModified: string, contentType: string,
 *   storageClass: string, acl: string }} ObjectLine
 * @typedef {ObjectLine & { headers: Record<string, string>, tags: Record<string, string>, crc64: string,
 *   contentMd5?: string, target?: string, preview: 'image' | 'text' | 'pdf' | 'none' }} ObjectFacts
 * @typedef {Record<string, string | number> & { id: string, name: string, count?: number }} SetFault
 */

/**
 * Asks the local OSS. Throws an Error whose message can be shown.
 * @template T
 * @param {'GET' | 'POST' | 'DELETE'} method
 * @param {string} path below `api/`
 * @param {unknown} [body]
 * @returns {Promise<T>}
 */
export async function ask(method, path, body) {
  const response = await fetch(`api/${path}`, {
    method,
    ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }).catch(() => {
    throw new Error(t('unreachable'))
  })
  const text = await response.text()
  const answer = text === '' ? undefined : JSON.parse(text)
  if (!response.ok) throw new Error(answer?.error ?? String(response.status))
  return answer
}

/** @param {string} bucket @param {Record<string, string | number>} parameters */
export function objectsPath(bucket, parameters) {
  return `buckets/${encodeURIComponent(bucket)}/objects?${query(parameters)}`
}

/** @param {string} bucket @param {string} key */
export function objectPath(bucket, key) {
  return `buckets/${encodeURIComponent(bucket)}/object?${query({ key })}`
}

/** @param {string} bucket @param {string} key @param {{ bytes?: number, download?: 1 }} [options] */
export function contentUrl(bucket, key, options = {}) {
  return `api/buckets/${encodeURIComponent(bucket)}/object/content?${query({ key, ...options })}`
}

/** @param {Record<string, string | number>} parameters */
function query(parameters) {
  return new URLSearchParams(Object.entries(parameters).map(([name, value]) => [name, String(value)])).toString()
}

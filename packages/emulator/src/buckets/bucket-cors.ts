import { ossError } from '@oss-direct/oss'
import { requireAccess } from '../access/access.ts'
import { type Exchange, type LocalOss, type Reply, requireBucket } from '../http/exchange.ts'
import { readXmlBody } from '../http/xml-body.ts'
import { corsHeaders, corsToXml, findCorsRule, parseCorsXml } from './cors.ts'

/** PutBucketCors. Source: OSS API reference; a configuration has at most 16 KB. */
export async function putBucketCors(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:PutBucketCors', bucket: exchange.bucket })
  const bucket = requireBucket(exchange, oss)
  const cors = parseCorsXml(await readXmlBody(exchange, 16 * 1024))
  await oss.store.saveBucket({ ...bucket, cors })
  return { status: 200 }
}

export async function getBucketCors(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:GetBucketCors', bucket: exchange.bucket })
  const { cors, name } = requireBucket(exchange, oss)
  if (cors === undefined) throw ossError('NoSuchCors', { details: { BucketName: name } })
  return { status: 200, headers: { 'Content-Type': 'application/xml' }, body: corsToXml(cors) }
}

export async function deleteBucketCors(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  requireAccess(exchange, oss, { action: 'oss:DeleteBucketCors', bucket: exchange.bucket })
  const { cors: _gone, ...bucket } = requireBucket(exchange, oss)
  await oss.store.saveBucket(bucket)
  return { status: 204 }
}

/** A browser asks whether it may; never signed. Source: OSS API reference, OptionObject. */
export async function preflight(exchange: Exchange, oss: LocalOss): Promise<Reply> {
  const { headers } = exchange
  const { cors } = requireBucket(exchange, oss)
  const { origin } = headers
  const method = headers['access-control-request-method']
  if (origin === undefined) throw ossError('CorsOriginMissing')
  if (method === undefined) throw ossError('CorsMethodMissing')
  if (cors === undefined) throw ossError('CorsNotEnabled')
  const requestedHeaders = (headers['access-control-request-headers'] ?? '')
    .toLowerCase()
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
  const asked = { origin, method, requestedHeaders }
  const rule = findCorsRule(cors, asked)
  if (!rule) {
    throw ossError('CorsNotAllowed', { details: { Method: method, ResourceType: 'OBJECT', Origin: origin } })
  }
  return {
    status: 200,
    headers: {
      ...corsHeaders(cors, rule, asked),
      // Chrome asks so when a page of another network wants to reach this machine.
      ...(headers['access-control-request-private-network'] === 'true' && {
        'Access-Control-Allow-Private-Network': 'true',
      }),
    },
  }
}

import { type Callback, ossError, parseCallback } from '@oss-direct/oss'
import type { Exchange, LocalOss } from '../http/exchange.ts'

/** The callback of the headers or of the URL. Throws OssError where both have one, or it is none that OSS takes. */
export function readCallback({ headers, query }: Exchange, oss: LocalOss): Callback | null {
  const inQuery = new Map(query)
  const fromHeader = headers['x-oss-callback']
  const fromQuery = inQuery.get('callback')
  if (fromHeader !== undefined && fromQuery !== undefined) throw ossError('CallbackTwice')
  if (fromHeader !== undefined) return parseCallback(fromHeader, headers['x-oss-callback-var'], oss)
  return fromQuery === undefined ? null : parseCallback(fromQuery, inQuery.get('callback-var'), oss)
}

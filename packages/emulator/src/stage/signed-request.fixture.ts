import { percentEncode, percentEncodeKey, signHeaders } from '@oss-direct/oss'
import type { Emulator } from '../emulator.ts'
import { type Answer, accessKey, send } from './stage.fixture.ts'

interface SignedRequest {
  /** @default 'photos' */
  bucket?: string
  /** @default none: a call on the bucket */
  key?: string
  query?: Readonly<Record<string, string>>
  headers?: Readonly<Record<string, string>>
  body?: string
}

/** Sends what no SDK would, honestly signed. */
export function sendSigned(
  oss: Pick<Emulator, 'origin'>,
  method: string,
  { bucket = 'photos', key = '', query = {}, headers = {}, body }: SignedRequest = {},
): Promise<Answer> {
  const signed = signHeaders(
    { method, bucket, key, query, headers },
    { credentials: accessKey, region: 'cn-hangzhou', now: new Date() },
  )
  const search = Object.entries(query).map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
  const path = `${bucket === '' ? '' : `/${bucket}`}/${percentEncodeKey(key)}`
  const url = `${oss.origin}${path}${search.length > 0 ? `?${search.join('&')}` : ''}`
  // As bytes: `fetch` gives a text a Content-Type that nobody signed.
  return send(url, { method, headers: signed, ...(body !== undefined && { body: new TextEncoder().encode(body) }) })
}

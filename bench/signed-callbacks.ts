import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { signCallback } from '@oss-direct/oss'
import type { GrantAnswer } from '@oss-direct/shared'
import type { LoadRequest } from './load.ts'

export const SIZE = 2_000_000
export const TYPE = 'image/jpeg'

/** As the local OSS makes its own. */
export function newCallbackKey(): { privateKey: KeyObject; pem: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  return { privateKey, pem: publicKey.export({ type: 'spki', format: 'pem' }).toString() }
}

/** Has so many uploads granted, and gives the callbacks that OSS would send for them, signed. */
export async function callbacksOf(
  origin: string,
  { count, privateKey, keyUrl }: { count: number; privateKey: KeyObject; keyUrl: string },
): Promise<LoadRequest[]> {
  const callbacks: LoadRequest[] = []
  for (let batch = 0; callbacks.length < count; batch += 1) {
    const grants = await grantFifty(origin, `caller-${Math.floor(batch / 10)}`)
    callbacks.push(...grants.map((grant) => callbackOf(grant, { privateKey, keyUrl })))
  }
  return callbacks.slice(0, count)
}

interface Granted {
  key: string
  template: string
}

async function grantFifty(origin: string, caller: string): Promise<Granted[]> {
  const files = Array.from({ length: 50 }, (_, index) => ({ name: `${index}.jpg`, size: SIZE, type: TYPE }))
  const answer = await fetch(`${origin}/uploads`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-caller': caller },
    body: JSON.stringify({ route: 'photo', input: { album: 'Holidays', tags: ['sea', 'sun'] }, files }),
  })
  const { grants } = (await answer.json()) as GrantAnswer
  return grants.map((outcome) => {
    if (!outcome.ok || outcome.grant.transport !== 'post') throw new Error(JSON.stringify(outcome))
    const { key, fields } = outcome.grant
    const callback = JSON.parse(Buffer.from(fields.callback ?? '', 'base64').toString()) as { callbackBody: string }
    return { key, template: callback.callbackBody }
  })
}

function callbackOf(
  { key, template }: Granted,
  { privateKey, keyUrl }: { privateKey: KeyObject; keyUrl: string },
): LoadRequest {
  const facts: Record<string, string> = {
    bucket: 'uploads',
    object: key,
    etag: '5D41402ABC4B2A76B9719D911017C592',
    size: String(SIZE),
    mimeType: TYPE,
    crc64: '9962287286179718960',
    clientIp: '203.0.113.7',
    reqId: '5F5B1A2C3D4E5F60718293A4',
  }
  const body = template.replace(/\$\{([^}]+)\}/g, (_, name: string) => encodeURIComponent(facts[name] ?? ''))
  const path = '/uploads/callback'
  return {
    method: 'POST',
    path,
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      authorization: signCallback({ requestUri: path, body, privateKey }),
      'x-oss-pub-key-url': Buffer.from(keyUrl).toString('base64'),
      'x-oss-request-id': '5F5B1A2C3D4E5F60718293A4',
      'user-agent': 'aliyun-oss-callback',
    },
    body,
  }
}

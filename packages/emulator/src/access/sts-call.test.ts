import { createHash, createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Emulator } from '../emulator.ts'
import { accessKey, startOss } from '../stage/stage.fixture.ts'

const ROLE = 'acs:ram::1746495857602745:role/uploader'

describe('AssumeRole signed in its header, by version 3', () => {
  const parameters = { RoleArn: ROLE, RoleSessionName: 'alice', DurationSeconds: '900' }

  it('gives the same', async () => {
    const oss = await startOss()
    for (const way of ['query', 'body'] as const) {
      const { status, arn } = await call(oss, parameters, { way })
      expect([way, status, arn]).toEqual([way, 200, `${ROLE}/alice`])
    }
  })

  it('is refused with another secret, with a used nonce, and for the session of somebody else', async () => {
    const oss = await startOss()
    expect((await call(oss, parameters, { secret: 'wrong' })).code).toBe('SignatureDoesNotMatch')
    const nonce = { headers: { 'x-acs-signature-nonce': 'n' } }
    expect((await call(oss, parameters, nonce)).status).toBe(200)
    expect((await call(oss, parameters, nonce)).code).toBe('SignatureNonceUsed')
    const token = { headers: { 'x-acs-security-token': 'token' } }
    expect((await call(oss, parameters, token)).code).toBe('InvalidSecurityToken.MismatchWithAccessKey')
    const version = { headers: { 'x-acs-version': '2014-05-26' } }
    expect((await call(oss, parameters, version)).code).toBe('InvalidVersion')
  })
})

/** As the documentation of version 3 has it: signed headers, and a digest of the body. */
async function call(
  oss: Emulator,
  parameters: Readonly<Record<string, string>>,
  options: { way?: 'query' | 'body'; secret?: string; headers?: Readonly<Record<string, string>> } = {},
): Promise<{ status: number; code: string | undefined; arn: string | undefined }> {
  const { way = 'query', secret = accessKey.accessKeySecret } = options
  const text = Object.entries(parameters)
    .sort()
    .map(([name, value]) => `${name}=${encodeURIComponent(value)}`)
    .join('&')
  const [query, body] = way === 'query' ? [text, ''] : ['', text]
  const sha256 = (content: string) => createHash('sha256').update(content).digest('hex')
  const headers: Record<string, string> = {
    host: new URL(oss.origin).host,
    'x-acs-action': 'AssumeRole',
    'x-acs-content-sha256': sha256(body),
    'x-acs-date': new Date().toISOString(),
    'x-acs-signature-nonce': String(Math.random()),
    'x-acs-version': '2015-04-01',
    ...options.headers,
  }
  const names = Object.keys(headers).sort()
  const lines = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const canonical = ['POST', '/', query, lines, names.join(';'), sha256(body)].join('\n')
  const signature = createHmac('sha256', secret)
    .update(`ACS3-HMAC-SHA256\n${sha256(canonical)}`)
    .digest('hex')
  const authorization = `ACS3-HMAC-SHA256 Credential=${accessKey.accessKeyId},SignedHeaders=${names.join(';')},Signature=${signature}`
  const response = await fetch(`${oss.origin}/?${query}`, {
    method: 'POST',
    headers: { ...headers, authorization, 'content-type': 'application/x-www-form-urlencoded' },
    body,
  })
  const answer = (await response.json()) as { Code?: string; AssumedRoleUser?: { Arn: string } }
  return { status: response.status, code: answer.Code, arn: answer.AssumedRoleUser?.Arn }
}

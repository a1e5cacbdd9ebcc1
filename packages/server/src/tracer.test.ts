import { bucketAddress, type SignatureVersion, signPostPolicy } from '@oss-direct/oss'
import { describe, expect, it } from 'vitest'
import { describeCallback, describeForm } from './tracer.ts'

const TOKEN = 'a-security-token-of-an-hour'
const TICKET = 'v1.1700000000.the-mac-of-the-ticket'

describe.each<SignatureVersion>(['V4', 'V1'])('a form signed %s', (version) => {
  const callback = Buffer.from(JSON.stringify({ callbackBody: `id=1&ticket=${TICKET}` })).toString('base64')
  const { fields } = signPostPolicy({
    bucket: bucketAddress({ bucket: 'photos', region: 'cn-hangzhou' }),
    key: 'demo/1.txt',
    sizeRange: [5, 5],
    fields: { callback, 'x:note': 'kept' },
    credentials: { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: TOKEN },
    expiresAt: new Date('2026-01-01T00:15:00Z'),
    now: new Date('2026-01-01'),
    version,
  })

  it('is told without signature, ticket and session token, wherever they stand in it', () => {
    const described = JSON.stringify(describeForm(fields, TICKET))
    const signature = fields['x-oss-signature'] ?? fields.Signature ?? ''
    expect(signature.length).toBeGreaterThan(20)
    for (const secret of [signature, TICKET, TOKEN, callback, fields.policy ?? '']) {
      expect(described).not.toContain(secret)
    }
    expect(described).toContain('ticket=[ticket]')
    expect(described).toContain('"x:note":"kept"')
  })
})

it('a callback is told with the headers of OSS alone', () => {
  const told = describeCallback(
    {
      path: '/uploads/callback',
      headers: {
        host: 'app.example.com',
        authorization: 'the signature',
        cookie: 'session=1',
        'x-forwarded-for': '10.0.0.1',
        'x-oss-request-id': '65',
        'x-oss-security-token': TOKEN,
      },
      body: Buffer.from(`{"ticket":"${TICKET}"}`),
    },
    TICKET,
  )
  expect(told).toEqual({
    method: 'POST',
    path: '/uploads/callback',
    headers: { host: 'app.example.com', authorization: '[hidden]', 'x-oss-request-id': '65' },
    body: '{"ticket":"[ticket]"}',
  })
})

import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type Acs3Request, authenticateAcs3 } from './acs3-signature.ts'
import { errorOf } from './refusal.fixture.ts'

// The example of the documentation, key, nonce and signature as printed there.
const now = new Date('2023-10-26T10:22:32Z')
const published: Acs3Request = {
  method: 'POST',
  query: [
    ['RegionId', 'cn-shanghai'],
    ['ImageId', 'win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd'],
  ],
  headers: {
    host: 'ecs.cn-shanghai.aliyuncs.com',
    'x-acs-action': 'RunInstances',
    'x-acs-content-sha256': createHash('sha256').digest('hex'),
    'x-acs-date': '2023-10-26T10:22:32Z',
    'x-acs-signature-nonce': '3156853299f313e23d1673dc12e1703d',
    'x-acs-version': '2014-05-26',
    authorization:
      'ACS3-HMAC-SHA256 Credential=YourAccessKeyId,SignedHeaders=host;x-acs-action;x-acs-content-sha256;x-acs-date;x-acs-signature-nonce;x-acs-version,Signature=06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0',
  },
  body: new Uint8Array(),
}
const key = { accessKeyId: 'YourAccessKeyId', accessKeySecret: 'YourAccessKeySecret' }

function authenticate(change: Partial<Acs3Request>, seconds = 0) {
  return authenticateAcs3(
    { ...published, ...change },
    {
      now: new Date(now.getTime() + seconds * 1000),
      findCredentials: (id) => (id === key.accessKeyId ? key : undefined),
    },
  )
}

function withHeader(name: string, value: string | undefined): Partial<Acs3Request> {
  const { [name]: _own, ...others } = published.headers
  return { headers: value === undefined ? others : { ...others, [name]: value } }
}

describe('the published call', () => {
  it('is authentic for 15 minutes either way', () => {
    for (const seconds of [-900, 0, 900]) expect(authenticate({}, seconds)).toBe(key)
    for (const seconds of [-901, 901]) {
      expect(errorOf(() => authenticate({}, seconds)).code).toBe('InvalidTimeStamp.Expired')
    }
  })

  it('is taken with spaces behind its commas', () => {
    const authorization = published.headers.authorization?.replaceAll(',', ', ')
    expect(authenticate(withHeader('authorization', authorization))).toBe(key)
  })

  const { authorization = '' } = published.headers
  it.each([
    ['another method', { method: 'GET' }, 'SignatureDoesNotMatch'],
    ['another query', { query: [['RegionId', 'cn-beijing']] }, 'SignatureDoesNotMatch'],
    ['a parameter more', { query: [...published.query, ['A', '']] }, 'SignatureDoesNotMatch'],
    ['a body', { body: Buffer.from('A=1') }, 'SignatureDoesNotMatch'],
    ['another action', withHeader('x-acs-action', 'DeleteInstances'), 'SignatureDoesNotMatch'],
    ['another host', withHeader('host', 'sts.aliyuncs.com'), 'SignatureDoesNotMatch'],
    ['another nonce', withHeader('x-acs-signature-nonce', 'x'), 'SignatureDoesNotMatch'],
    ['no action', withHeader('x-acs-action', undefined), 'SignatureDoesNotMatch'],
    ['no nonce', withHeader('x-acs-signature-nonce', undefined), 'MissingSignatureNonce'],
    ['no date', withHeader('x-acs-date', undefined), 'MissingTimestamp'],
    ['another form of date', withHeader('x-acs-date', now.toUTCString()), 'InvalidTimeStamp.Format'],
    ['a header that was not signed', withHeader('x-acs-security-token', 'token'), 'IncompleteSignature'],
    ['no host in the list', withHeader('authorization', authorization.replace('host;', '')), 'IncompleteSignature'],
    ['another algorithm', withHeader('authorization', authorization.replace('SHA256', 'SM3')), 'IncompleteSignature'],
    ['half a signature', withHeader('authorization', authorization.slice(0, -1)), 'IncompleteSignature'],
    [
      'another signature',
      withHeader('authorization', authorization.replace('06563a', '06563b')),
      'SignatureDoesNotMatch',
    ],
    ['another key', withHeader('authorization', authorization.replace('Your', 'My')), 'InvalidAccessKeyId.NotFound'],
  ] as [string, Partial<Acs3Request>, string][])('is refused with %s', (_what, change, code) => {
    expect(errorOf(() => authenticate(change)).code).toBe(code)
  })
})
